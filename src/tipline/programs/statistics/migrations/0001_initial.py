from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CountedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("counted_at", models.DateTimeField()),
                ("edition", models.SmallIntegerField()),
                ("reports", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="FileFact",
            fields=[
                ("file_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("report_id", models.BigIntegerField(db_index=True)),
                ("day", models.DateField(db_index=True)),
                ("kind", models.CharField(max_length=8)),
                ("digest", models.UUIDField()),
                ("look", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pdq", models.BinaryField(max_length=32, unique=True)),
                ("report_id", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("source", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ReportFact",
            fields=[
                ("report_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True)),
                ("door", models.CharField(max_length=12)),
                ("type", models.CharField(max_length=24)),
                ("esp", models.CharField(blank=True, max_length=200)),
                ("user_country", models.CharField(blank=True, max_length=2)),
                ("child_country", models.CharField(blank=True, max_length=2)),
                ("countries", models.JSONField(default=list)),
                ("disposition", models.CharField(max_length=16)),
                ("priority", models.CharField(max_length=10)),
                ("flags", models.JSONField(default=list)),
                ("recipients", models.JSONField(default=list)),
                ("answers", models.JSONField(default=list)),
                ("reached", models.CharField(max_length=16)),
                ("child_age", models.CharField(max_length=8)),
                ("bundle", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("year", models.SmallIntegerField(db_index=True)),
                ("through", models.DateField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=120)),
                ("revises", models.IntegerField(null=True)),
                ("note", models.CharField(max_length=600)),
                ("edition", models.SmallIntegerField()),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Withheld",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(db_index=True)),
                ("key", models.CharField(max_length=400)),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=120)),
                ("split", models.CharField(max_length=400)),
                ("labels", models.JSONField()),
                ("number", models.BigIntegerField()),
                ("amount", models.FloatField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "day"], name="count_of_kind")],
                "constraints": [models.UniqueConstraint(fields=("day", "kind", "split"), name="one_count_of_day")],
            },
        ),
    ]

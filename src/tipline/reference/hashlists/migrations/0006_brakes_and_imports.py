import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hashlists", "0005_hit_came_before"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.AddField("hit", "form", models.CharField(blank=True, default="", max_length=16)),
        migrations.CreateModel(
            name="EntryHold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("files", models.IntegerField()),
                ("held_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=170)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="hashlists.entry"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("entry",), name="one_hold_of_entry")]},
        ),
        migrations.CreateModel(
            name="NeverCounts",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=512)),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=170)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=170)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("type", "value"), name="one_never_of_value"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListImport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("taken", models.BigIntegerField(default=0)),
                ("withdrawn", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "hash_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hashlists.hashlist"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hash_list", "member", "sha256"), name="one_import_of_file")
                ],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CheckpointRow",
            fields=[
                ("tree_size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("root", models.BinaryField()),
                ("note", models.BinaryField()),
                ("frontier", models.BinaryField()),
                ("entry_mark", models.BigIntegerField()),
            ],
            options={
                "db_table": "audit_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("leaf_hash", models.BinaryField()),
                ("chain_hash", models.BinaryField()),
            ],
            options={
                "db_table": "audit_leaf",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entry", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_ident", models.CharField(max_length=150)),
                ("agency", models.CharField(max_length=64)),
                ("verb", models.CharField(max_length=64)),
                ("object_kind", models.CharField(max_length=64)),
                ("object_id", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=16)),
                ("canonical", models.BinaryField()),
            ],
            options={
                "db_table": "audit_entry",
                "indexes": [
                    models.Index(fields=["object_kind", "object_id", "id"], name="audit_entry_object"),
                    models.Index(fields=["actor_kind", "actor_ident", "id"], name="audit_entry_actor"),
                ],
            },
        ),
    ]

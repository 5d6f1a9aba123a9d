"""Tables of the vault."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Blob and BlobKey."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Blob",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("address", models.CharField(max_length=64, unique=True)),
                ("object_name", models.CharField(max_length=200, unique=True)),
                ("size", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BlobKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("holder", models.CharField(max_length=80)),
                ("agency", models.CharField(blank=True, default="", max_length=80)),
                ("wrapped_key", models.BinaryField()),
                ("kek_version", models.PositiveSmallIntegerField()),
                ("granted_at", models.DateTimeField()),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="vault.blob"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["holder"], name="vault_key_holder")],
                "constraints": [models.UniqueConstraint(fields=("blob", "holder"), name="one_key_per_blob_and_holder")],
            },
        ),
    )

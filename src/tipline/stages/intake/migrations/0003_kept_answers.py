from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What an Idempotency-Key led to."""

    dependencies = (("intake", "0002_company_form"),)
    operations = (
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("key_sha256", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("body_sha256", models.BinaryField(max_length=32)),
                ("number", models.BigIntegerField(db_index=True)),
                ("file_id", models.CharField(blank=True, max_length=32)),
                ("md5", models.CharField(blank=True, max_length=32)),
            ],
        ),
    )

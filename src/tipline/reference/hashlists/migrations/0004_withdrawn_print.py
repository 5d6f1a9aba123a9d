import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hashlists", "0003_row_level_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="WithdrawnPrint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=512)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawn_prints",
                        to="hashlists.entry",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["type", "value"], name="withdrawn_by_value")],
            },
        ),
    ]

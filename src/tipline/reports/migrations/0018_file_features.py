import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0017_looks_by_key")]

    operations = [
        migrations.CreateModel(
            name="FileFeatures",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("rows", models.SmallIntegerField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="features", to="reports.file"
                    ),
                ),
            ],
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hashlists", "0007_imports_at_the_desk")]

    operations = [
        migrations.CreateModel(
            name="EntryFeatures",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("rows", models.SmallIntegerField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="features", to="hashlists.entry"
                    ),
                ),
            ],
        ),
    ]

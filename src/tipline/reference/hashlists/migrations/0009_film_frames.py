import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hashlists", "0008_entry_features")]

    operations = [
        migrations.CreateModel(
            name="EntryFrames",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("packed", models.BinaryField()),
                ("count", models.IntegerField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="frames", to="hashlists.entry"
                    ),
                ),
            ],
        ),
    ]

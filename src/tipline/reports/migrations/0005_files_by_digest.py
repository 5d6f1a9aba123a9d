from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_doors_see_their_own"),
    ]

    operations = [
        migrations.AlterField(
            model_name="file",
            name="md5",
            field=models.CharField(db_index=True, max_length=32),
        ),
        migrations.AlterField(
            model_name="file",
            name="sha1",
            field=models.CharField(db_index=True, max_length=40),
        ),
    ]

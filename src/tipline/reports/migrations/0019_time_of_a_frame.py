from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0018_file_features")]

    operations = [migrations.AddField("fingerprint", "at_ms", models.IntegerField(null=True))]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0017_looks_by_key")]

    operations = [migrations.AddField("fingerprint", "at_ms", models.IntegerField(null=True))]

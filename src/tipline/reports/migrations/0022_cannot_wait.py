from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0021_identifiers_in_order")]

    operations = [migrations.AddField("report", "cannot_wait", models.BooleanField(db_default=False))]

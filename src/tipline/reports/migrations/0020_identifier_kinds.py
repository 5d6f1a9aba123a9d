from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0019_time_of_a_frame"),
    ]

    operations = [
        migrations.AlterField(
            model_name="identifierrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("EMAIL", "EMAIL"),
                    ("PHONE", "PHONE"),
                    ("HANDLE", "HANDLE"),
                    ("ESP_ACCOUNT", "ESP_ACCOUNT"),
                    ("IP", "IP"),
                    ("DEVICE", "DEVICE"),
                    ("URL", "URL"),
                    ("GROUP", "GROUP"),
                    ("NAME", "NAME"),
                    ("PRIOR_REPORT", "PRIOR_REPORT"),
                    ("FILE_SHA256", "FILE_SHA256"),
                    ("WALLET", "WALLET"),
                    ("EMAIL_FORM", "EMAIL_FORM"),
                    ("HANDLE_FORM", "HANDLE_FORM"),
                    ("TEXT", "TEXT"),
                    ("KNOWN_FILE", "KNOWN_FILE"),
                    ("LOOK", "LOOK"),
                ],
                max_length=16,
            ),
        ),
    ]

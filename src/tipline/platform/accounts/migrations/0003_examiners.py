from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_realms"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("ADMIN", "Administrator"),
                    ("SUPERVISOR", "Supervisor"),
                    ("ANALYST", "Analyst"),
                    ("CALL_TAKER", "Call taker"),
                    ("OFFICER", "Officer"),
                    ("EXAMINER", "Examiner"),
                    ("ESP_USER", "Company"),
                ],
                max_length=16,
            ),
        ),
    ]

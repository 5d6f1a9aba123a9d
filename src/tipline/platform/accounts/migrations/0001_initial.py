"""The tables of the accounts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(help_text="lower case; may be an e-mail address", max_length=150, unique=True),
                ),
                ("full_name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("ADMIN", "Administrator"),
                            ("SUPERVISOR", "Supervisor"),
                            ("ANALYST", "Analyst"),
                            ("CALL_TAKER", "Call taker"),
                            ("OFFICER", "Officer"),
                            ("ESP_USER", "Company"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "realm",
                    models.CharField(
                        choices=[
                            ("desk", "Desk"),
                            ("portal", "Law-enforcement portal"),
                            ("esp_web", "Company pages"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "agency_id",
                    models.CharField(blank=True, default="", help_text="of an officer", max_length=64),
                ),
                ("esp_id", models.BigIntegerField(blank=True, help_text="of a company's user", null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LoginFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("username", models.CharField(max_length=150)),
                ("origin", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LoginLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("username", models.CharField(max_length=150)),
                ("origin", models.CharField(max_length=64)),
                ("locked_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, default="", max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("account_id", models.BigIntegerField(db_index=True, null=True)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "accounts_session",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TotpUse",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_step", models.BigIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("realm", "portal"), _negated=True),
                    models.Q(("agency_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="accounts_officer_has_agency",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("realm", "esp_web"), _negated=True), ("esp_id__isnull", False), _connector="OR"
                ),
                name="accounts_company_named",
            ),
        ),
        migrations.AddIndex(
            model_name="loginfailure",
            index=models.Index(fields=["username", "origin", "at"], name="accounts_lo_usernam_5a877d_idx"),
        ),
    ]

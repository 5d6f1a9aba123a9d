import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("reports", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("disposition", models.CharField(max_length=16)),
                ("reason", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=2000)),
                ("by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("effective_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.report"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at", None), ("undone_at", None)),
                        fields=("report",),
                        name="one_pending_decision",
                    )
                ],
            },
        ),
    ]

from __future__ import annotations

from django.db import migrations, models

_OWN = "esp_id = nullif(current_setting('app.esp', true), '')::bigint"
_CLOSED = f"""
ALTER TABLE intake_sandboxcall ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_sandboxcall FORCE ROW LEVEL SECURITY;
CREATE POLICY intake_sandboxcall_house ON intake_sandboxcall
    TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY intake_sandboxcall_door ON intake_sandboxcall FOR INSERT TO tipline_esp_api WITH CHECK ({_OWN});
CREATE POLICY intake_sandboxcall_company ON intake_sandboxcall FOR SELECT TO tipline_esp_web USING ({_OWN});
"""
_OPENED = """
DROP POLICY intake_sandboxcall_company ON intake_sandboxcall;
DROP POLICY intake_sandboxcall_door ON intake_sandboxcall;
DROP POLICY intake_sandboxcall_house ON intake_sandboxcall;
ALTER TABLE intake_sandboxcall NO FORCE ROW LEVEL SECURITY;
ALTER TABLE intake_sandboxcall DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Calls of the test side, for the company's own people: the door adds, the company's pages read, the worker
    removes.
    """

    dependencies = (("intake", "0003_kept_answers"),)
    operations = (
        migrations.CreateModel(
            name="SandboxCall",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("esp_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("call", models.CharField(max_length=12)),
                ("report_number", models.BigIntegerField(null=True)),
                ("status", models.SmallIntegerField()),
                ("code", models.IntegerField()),
                ("faults", models.IntegerField(default=0)),
                ("sealed", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["esp_id", "-at"], name="sandbox_call_newest"),
                    models.Index(fields=["esp_id", "report_number"], name="sandbox_call_of_report"),
                ],
            },
        ),
        migrations.RunSQL(_CLOSED, _OPENED),
    )

"""Up to which version each reader has seen a referral; an agency's officers see their own agency's looks alone."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
ALTER TABLE referral_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE referral_look FORCE ROW LEVEL SECURITY;
CREATE POLICY referral_look_house ON referral_look TO tipline_owner USING (true) WITH CHECK (true);
CREATE POLICY referral_look_agency ON referral_look TO tipline_portal
    USING (agency = nullif(current_setting('app.agency', true), ''))
    WITH CHECK (agency = nullif(current_setting('app.agency', true), '') AND EXISTS (
        SELECT FROM referral_referral r WHERE r.id = referral_look.referral_id AND r.agency = referral_look.agency));
"""

BACKWARD = """
DROP POLICY referral_look_agency ON referral_look;
DROP POLICY referral_look_house ON referral_look;
ALTER TABLE referral_look NO FORCE ROW LEVEL SECURITY;
ALTER TABLE referral_look DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Table and policies of referral_look."""

    dependencies = (("referral", "0002_row_level_security"),)
    operations = (
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=40)),
                ("reader", models.CharField(max_length=150)),
                ("version", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="referral.referral"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("referral", "reader"), name="one_look_per_reader"),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    )

"""Row-level security: an agency's officers see and change the referrals of their own agency alone."""

from django.db import migrations

FORWARD = """
ALTER TABLE referral_referral ENABLE ROW LEVEL SECURITY;
ALTER TABLE referral_referral FORCE ROW LEVEL SECURITY;
CREATE POLICY referral_referral_house ON referral_referral
    TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY referral_referral_desk ON referral_referral FOR SELECT TO tipline_desk USING (true);
CREATE POLICY referral_referral_agency ON referral_referral TO tipline_portal
    USING (agency = nullif(current_setting('app.agency', true), ''))
    WITH CHECK (agency = nullif(current_setting('app.agency', true), ''));
ALTER TABLE referral_package ENABLE ROW LEVEL SECURITY;
ALTER TABLE referral_package FORCE ROW LEVEL SECURITY;
CREATE POLICY referral_package_house ON referral_package
    TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY referral_package_desk ON referral_package FOR SELECT TO tipline_desk USING (true);
CREATE POLICY referral_package_agency ON referral_package FOR SELECT TO tipline_portal
    USING (agency = nullif(current_setting('app.agency', true), ''));
"""

BACKWARD = """
DROP POLICY referral_package_agency ON referral_package;
DROP POLICY referral_package_desk ON referral_package;
DROP POLICY referral_package_house ON referral_package;
ALTER TABLE referral_package NO FORCE ROW LEVEL SECURITY;
ALTER TABLE referral_package DISABLE ROW LEVEL SECURITY;
DROP POLICY referral_referral_agency ON referral_referral;
DROP POLICY referral_referral_desk ON referral_referral;
DROP POLICY referral_referral_house ON referral_referral;
ALTER TABLE referral_referral NO FORCE ROW LEVEL SECURITY;
ALTER TABLE referral_referral DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Policies of referral_referral and referral_package."""

    dependencies = (("referral", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)

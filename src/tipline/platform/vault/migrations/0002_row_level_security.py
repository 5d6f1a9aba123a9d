"""Row-level security: an agency's officers see only the keys, and only the contents, that were given to them."""

from django.db import migrations

FORWARD = """
ALTER TABLE vault_blobkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault_blobkey FORCE ROW LEVEL SECURITY;
CREATE POLICY vault_blobkey_house ON vault_blobkey
    TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY vault_blobkey_desk ON vault_blobkey FOR SELECT TO tipline_desk USING (true);
CREATE POLICY vault_blobkey_agency ON vault_blobkey FOR SELECT TO tipline_portal
    USING (agency = nullif(current_setting('app.agency', true), ''));
ALTER TABLE vault_blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE vault_blob FORCE ROW LEVEL SECURITY;
CREATE POLICY vault_blob_house ON vault_blob
    TO tipline_owner, tipline_worker USING (true) WITH CHECK (true);
CREATE POLICY vault_blob_desk ON vault_blob FOR SELECT TO tipline_desk USING (true);
-- The inner table's own policy applies here, so this is: contents with a key for the agency of this session.
CREATE POLICY vault_blob_agency ON vault_blob FOR SELECT TO tipline_portal
    USING (EXISTS (SELECT FROM vault_blobkey k WHERE k.blob_id = vault_blob.id));
"""

BACKWARD = """
DROP POLICY vault_blob_agency ON vault_blob;
DROP POLICY vault_blob_desk ON vault_blob;
DROP POLICY vault_blob_house ON vault_blob;
ALTER TABLE vault_blob NO FORCE ROW LEVEL SECURITY;
ALTER TABLE vault_blob DISABLE ROW LEVEL SECURITY;
DROP POLICY vault_blobkey_agency ON vault_blobkey;
DROP POLICY vault_blobkey_desk ON vault_blobkey;
DROP POLICY vault_blobkey_house ON vault_blobkey;
ALTER TABLE vault_blobkey NO FORCE ROW LEVEL SECURITY;
ALTER TABLE vault_blobkey DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Policies of vault_blob and vault_blobkey."""

    dependencies = (("vault", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)

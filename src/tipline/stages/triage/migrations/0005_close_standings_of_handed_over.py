"""Reports that were handed over the ordinary way before this kept their clock of referral going: it is stopped."""

from django.db import migrations

_STOP = """
UPDATE triage_standing AS standing SET is_open = false FROM reports_report AS report
WHERE report.id = standing.report_id AND standing.is_open
  AND report.state IN ('MADE_AVAILABLE', 'CLOSED')
"""


class Migration(migrations.Migration):
    dependencies = [("triage", "0004_standing_seen"), ("reports", "0001_initial")]

    operations = [migrations.RunSQL(_STOP, migrations.RunSQL.noop)]

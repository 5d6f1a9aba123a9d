"""Reports that were handed over the ordinary way before this kept their clock of referral going: it is stopped.

In pieces, each its own commit: a person who opens a report meanwhile waits for no more than one.
"""

from typing import Any

from django.db import migrations

_PIECE = 50_000
_STOP = """
UPDATE triage_standing AS standing SET is_open = false FROM reports_report AS report
WHERE report.id = standing.report_id AND standing.is_open AND report.state IN ('MADE_AVAILABLE', 'CLOSED')
  AND standing.report_id > %s AND standing.report_id <= %s
"""


def _stop(_: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(report_id), max(report_id) FROM triage_standing")
        least, most = cursor.fetchone()
        for below in range((least or 1) - 1, most or 0, _PIECE):
            cursor.execute(_STOP, [below, below + _PIECE])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("triage", "0004_standing_seen"), ("reports", "0001_initial")]

    operations = [migrations.RunPython(_stop, migrations.RunPython.noop, atomic=False)]

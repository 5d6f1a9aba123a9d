"""What was received, its identifiers, findings and journal are kept in ranges of reports (ADR 19).

The keys name the report, because no index spans the ranges; and each table keeps only the indexes that are asked.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from tipline.platform.database.partitions import Division, divide

_COUNTER = "reports_report_id_seq"
_DIVISIONS = (
    Division(
        "reports_identifierrow",
        "report_id",
        _COUNTER,
        keys=("PRIMARY KEY (report_id, id)",),
        indexes=("CREATE INDEX reports_identifierrow_hash64 ON reports_identifierrow (hash64)",),
    ),
    Division(
        "reports_submission",
        "report_id",
        _COUNTER,
        keys=("PRIMARY KEY (id, report_id)", "CONSTRAINT one_submission_part UNIQUE (report_id, part)"),
    ),
    Division(
        "reports_journalentry",
        "report_id",
        _COUNTER,
        # By id: statistics read what was written since they last looked.
        keys=("PRIMARY KEY (id, report_id)",),
        indexes=("CREATE INDEX reports_journalentry_report_id ON reports_journalentry (report_id)",),
    ),
    Division(
        "reports_findingrow",
        "report_id",
        _COUNTER,
        keys=("PRIMARY KEY (id, report_id)",),
        indexes=("CREATE INDEX finding_of_report ON reports_findingrow (report_id, kind)",),
    ),
    Division(
        "reports_currentfinding",
        "report_id",
        _COUNTER,
        keys=("PRIMARY KEY (report_id, id)", "CONSTRAINT one_current_finding UNIQUE (report_id, kind, subject)"),
    ),
)


def _divide(_: object, schema_editor: object) -> None:
    with schema_editor.connection.cursor() as cursor:  # type: ignore[attr-defined]
        for division in _DIVISIONS:
            divide(cursor, division)


def _unindexed(name: str | None = None) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=name, to="reports.report"
    )


class Migration(migrations.Migration):
    """Divides the five tables; there is no way back."""

    dependencies = (("reports", "0012_identifiers_at_the_door"), ("database", "0003_growing_tables"))
    operations = (
        migrations.AlterField(
            "currentfinding",
            "finding",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="reports.findingrow",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=(migrations.RunPython(_divide),),
            state_operations=(
                migrations.AlterField("identifierrow", "report", _unindexed("identifiers")),
                migrations.AlterField("submission", "report", _unindexed("submissions")),
                migrations.AlterField("findingrow", "report", _unindexed("findings")),
                migrations.AlterField("currentfinding", "report", _unindexed()),
            ),
        ),
    )

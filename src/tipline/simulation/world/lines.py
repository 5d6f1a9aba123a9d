"""A report, and its truth, as one line of JSON each: the two never stand in one file."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tipline.simulation.world.values import Made, MadeFile


def report_line(made: Made) -> str:
    """This function will write a report as doors would take it: document, answers, files, and nothing of the truth."""
    report = made.report
    return _line(
        {
            "number": report.number,
            "at": report.at.isoformat(),
            "source": str(report.source),
            "esp": report.esp,
            "document": report.document,
            "answers": report.stored_answers(),
            "files": [_file(file) for file in report.files],
        }
    )


def truth_line(made: Made) -> str:
    """This function will write what nobody told of a report, under the report's number."""
    return _line(asdict(made.truth))


def _file(file: MadeFile) -> dict[str, Any]:
    return {"details": file.ref.details, "sha256": file.ref.sha256, "pdq": file.pdq, "entry": file.entry}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"

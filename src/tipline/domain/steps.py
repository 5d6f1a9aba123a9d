"""What one step, or one person's act, makes of a report: the value that `reports.service.advance` commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tipline.domain.findings import Finding
from tipline.domain.states import ReportState


@dataclass(frozen=True, slots=True)
class Advance:
    """The outcome of a stage's `decide`. `own` is what the stage's `save` writes into its own tables."""

    to_state: ReportState | None = None
    findings: tuple[Finding, ...] = ()
    code: str = ""
    priority: int | None = None
    score: int | None = None
    tags: tuple[str, ...] | None = None
    own: Any = None

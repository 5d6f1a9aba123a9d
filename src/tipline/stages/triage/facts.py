"""What triage looks at, as it was read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tipline.domain.answers import Answers
from tipline.domain.findings import BestPlace, FileKnown, LinkFound, RingFound
from tipline.domain.report import Document, FileRef


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage looks at: the report's own words, its files, its places and its ties.

    `later` are the documents of the parts that came after the first; `ring` is None where linking knows no other report
    of the person; `received_at` is when the first part came; `report_id` grows with the order in which reports came.
    """

    document: Document
    answers: Answers
    files: tuple[FileRef, ...]
    links: tuple[LinkFound, ...]
    places: tuple[BestPlace, ...]
    child_age: int | None
    escalated: bool = False
    known: tuple[FileKnown, ...] = ()
    later: tuple[Document, ...] = ()
    ring: RingFound | None = None
    received_at: datetime | None = None
    report_id: int | None = None

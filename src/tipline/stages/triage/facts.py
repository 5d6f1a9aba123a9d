"""What triage looks at, as it was read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.domain.answers import Answers
from tipline.domain.findings import BestPlace, FileKnown, LinkFound
from tipline.domain.report import Document, FileRef


@dataclass(frozen=True, slots=True)
class Ring:
    """What linking knows of the person behind a report: so many reports and children, so many of them of late."""

    reports: int = 0
    children: int = 0
    lately: int = 0  # reports that came to it in the last seven days


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage looks at: the report's own words, its files, its places and its ties.

    `later` are the documents of the parts that came after the first; `ring` is None where nobody asked linking.
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
    ring: Ring | None = None

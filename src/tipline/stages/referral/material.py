"""What the stage knows of a report before it is cut to what one agency may see. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.answers import Answers
from tipline.domain.findings import Body, Finding
from tipline.domain.referral import Part
from tipline.domain.report import Document, FileRef, ReportHead

# Findings that are news of the house and of other agencies, and no facts about the report.
ABOUT_THE_WAY = frozenset({"judged", "recipient_chosen", "referral_made", "outcome_recorded", "escalated"})


@dataclass(frozen=True, slots=True)
class Submitted:
    """One part of what was received, as XML: the very bytes a company sent, or our rendering of a person's words."""

    member: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Material:
    """Everything about one report. `document` is its first part without the reporter, `later` the further parts."""

    head: ReportHead
    document: Document
    later: tuple[Document, ...]
    reporter: Document
    answers: Answers
    files: tuple[FileRef, ...]
    findings: tuple[Finding, ...]
    submissions: tuple[Submitted, ...] = ()

    def bodies(self, kind: type[Body]) -> Iterator[Any]:
        """This function will give the current findings of one kind, oldest first."""
        return (found.body for found in self.findings if isinstance(found.body, kind))

    @property
    def as_of(self) -> datetime:
        """When the newest fact about the report became known: the same facts give the same package."""
        facts = [found.at for found in self.findings if found.kind not in ABOUT_THE_WAY]
        return max([self.head.received_at or self.head.opened_at, *facts])


@dataclass(frozen=True, slots=True)
class Recipient:
    """One agency, its part and why. `shares` are ids of other reports of which it has the content too."""

    agency: str
    agency_name: str
    part: Part
    why: str
    certainty: str
    early: bool = False
    primary_name: str = ""
    primary_contact: str = ""
    shares: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What the agency was given last: the version, the digest of its content, and the document itself."""

    version: int
    content_sha256: str
    document: Document
    early: bool = False

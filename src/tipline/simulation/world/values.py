"""What the world yields: a report as a door would take it, and beside it, never in it, the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.answers import Answers
from tipline.domain.report import Document, FileRef, Source


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file of a report: what the house would know of it. `pdq` in 64 hex digits; `entry` on a hash list, or 0."""

    ref: FileRef
    pdq: str
    entry: int


@dataclass(frozen=True, slots=True)
class MadeReport:
    """One report: its number, when and through which door it came, its document, answers and files."""

    number: int
    at: datetime
    source: Source
    esp: str
    document: Document
    answers: Answers
    files: tuple[MadeFile, ...]

    def stored_answers(self) -> dict[str, Any]:
        """This function will give the answers as they are kept; nothing of a report that no person told."""
        return self.answers.stored() if self.answers.not_told else {}


@dataclass(frozen=True, slots=True)
class TruePlace:
    """Where somebody lives, country as two letters; `lat` and `lon` in degrees where the atlas knows them."""

    country: str = ""
    state: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What nobody told: whose report it is and how it stands. `group` is what belongs together in truth.

    `group` is the viral event or flood where there is one, else the offender. `shown` lists what the document shows of
    the offender's place, as "kind:whose place", for example "ip:home", "ip:exit", "estimate:home". `told`: in which
    ways an urgent report says that it is: asks, flags, file, words, ticks; a word that nobody has listed is none.
    """

    number: int
    group: str
    offender: int
    children: tuple[int, ...]
    event: str
    kind: str
    urgent: bool
    situation: str
    offender_place: TruePlace
    child_place: TruePlace
    shown: tuple[str, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A report and its truth, side by side."""

    report: MadeReport
    truth: Truth

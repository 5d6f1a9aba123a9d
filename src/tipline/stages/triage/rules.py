"""How urgent is it? A table of rules; every point has a sentence. Pure.

Weights follow the reference data's triage features (KIRAT steps, published practice): overrides first, then very
high, high, medium. They order the queue; people decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.answers import TYPE, Answers
from tipline.domain.findings import BestPlace, FileKnown, Finding, LinkFound, Scored, ScorePoint
from tipline.domain.known import DISPUTED, FEATURES, SURVIVOR, WITHDRAWN
from tipline.domain.report import Document, FileRef, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.domain.vocabulary import BY_WIRE, Priority

TOOL = "triage 1"
MOST = 100
# Kept for a child in danger now: nothing else, however much comes together, reaches the top.
MOST_BY_POINTS = MOST - 1
TO_THE_TOP = "Put before everything else: a child may be in danger right now"
# Scores from here on are urgent, soon, or later; the override rules make a report urgent whatever its score.
URGENT_FROM = 80
SOON_FROM = 50
LATER_FROM = 25


@dataclass(frozen=True, slots=True)
class Facts:
    """What triage looks at: the report's own words, its files, its places and its ties."""

    document: Document
    answers: Answers
    files: tuple[FileRef, ...]
    links: tuple[LinkFound, ...]
    places: tuple[BestPlace, ...]
    child_age: int | None
    escalated: bool = False
    known: tuple[FileKnown, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One rule's verdict.

    `tag` is shown in the queue; `override` makes the report urgent whatever its score; `is_first` puts it before
    all that are not.
    """

    points: int
    sentence: str
    tag: str = ""
    override: bool = False
    is_first: bool = False


Rule = Callable[[Facts], Iterator[Point]]


def _flags(document: Document) -> set[str]:
    summary = document.get("incidentSummary", {})
    return {name for name, value in (summary.get("reportAnnotations") or {}).items() if value}


def _file_flags(facts: Facts) -> set[str]:
    flags: set[str] = set()
    for file in facts.files:
        flags |= {name for name, value in (file.details.get("fileAnnotations") or {}).items() if value}
    return flags


def danger(facts: Facts) -> Iterator[Point]:
    """Current or impending harm: stated by the sender, the reporter or an analyst."""
    if str(facts.document.get("incidentSummary", {}).get("escalateToHighPriority", "")).strip():
        yield Point(40, "The sender asks for high priority", "escalated", override=True)
    if facts.answers.danger_now:
        yield Point(40, "The reporter says that a child is in danger now", "danger now", override=True, is_first=True)
    if facts.escalated:
        yield Point(30, "An analyst escalated it", "escalated", override=True)
    if "self_harm" in facts.answers.harms:
        yield Point(40, "The child speaks of harming itself", "self-harm", override=True)


def contact(facts: Facts) -> Iterator[Point]:
    """Contact between suspect and child."""
    if facts.answers.ongoing == "today":
        yield Point(30, "Contact goes on today", "contact today")
    elif facts.answers.ongoing == "week":
        yield Point(20, "Contact in the last seven days", "contact this week")
    if "meeting" in facts.answers.harms:
        yield Point(25, "Somebody wants to meet the child", "meeting")
    if "touched" in facts.answers.harms:
        yield Point(30, "Somebody touched or hurt the child", "hands-on")


def extortion(facts: Facts) -> Iterator[Point]:
    """Threats: sextortion and what is done in its course."""
    threats = {"pictures_threat", "money"} & set(facts.answers.harms)
    flags = _flags(facts.document)
    if threats or "sextortion" in flags:
        yield Point(22, "Somebody threatens or blackmails the child", "threat")
    if "sadisticOnlineExploitation" in flags:
        yield Point(25, "Marked as sadistic online exploitation", "sadistic")
    if "csamSolicitation" in flags or "pictures_wanted" in facts.answers.harms:
        yield Point(10, "Somebody asks a child for pictures", "asks for pictures")


def age(facts: Facts) -> Iterator[Point]:
    """The younger the child, the higher."""
    if facts.child_age is None:
        return
    if facts.child_age < 13:
        yield Point(15, f"The child is {facts.child_age}", f"age {facts.child_age}")
    elif facts.child_age < 16:
        yield Point(12, f"The child is {facts.child_age}, under 16", f"age {facts.child_age}")
    elif facts.child_age < 18:
        yield Point(8, f"The child is {facts.child_age}, under 18", f"age {facts.child_age}")


_BY_TYPE = {
    "trafficking": 20,
    "molestation": 20,
    "enticement": 12,
    "tourism": 15,
    "csam": 8,
    "unsolicited": 5,
}


def kind(facts: Facts) -> Iterator[Point]:
    """What sort of incident it is, where somebody said so."""
    if TYPE in facts.answers.not_told:
        yield Point(0, "What kind of incident it is was not told: no points for it", "type not told")
        return
    wire = facts.document.get("incidentSummary", {}).get("incidentType", "")
    known = BY_WIRE.get(wire)
    if known and known.code in _BY_TYPE:
        yield Point(_BY_TYPE[known.code], f"Reported as: {known.label.lower()}")


def files(facts: Facts) -> Iterator[Point]:
    """What the sender says about the files."""
    flags = _file_flags(facts)
    if "liveStreaming" in flags:
        yield Point(25, "A file was live when it was uploaded", "live")
    if "infant" in flags:
        yield Point(18, "A file is marked: infant", "infant")
    if {"physicalHarm", "violenceGore"} & flags:
        yield Point(18, "A file is marked: physical harm or violence", "violence")
    if "possibleSelfProduction" in flags:
        yield Point(10, "A file may be self-produced, so possibly new", "maybe new")
    if {"viral", "potentialMeme"} & flags:
        yield Point(-30, "A file is marked as viral or a possible meme", "viral")
    if facts.files:
        yield Point(4, f"{len(facts.files)} {'file' if len(facts.files) == 1 else 'files'} attached")


def known(facts: Facts) -> Iterator[Point]:
    """What the hash lists say. That others saw a file before says nothing about the danger to the child now."""
    counted = [found for found in _recognised(facts) if found.standing not in (DISPUTED, WITHDRAWN)]
    judged = [found for found in counted if found.source != SURVIVOR and found.classification]
    if judged:
        worst = min(judged, key=lambda found: found.classification)
        yield Point(6, f"A file is known and was classed {worst.classification} before", "known file")
    if any(found.source == SURVIVOR for found in counted):
        yield Point(6, "A person asked to have a file of this report found", "asked for")
    if any(found.standing == DISPUTED for found in _recognised(facts)):
        yield Point(0, "A file is on a hash list, but partners dispute the entry")
    if any(found.how == FEATURES and found.standing not in (DISPUTED, WITHDRAWN) for found in facts.known):
        yield Point(0, "A part of a file is like a known picture: look at them side by side", "like a known one")


def _recognised(facts: Facts) -> list[FileKnown]:
    """What is the same picture. One that shares a part may show another moment, or nothing of that kind."""
    return [found for found in facts.known if found.how != FEATURES]


def unseen(facts: Facts) -> Iterator[Point]:
    """What a person at the company looked at and nobody else ever sent may be new: a child nobody knows of."""
    told = {found.file_id for found in _recognised(facts)}
    shared = {link.value for link in facts.links if link.identifier_kind == IdentifierKind.FILE_SHA256}
    new = [file for file in facts.files if file.file_id not in told and file.sha256 not in shared]
    if any(file.viewed_by_esp for file in new) and not {"viral", "potentialMeme"} & _file_flags(facts):
        yield Point(6, "A viewed file is on no hash list and in no other report: it may be new", "maybe new")


def ties(facts: Facts) -> Iterator[Point]:
    """The same people or files in other reports."""
    others = {link.other_number for link in facts.links if link.weight >= 40}
    if others:
        strongest = max(facts.links, key=lambda link: link.weight)
        many = len(others)
        words = f"{strongest.why.split(' (')[0]} in {many} other {'report' if many == 1 else 'reports'}"
        yield Point(min(18, 10 + 4 * many), words, f"linked {many}")


def place(facts: Facts) -> Iterator[Point]:
    """A place makes it possible to act; it never lowers."""
    for best in facts.places:
        if best.role == PersonRole.SUSPECT and best.confidence in {"certain", "likely"}:
            where = best.county or best.state or best.country
            yield Point(8, f"The suspect's place is known: {where}", _place_tag(best))
        if best.role == PersonRole.VICTIM and best.confidence in {"certain", "likely"}:
            yield Point(4, f"The child's place is known: {best.county or best.state or best.country}")


def _place_tag(best: BestPlace) -> str:
    return f"{best.state or best.country}, {best.confidence}"


def minors(facts: Facts) -> Iterator[Point]:
    """Between minors: a safeguarding matter; the sentence is for the reader, it adds no points."""
    if "minorToMinorInteraction" in _flags(facts.document):
        yield Point(0, "Marked as between minors: safeguarding first", "between minors")
    if "spam" in _flags(facts.document):
        yield Point(-20, "Marked as spam by the sender", "spam")


RULES: tuple[Rule, ...] = (danger, contact, extortion, age, kind, files, known, unseen, ties, place, minors)


def score(facts: Facts) -> Scored:
    """This function will add up every rule's points, 0 to 99, and set the priority; danger now is 100."""
    found = [point for rule in RULES for point in rule(facts)]
    total = max(0, min(MOST_BY_POINTS, sum(point.points for point in found)))
    if any(point.is_first for point in found):
        found.append(Point(MOST - total, TO_THE_TOP))
        total = MOST
    override = any(point.override for point in found)
    ordered = sorted(found, key=lambda point: -point.points)
    return Scored(
        score=total,
        priority=_priority(total, override),
        points=tuple(ScorePoint(point.points, point.sentence) for point in ordered),
        tags=tuple(dict.fromkeys(point.tag for point in ordered if point.tag)),
    )


def _priority(total: int, override: bool) -> Priority:
    if override or total >= URGENT_FROM:
        return Priority.URGENT
    if total >= SOON_FROM:
        return Priority.SOON
    return Priority.LATER if total >= LATER_FROM else Priority.ORDINARY


def decide(head: ReportHead, facts: Facts, now: datetime) -> Advance:
    """This function will score the report and put it into the queue."""
    scored = score(facts)
    return Advance(
        to_state=ReportState.SCORED,
        findings=(Finding("", scored, by="system:triage", tool=TOOL, at=now),),
        code="scored",
        priority=scored.priority,
        score=scored.score,
        tags=scored.tags,
    )

"""The cards of a report's page: from findings and the document to values that templates show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.findings import (
    BestPlace,
    ContactsSeized,
    Escalated,
    FactsAdded,
    Finding,
    Judged,
    LinkFound,
    LookupFailed,
    PlaceFound,
    RankedPlace,
    Scored,
)
from tipline.domain.number import groups
from tipline.domain.report import DERIVED, Document, FileRef, PersonRole, ReportHead
from tipline.domain.states import Disposition
from tipline.domain.timeline import Event, events_of
from tipline.interfaces.desk import where, words
from tipline.interfaces.desk.queue import report_url
from tipline.interfaces.ui import names
from tipline.interfaces.ui.words import dated_time, plural
from tipline.reference.places.values import (
    CAUTION_SENTENCES,
    DBIP_ATTRIBUTION,
    DBIP_LINK,
    TOWNS_ATTRIBUTION,
    TOWNS_LINK,
)
from tipline.reports.queries import QueueRow
from tipline.stages.linking.rules import family_of, together
from tipline.stages.linking.table import FILES
from tipline.stages.triage.rules import NEVER_ABOVE, NEVER_BELOW

_STRONG_POINTS = 25
_WORDLESS = DERIVED | FILES  # the value of a digest or of an entry's number says nothing to anybody
_EVIDENCE = {
    "ip": "IP address",
    "phone": "Telephone number",
    "address": "Stated address",
    "stated": "Stated address",
    "estimate": "The company's estimate",
    "gps": "Coordinates",
    "place_name": "Town named in",
    "mail": "Mail provider",
    "ending": "Domain",
    "stated_zone": "Time zone named",
    "zone": "Zone of the times",
    "language": "Language of the",
    "clue": "Analyst's clue",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence of the score."""

    value: int
    sentence: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A place that evidence names as well; `share` of 100, beside a word that says the same."""

    label: str
    says: str
    share: int
    why: str
    shape: str = ""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody most likely is, how sure that is, what speaks against it, and how wide the circle is."""

    label: str
    whose: str
    confidence: str
    note: str = ""
    against: str = ""
    circle: str = ""
    others: tuple[OtherPlace, ...] = ()
    shape: str = ""  # of its mark on the map
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence about a place, with every source that answered."""

    whose: str
    what: str
    value: str
    label: str
    confidence: str
    sources: tuple[str, ...]
    agreement: str
    provider: str
    seen_at: str
    cautions: tuple[str, ...]
    is_placed: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """A line about a source that stands on the page in any case."""

    text: str
    url: str = ""
    is_caution: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One time: what it means and how it was sent. Of one that nobody told, `when` stands in the time's place."""

    at: datetime
    text: str
    source: str = ""
    is_urgent: bool = False
    meaning: str = ""
    doubts: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Another report, why it is tied to this one, and how strongly (points of 100, and in words)."""

    url: str
    number: int
    headline: str
    line: str
    weight: int
    strength: str
    reasons: tuple[str, ...]


def points(findings: Iterable[Finding]) -> tuple[Point, ...]:
    """This function will give the sentences behind the score, the strongest first; together they come to the score."""
    if (scored := _scored(findings)) is None:
        return ()
    lines = [Point(one.points, one.sentence, "urgent" if one.points >= _STRONG_POINTS else "") for one in scored.points]
    if beyond := scored.score - sum(one.points for one in scored.points):  # kept before scores told of their ends
        lines.append(Point(beyond, NEVER_BELOW if beyond > 0 else NEVER_ABOVE))
    return tuple(lines)


def _scored(findings: Iterable[Finding]) -> Scored | None:
    return next((found.body for found in findings if isinstance(found.body, Scored)), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules would decide, in words."""

    disposition: str
    reason: str
    sentence: str


def proposal(findings: Iterable[Finding]) -> Proposal | None:
    """This function will give what the rules propose; a person decides."""
    scored = _scored(findings)
    made = scored.proposal if scored else None
    if made is None:
        return None
    disposition = names.DISPOSITION_WORDS[Disposition(made.disposition)]
    return Proposal(disposition, words.reason_words(made.reason), made.sentence)


def rules_version(findings: Iterable[Finding]) -> str:
    """This function will name the version of the rules by which a report was scored."""
    return scored.rules_version if (scored := _scored(findings)) else ""


def best_places(findings: Iterable[Finding]) -> tuple[BestPlace, ...]:
    """This function will give the best places of a report, the suspect's first."""
    best = [found.body for found in findings if isinstance(found.body, BestPlace)]
    return tuple(sorted(best, key=lambda body: body.role))


def places(best: Iterable[BestPlace]) -> tuple[Place, ...]:
    """This function will give the best place of the suspect and of the child; a disagreement is a caution."""
    return tuple(
        Place(
            label=words.place_words(body),
            whose=words.ROLE_WORDS.get(body.role, body.role),
            confidence=body.confidence,
            note=body.why,
            against=body.disagreement,
            circle=words.circle_words(body),
            others=tuple(_other(body.role, one) for one in body.ranked),
            shape=where.shape_of(body.role) if body.country else "",
            is_whole=where.is_whole(body),
        )
        for body in best
    )


def _other(role: str, place: RankedPlace) -> OtherPlace:
    return OtherPlace(
        words.place_words(place),
        words.chance_words(place.probability),
        round(place.probability * 100),
        place.why,
        where.shape_of(role),
        where.is_whole(place),
    )


def lent(
    findings: Iterable[Finding], rows: Sequence[QueueRow], elsewhere: Mapping[int, Sequence[Finding]]
) -> tuple[tuple[int, BestPlace], ...]:
    """This function will give the suspect's places by linked reports, where this report knows none of its own."""
    if any(isinstance(found.body, BestPlace) and found.body.role == PersonRole.SUSPECT for found in findings):
        return ()
    return tuple(
        (row.head.number, found.body)
        for row in rows
        for found in elsewhere.get(row.head.id, ())
        if isinstance(found.body, BestPlace) and found.body.role == PersonRole.SUSPECT
    )


def lent_places(lent: Iterable[tuple[int, BestPlace]]) -> tuple[Place, ...]:
    """This function will write the places that linked reports lend."""
    return tuple(
        Place(
            label=words.place_words(body),
            whose="suspect, by a link",
            confidence=body.confidence,
            note=f"Known from report {groups(number)}.",
            shape=where.shape_of(body.role) if body.country else "",
            is_whole=where.is_whole(body),
        )
        for number, body in lent
    )


def place_notes(found: Iterable[Clue]) -> tuple[Note, ...]:
    """This function will name the sources that must be seen without opening anything."""
    sources = {source for clue in found for source in clue.sources}
    demo = sorted({source.rsplit(",", 1)[0] for source in sources if source.startswith("demo")})
    notes = [Note(f"Places by the {name}.", is_caution=True) for name in demo]
    if any(source.startswith("DB-IP") for source in sources):
        notes.append(Note(DBIP_ATTRIBUTION, url=DBIP_LINK))
    if sources:
        notes.append(Note(TOWNS_ATTRIBUTION, url=TOWNS_LINK))
    return tuple(notes)


def clues(findings: Iterable[Finding]) -> tuple[Clue, ...]:
    """This function will give every piece of evidence about a place, as it was looked up."""
    return tuple(_clue(found.body) for found in findings if isinstance(found.body, PlaceFound))


def _clue(body: PlaceFound) -> Clue:
    return Clue(
        whose=words.ROLE_WORDS.get(body.role, body.role.lower()),
        what=_EVIDENCE.get(body.evidence, body.evidence),
        value=body.value,
        label=words.place_words(body) if body.country else "A hint",
        is_placed=bool(body.country),
        confidence=body.confidence,
        sources=body.sources,
        agreement=body.agreement,
        provider=body.provider,
        seen_at=body.seen_at,
        cautions=tuple(CAUTION_SENTENCES.get(code, code) for code in body.cautions),
    )


def silent(findings: Iterable[Finding]) -> tuple[str, ...]:
    """This function will say which look-ups gave no place, and why."""
    failed = [found.body for found in findings if isinstance(found.body, LookupFailed)]
    lines = (f"{words.asked_words(body.evidence)}: {body.source} gave no place, {body.reason}" for body in failed)
    return tuple(dict.fromkeys(lines))  # kept in the old grammar and in the new one, it is the same news


def timeline(
    head: ReportHead,
    parts: Sequence[Document],
    files: Sequence[FileRef],
    findings: Sequence[Finding],
    answers: Answers = reading.NOTHING,
) -> tuple[Moment, ...]:
    """This function will put everything with a time in order, oldest first: theirs as sent, ours beside."""
    placed = {found.body.value: found.body for found in findings if isinstance(found.body, PlaceFound)}
    details = [(file.position, file.details) for file in files]
    told = events_of(parts, details, answers, head.received_at)
    found = [_moment(event, placed) for event in told]
    found += _of_house(head, findings)
    return tuple(sorted(found, key=lambda moment: (moment.at, moment.text)))


def _moment(event: Event, placed: Mapping[str, PlaceFound]) -> Moment:
    if event.is_stand_in:
        # `at` keeps its place in the order; shown, it would read as the time of the incident.
        text = f"report made {dated_time(event.at)}"
        return Moment(event.at, text, meaning=event.meaning, when=reading.TIME_NOT_TOLD)
    place = placed.get(event.address)
    if event.address:
        text = f"{event.address}, {words.place_words(place)}" if place else event.address
    else:
        # The meaning stands before it already.
        text = "" if event.what == event.meaning else event.what
    if event.file:
        text = f"{text}, file {event.file}" if text else f"file {event.file}"
    return Moment(event.at, text, event.as_sent, meaning=event.meaning, doubts=tuple(map(str, event.doubts)))


def _of_house(head: ReportHead, findings: Sequence[Finding]) -> Iterator[Moment]:
    if head.received_at:
        yield Moment(head.received_at, "This report was received in full", "our clock")
    for found in findings:
        if isinstance(found.body, FactsAdded):
            yield Moment(found.at, "The reporter told more", "our clock")
        elif isinstance(found.body, Escalated):
            yield Moment(
                found.at, f"Escalated by {names.actor_name(found.by)}: {found.body.why}", "our clock", is_urgent=True
            )
        elif isinstance(found.body, ContactsSeized):
            sentence = (
                f"A contact list was found: {plural(found.body.rows, 'row')}, "
                f"{found.body.known_in_reports} in other reports"
            )
            yield Moment(found.at, sentence, "our clock", is_urgent=True)


def links(findings: Iterable[Finding], rows: Sequence[QueueRow], within: str) -> tuple[Link, ...]:
    """This function will give the reports tied to this one, the strongest tie first, each once."""
    by_number: dict[int, list[LinkFound]] = {}
    for found in findings:
        if isinstance(found.body, LinkFound):
            by_number.setdefault(found.body.other_number, []).append(found.body)
    heads = {row.head.number: row.head for row in rows}
    return tuple(
        sorted(
            (_link(number, ties, heads.get(number), within) for number, ties in by_number.items()),
            key=lambda link: (-link.weight, link.number),
        )
    )


def _link(number: int, ties: list[LinkFound], head: ReportHead | None, within: str) -> Link:
    ordered = sorted(ties, key=lambda tie: -tie.weight)
    # Several ties are stronger than the best of them, where one does not follow from the other.
    weight = together({family_of(tie.identifier_kind): tie.weight for tie in reversed(ordered)})
    line = f"{words.source_words(head)}, {words.STATE_WORDS.get(head.state, head.state).lower()}" if head else ""
    return Link(
        url=report_url(number, within),
        number=number,
        headline=head.headline if head else "",
        line=line,
        weight=weight,
        strength=names.strength(weight),
        reasons=tuple(dict.fromkeys(_reason(tie) for tie in ordered)),
    )


def _reason(tie: LinkFound) -> str:
    return tie.why if tie.identifier_kind in _WORDLESS else f"{tie.why}: {tie.value}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision that counts, with its reason."""

    disposition: str
    reason: str
    note: str
    by: str
    at: datetime


def verdict(findings: Iterable[Finding]) -> Verdict | None:
    """This function will give the decision that counts, where one was made."""
    for found in findings:
        if isinstance(found.body, Judged):
            return Verdict(
                disposition=names.DISPOSITION_WORDS[Disposition(found.body.disposition)],
                reason=words.reason_words(found.body.reason),
                note=found.body.note,
                by=names.actor_name(found.by),
                at=found.at,
            )
    return None

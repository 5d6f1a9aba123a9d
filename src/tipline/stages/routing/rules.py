"""From places to recipients. Pure: the directory's rows are handed in, nothing is looked up here.

The order of thought: where is the suspect? Its task force is primary. Unknown or unsure: the child's place.
Unknown too: federal. Every other place of a child gets a copy. A second place of the suspect, an unsure
place, and the other task forces of a state where one cannot tell which, learn only that a report exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tipline.domain.findings import Finding, RecipientChosen
from tipline.domain.number import groups
from tipline.domain.report import ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance

TOOL = "routing 1"
BY = "system:routing"
HOME = "US"
TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP", "UM"})
# A weaker tie does not say that the people of two reports are the same.
LEAST_WEIGHT = 50
# Of an agency's reasons so many are written out, and of linked reports that say the same so many are named.
MOST_REASONS, MOST_NAMED = 6, 3
CERTAINTIES = ("low", "medium", "high")
CONFIDENCES = ("unsure", "possible", "likely", "certain")


class Part(StrEnum):
    """What of the report an agency gets."""

    PRIMARY = "PRIMARY"  # the whole package; this agency acts
    COPY = "COPY"  # the whole package, for the child's place or another concerned agency
    EXISTENCE_ONLY = "EXISTENCE_ONLY"  # that a report exists, and whom to ask


PARTS = (Part.PRIMARY, Part.COPY, Part.EXISTENCE_ONLY)


class Side(StrEnum):
    """Whose place it is."""

    SUSPECT = "SUSPECT"
    CHILD = "CHILD"


SIDE_WORDS = {Side.SUSPECT: "the reported person", Side.CHILD: "the child"}


@dataclass(frozen=True, slots=True)
class Option:
    """A row of the directory that covers a place. `basis` says on what ground."""

    agency: str
    name: str
    certainty: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PlaceToRoute:
    """A best place of this report, or of a linked one, with the rows that cover it.

    through: number of the linked report the place comes from, 0 for this report's own.
    by_state: the task forces of the state, the one that covers most people first.
    """

    side: Side
    country: str
    state: str = ""
    county: str = ""
    confidence: str = "unsure"
    through: int = 0
    by_county: Option | None = None
    by_state: tuple[Option, ...] = ()
    by_country: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency that gets the report. `why` holds one reason a line; `certainty` says how sure it is the right one."""

    agency: str
    name: str
    part: Part
    why: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Told:
    """One reason for a recipient. through: number of the linked report that says it, 0 for this report's own.

    `end` closes the sentence of this report's own: on what ground, and whether that is verified.
    """

    says: str
    through: int = 0
    end: str = "."


@dataclass(frozen=True, slots=True)
class Claim:
    """A recipient for one place of a report, with the reason; several about one agency become one line."""

    recipient: Recipient
    told: Told


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `chosen` is a person's choice, which wins over every rule."""

    places: tuple[PlaceToRoute, ...]
    federal: Option
    abroad: Option
    chosen: tuple[Recipient, ...] = ()


def decide(head: ReportHead, facts: Facts, now: datetime) -> Advance:
    """This function will choose the recipients of a report and make a finding of each."""
    recipients = facts.chosen or choose(facts)
    findings = tuple(finding(each, now) for each in recipients)
    return Advance(to_state=ReportState.ROUTED, findings=findings, code="routed", own=recipients)


def finding(recipient: Recipient, now: datetime, *, by: str = BY, tool: str = TOOL) -> Finding:
    """This function will wrap a recipient as a finding; one current finding per agency."""
    body = RecipientChosen(
        agency=recipient.agency,
        agency_name=recipient.name,
        part=recipient.part.value,
        why=recipient.why,
        certainty=recipient.certainty,
    )
    return Finding(recipient.agency, body, by=by, tool=tool, at=now)


def choose(facts: Facts) -> tuple[Recipient, ...]:
    """This function will choose the recipients: never none, one primary, the same for the same facts."""
    places = sorted(facts.places, key=_order)
    lead = next(iter(places), None)
    found = _of_lead(lead, facts) if lead else [_fallback(facts, "no place is known of anybody in the report")]
    for place in places:
        if place is not lead:
            found += _of_other(place, facts)
    return _merged(found)


def _order(place: PlaceToRoute) -> tuple[object, ...]:
    """Unsure places last; then the suspect's before the child's, own before linked, surer before weaker."""
    strength = CONFIDENCES.index(place.confidence)
    ties = (place.through, place.country, place.state, place.county)
    return (strength == 0, place.side is not Side.SUSPECT, place.through != 0, -strength, *ties)


def _of_lead(place: PlaceToRoute, facts: Facts) -> list[Claim]:
    main, rest = _covering(place, facts)
    if main is None:
        return [_fallback(facts, f"{_where(place)} has no recipient of its own that may get content"), *rest]
    return [_recipient(main, Part.PRIMARY, place), *rest]


def _of_other(place: PlaceToRoute, facts: Facts) -> list[Claim]:
    """A child's place gets a copy; a second place of the suspect learns of the report; no state, nobody."""
    if place.country in ("", HOME) and not place.state:
        return []
    main, rest = _covering(place, facts)
    if place.side is Side.SUSPECT:
        return [*([_recipient(main, Part.EXISTENCE_ONLY, place)] if main else []), *rest]
    return [*([_recipient(main, Part.COPY, place)] if main else []), *rest]


def _covering(place: PlaceToRoute, facts: Facts) -> tuple[Option | None, list[Claim]]:
    """The row that may get content for a place, and the recipients that only learn of the report."""
    if place.country not in TERRITORIES | {"", HOME}:
        return _abroad(place, facts)
    if place.country in TERRITORIES or place.state in TERRITORIES:
        return replace(facts.federal, basis="none of the task forces covers a territory"), []
    rows = _rows_of_state(place)
    if not rows:
        return replace(facts.federal, basis="no state is known"), []
    if place.confidence == "unsure":
        return None, [_recipient(each, Part.EXISTENCE_ONLY, place) for each in rows]
    return rows[0], [_recipient(each, Part.EXISTENCE_ONLY, place) for each in rows[1:]]


def _rows_of_state(place: PlaceToRoute) -> list[Option]:
    """One row where the county settles it; else the likeliest first and the others of the state behind it."""
    county = place.by_county
    if county and county.certainty != "low":
        return [county]
    if county:
        return [county, *(each for each in place.by_state if each.agency != county.agency)]
    if len(place.by_state) < 2:
        return list(place.by_state)
    first, *others = place.by_state
    basis = "covers the most people of a state with several task forces, the county is not known"
    return [replace(first, certainty="low", basis=basis), *others]


def _abroad(place: PlaceToRoute, facts: Facts) -> tuple[Option | None, list[Claim]]:
    """A checked contact gets the report; an unchecked one learns of it, a federal agency hands content on."""
    checked = [each for each in place.by_country if each.certainty != "low"]
    if checked and place.confidence != "unsure":
        return checked[0], [_recipient(each, Part.EXISTENCE_ONLY, place) for each in checked[1:]]
    rest = [_recipient(each, Part.EXISTENCE_ONLY, place) for each in place.by_country]
    ground = "the place is unsure" if checked else "the country's contact is not verified"
    return replace(facts.abroad, basis=f"{ground}, its attaches hand the report on"), rest


def _where(place: PlaceToRoute) -> str:
    country = "" if place.state and place.country == HOME else place.country
    return ", ".join(part for part in (place.county, place.state, country) if part) or "an unknown place"


# How sure a place is, as people say it.
_HOW_SURE = {"certain": "is in", "likely": "is likely in", "possible": "is possibly in", "unsure": "may be in"}


def _recipient(row: Option, part: Part, place: PlaceToRoute) -> Claim:
    who = SIDE_WORDS[place.side]
    says = f"{who[0].upper()}{who[1:]} {_HOW_SURE[place.confidence]} {_where(place)}"
    ground = f" ({row.basis})" if row.basis else ""
    doubt = " Not verified." if row.certainty == "low" else ""
    told = Told(says, place.through, f"{ground}.{doubt}")
    return Claim(Recipient(row.agency, row.name, part, "", certainty_of(row, place)), told)


def certainty_of(row: Option, place: PlaceToRoute) -> str:
    """This function will give how sure a choice is: no surer than row, place and link."""
    by_place = {"unsure": "low", "possible": "medium"}.get(place.confidence, "high")
    by_link = "medium" if place.through else "high"
    return min((row.certainty, by_place, by_link), key=CERTAINTIES.index)


def _fallback(facts: Facts, ground: str) -> Claim:
    # Whose matter it is cannot be told without a place: the federal recipient is the way out, not a sure choice.
    recipient = Recipient(facts.federal.agency, facts.federal.name, Part.PRIMARY, "", "low")
    return Claim(recipient, Told(f"Federal, because {ground}"))


def _merged(found: Iterable[Claim]) -> tuple[Recipient, ...]:
    """One line per agency: its strongest part, with the reason for that part first."""
    by_agency: dict[str, list[Claim]] = {}
    for each in found:
        by_agency.setdefault(each.recipient.agency, []).append(each)
    lines = (_line(sorted(claims, key=_strength)) for claims in by_agency.values())
    return tuple(sorted(lines, key=lambda each: PARTS.index(each.part)))


def _strength(claim: Claim) -> int:
    return PARTS.index(claim.recipient.part)


def _line(claims: Sequence[Claim]) -> Recipient:
    return replace(claims[0].recipient, why=sentences([claim.told for claim in claims]))


def sentences(told: Sequence[Told]) -> str:
    """This function will write the reasons for an agency, one a line: the same said by several reports is said once.

    What this report says stands for itself; of linked reports the first few are named and the rest counted.
    """
    by_words: dict[str, list[Told]] = {}
    for one in told:
        by_words.setdefault(one.says, []).append(one)
    lines = [_sentence(says, ones) for says, ones in by_words.items()]
    more = len(lines) - MOST_REASONS
    return "\n".join([*lines[:MOST_REASONS], *([f"And {more} more reasons like these."] if more > 0 else [])])


def _sentence(says: str, ones: Sequence[Told]) -> str:
    linked = list(dict.fromkeys(one.through for one in ones))
    if 0 in linked:
        return f"{says}{next(one.end for one in ones if not one.through)}"
    named = [groups(number) for number in linked[:MOST_NAMED]]
    more = len(linked) - len(named)
    named += [f"{more} more"] if more else []
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{says}, by linked {'report' if len(linked) == 1 else 'reports'} {listed}."


def count_primaries(recipients: Sequence[Recipient]) -> int:
    """This function will count the primary recipients; a right choice has exactly one."""
    return sum(each.part is Part.PRIMARY for each in recipients)

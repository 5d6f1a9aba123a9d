"""One roster of all children of a cluster: from its reports and from the lists that officers handed in. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from tipline.domain.identifiers import key_of, normalise
from tipline.domain.report import CHILD_ROLES, Identifier, IdentifierKind, PersonRole
from tipline.programs.identification.values import RosterChildLine

STATUSES = ("SOUGHT", "IDENTIFIED", "SAFE")
ROLES = (*sorted(CHILD_ROLES), PersonRole.CONTACT)
_PERSON = re.compile(r"/report/\w+(?:\[\d+\])?")
# What shows who somebody is; an address shows where.
_NAMES = frozenset({IdentifierKind.HANDLE, IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.ESP_ACCOUNT,
                    IdentifierKind.NAME, IdentifierKind.URL})  # fmt: skip
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is known of a report: its number, where its child is, which agencies have it, whether a child was found."""

    number: int
    country: str = ""
    state: str = ""
    agencies: tuple[str, ...] = ()
    is_identified: bool = False


@dataclass(slots=True)
class Child:
    """One child, or one contact that may be a child's, with all that leads to it."""

    names: dict[str, None] = field(default_factory=dict)
    status: str = "SOUGHT"
    country: str = ""
    state: str = ""
    agencies: dict[str, None] = field(default_factory=dict)
    reports: dict[int, None] = field(default_factory=dict)
    rosters: dict[int, None] = field(default_factory=dict)
    is_contact: bool = True  # nobody has said yet that it is a child

    @property
    def shown(self) -> tuple[str, ...]:
        """The first names by which it is known."""
        return tuple(self.names)[:_SHOWN]

    def told(self, other: Child) -> None:
        """This function will take in what another one says of the same child; the better news counts."""
        for mine, theirs in (
            (self.names, other.names), (self.agencies, other.agencies), (self.reports, other.reports),
            (self.rosters, other.rosters),
        ):  # fmt: skip
            mine.update(theirs)  # type: ignore[arg-type]
        self.status = max(self.status, other.status, key=STATUSES.index)
        self.country, self.state = (self.country, self.state) if self.country else (other.country, other.state)
        self.is_contact = self.is_contact and other.is_contact


class Roster:
    """Collects children; two that share an identifier are one."""

    def __init__(self) -> None:
        self._children: dict[int, Child] = {}
        self._by_key: dict[tuple[IdentifierKind, str], int] = {}
        self._places = count()

    def add(self, child: Child, keys: Iterable[tuple[IdentifierKind, str]]) -> None:
        """This function will add a child known by some identifiers, or tell what it says to the one who is there."""
        named = set(keys)
        known = sorted({self._by_key[key] for key in named if key in self._by_key})
        place = known[0] if known else next(self._places)
        here = self._children.setdefault(place, Child(is_contact=child.is_contact))
        here.told(child)
        for other in known[1:]:
            here.told(self._children.pop(other))
            named |= {key for key, at in self._by_key.items() if at == other}
        self._by_key.update(dict.fromkeys(named, place))

    def children(self) -> tuple[Child, ...]:
        """This function will give the children: those sought first, then by country and place."""
        ranked = self._children.values()
        return tuple(sorted(ranked, key=lambda one: (STATUSES.index(one.status), one.country or "~~", one.shown)))


def of_reports(roster: Roster, identifiers: Iterable[tuple[int, Identifier]], facts: Mapping[int, ReportFacts]) -> None:
    """This function will add the children of reports: each person of a report once."""
    people: dict[tuple[int, str], list[Identifier]] = {}
    for report_id, one in identifiers:
        found = _PERSON.match(one.path)
        if one.kind in _NAMES and report_id in facts:
            people.setdefault((report_id, found[0] if found else one.path), []).append(one)
    for (report_id, _), several in people.items():
        is_contact = all(one.role is PersonRole.CONTACT for one in several)
        child = _of_report(facts[report_id], [one.raw for one in several], is_contact=is_contact)
        roster.add(child, [key_of(one) for one in several if one.kind is not IdentifierKind.NAME])


def unnamed(roster: Roster, told: Mapping[int, int | None], facts: Mapping[int, ReportFacts]) -> None:
    """This function will add the children whom reports tell of without anything to know them by; `told` are ages."""
    for report_id in childless(roster, facts):
        if report_id in told:
            age = told[report_id]
            words = "not named" if age is None else f"not named, aged {age}"
            roster.add(_of_report(facts[report_id], [words], is_contact=False), ())


def childless(roster: Roster, facts: Mapping[int, ReportFacts]) -> list[int]:
    """This function will list the reports of which no child stands in the roster; a contact may be none."""
    known = {number for child in roster.children() if not child.is_contact for number in child.reports}
    return [report_id for report_id, about in facts.items() if about.number not in known]


def _of_report(known: ReportFacts, names: Iterable[str], *, is_contact: bool) -> Child:
    child = Child(
        names=dict.fromkeys(names), reports={known.number: None}, agencies=dict.fromkeys(known.agencies),
        is_contact=is_contact,
    )  # fmt: skip
    if not is_contact:
        child.country, child.state = known.country, known.state
        child.status = "IDENTIFIED" if known.is_identified else "SOUGHT"
    return child


def of_list(roster: Roster, roster_id: int, rows: Iterable[RosterChildLine]) -> None:
    """This function will add the contacts of a list that an agency handed in."""
    for row in rows:
        if row.problem or not row.kind:
            continue
        kind = IdentifierKind(row.kind)
        child = Child(
            names={row.written: None}, status=row.status, country=row.country, rosters={roster_id: None},
            agencies=dict.fromkeys([row.with_agency] if row.with_agency else []),
            reports=dict.fromkeys(row.reports), is_contact=row.status == "SOUGHT",
        )  # fmt: skip
        roster.add(child, [(kind, normalise(kind, row.written))])


@dataclass(frozen=True, slots=True)
class CountryLine:
    """The children of a country: how many stand how, by state, and who was told."""

    country: str
    total: int
    sought: int
    identified: int
    safe: int
    states: tuple[tuple[str, int], ...]
    agencies: tuple[str, ...]
    untold: int


def by_country(children: Iterable[Child]) -> tuple[CountryLine, ...]:
    """This function will count the children of each country, most first; those of no known country last."""
    groups: dict[str, list[Child]] = {}
    for one in children:
        groups.setdefault(one.country, []).append(one)
    lines = (_country(country, several) for country, several in groups.items())
    return tuple(sorted(lines, key=lambda line: (not line.country, -line.total, line.country)))


def _country(country: str, several: list[Child]) -> CountryLine:
    stand = Counter(one.status for one in several)
    states = Counter(one.state for one in several if one.state)
    agencies = Counter(name for one in several for name in one.agencies)
    return CountryLine(
        country, len(several), stand["SOUGHT"], stand["IDENTIFIED"], stand["SAFE"],
        tuple(sorted(states.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(name for name, _ in agencies.most_common(5)),
        sum(1 for one in several if not one.agencies and one.status == "SOUGHT"),
    )  # fmt: skip

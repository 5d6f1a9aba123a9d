"""The pure functions of enrichment, linking and triage, asked about the world's reports: one small function a stage.

No database: what the record holds of earlier reports is a table in memory, asked and bounded as the record's is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tipline.domain.cybertip import reading
from tipline.domain.findings import BestPlace, FileKnown, LinkFound, RingFound, Scored
from tipline.domain.identifiers import key_of
from tipline.domain.report import CHILD_ROLES, Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.media.thresholds import PDQ_RADIUS
from tipline.reference.places.lookup import Shelf
from tipline.reference.places.values import PlaceAnswer
from tipline.simulation.world.values import MadeReport
from tipline.stages.enrichment import asking
from tipline.stages.enrichment.clues import clues_of
from tipline.stages.enrichment.rules import LookedUp, best_place, cautions_of
from tipline.stages.linking import bonds, clusters, collecting, table
from tipline.stages.linking import rules as linking
from tipline.stages.triage.rules import Facts, score

BUILD = Path(__file__).resolve().parents[2] / "build"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHELF = Shelf(BUILD / "places")
BLOCKS = BUILD / "world"  # the city table that worlds are measured with


@dataclass(frozen=True, slots=True)
class Placed:
    """What enrichment says of a report: a place a side, the cautions of its addresses, and every state of the United
    States that any source named for the suspect.
    """

    best: tuple[BestPlace, ...]
    cautions: dict[str, frozenset[str]]
    named: frozenset[str]


def places_of(report: MadeReport) -> Placed:
    """Enrichment: clues, look-ups, combination; the best place of the suspect and of the child."""
    clues = clues_of([report.document], [file.ref for file in report.files], report.answers)
    asked = [LookedUp(clue, asking.ask(clue, SHELF)) for clue in clues]
    sides = (best_place(side, asked) for side in (PersonRole.SUSPECT, PersonRole.VICTIM))
    cautions = {one.clue.value: frozenset(cautions_of(one)) for one in asked if one.clue.evidence == "ip"}
    named = (answer for one in asked if one.clue.role == PersonRole.SUSPECT for answer in one.answers)
    states = frozenset(one.state for one in named if isinstance(one, PlaceAnswer) and one.country == "US")
    return Placed(tuple(best for best in sides if best), cautions, states)


def first_answer(report: MadeReport) -> PlaceAnswer | None:
    """The baseline of places: what the first source says of the first address of the suspect."""
    addresses = (clue for clue in clues_of([report.document]) if clue.evidence == "ip" and clue.role == "SUSPECT")
    answers = (answer for clue in addresses for answer in asking.ask(clue, SHELF) if isinstance(answer, PlaceAnswer))
    return next(answers, None)


def known_of(report: MadeReport) -> tuple[FileKnown, ...]:
    """What the hash lists would say: the world tells which digests a list holds."""
    return tuple(
        FileKnown(file.ref.file_id, file.entry, "list", "member", "SHA256", classification="A1", judged_by=3)
        for file in report.files
        if file.entry
    )


def identifiers_of(report: MadeReport, looks: Looks | None = None) -> tuple[Identifier, ...]:
    """What the record indexes of a report, before forms."""
    files = [file.ref for file in report.files]
    like = collecting.looks_of(files, looks.firsts_of(report)) if looks else ()
    return collecting.collect([report.document], files, known_of(report), like, report.answers)


class Looks:
    """What the index of received pictures would say: the first picture that a picture looks like."""

    def __init__(self) -> None:
        self._prints = np.empty((1024, 4), dtype=np.uint64)
        self._firsts: list[str] = []
        self._seen: dict[str, str] = {}

    def firsts_of(self, report: MadeReport) -> dict[str, str]:
        """This function will tell, by file id, the digest of the first picture of each one's look."""
        return {file.ref.file_id: self._first(file.pdq, file.ref.sha256) for file in report.files if file.pdq}

    def _first(self, pdq: str, sha256: str) -> str:
        if (found := self._seen.get(pdq)) is not None:
            return found
        one, many = np.frombuffer(bytes.fromhex(pdq), dtype=np.uint64), len(self._firsts)
        apart = np.bitwise_count(self._prints[:many] ^ one).sum(axis=1)
        near = np.flatnonzero(apart <= PDQ_RADIUS)
        first = self._firsts[near[0]] if len(near) else sha256
        if many == len(self._prints):
            self._prints = np.concatenate([self._prints, np.empty_like(self._prints)])
        self._prints[many] = one
        self._firsts.append(first)
        self._seen[pdq] = first
        return first


def head_of(report: MadeReport) -> ReportHead:
    """The report's head, as far as a rule looks at it."""
    return ReportHead(
        id=report.number, number=report.number, source=report.source, state=ReportState.ENRICHED, priority=4, score=0,
        incident_type=reading.incident_type(report.document), headline="", opened_at=report.at, received_at=report.at,
        esp_id=None, esp_name=report.esp, environment="production", hold=None, legal_hold=False, preserve_until=None,
    )  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """Where a value was seen: the newest sightings, each with its company, since when, in how many reports in all."""

    newest: deque[tuple[int, str, Identifier]]
    since: datetime
    reports: int = 0


class _People:
    """The reports of each person's cluster and the children in them, as the record would tell them."""

    def __init__(self, book: clusters.Book) -> None:
        self._book = book
        self._reports: dict[int, list[int]] = defaultdict(list)  # by top
        self._came: dict[int, datetime] = {}
        self._children: dict[int, list[Identifier]] = {}

    def note(self, report: MadeReport, own: Iterable[Identifier], steps: Iterable[clusters.Step]) -> None:
        """Keep a report's children, and what the book did with its cluster."""
        self._came[report.number] = report.at
        if children := [one for one in own if one.role in CHILD_ROLES]:
            self._children[report.number] = children
        for step in steps:
            match step:
                case clusters.Joined(cluster, node) if node.kind is clusters.ClusterKind.SUSPECT:
                    self._reports[self._book.top(cluster)].append(node.report_id)
                case clusters.Merged(child, into) if child in self._reports:
                    self._reports[self._book.top(into)] += self._reports.pop(child)

    def ring_of(self, report: MadeReport) -> RingFound | None:
        top = self._book.group_of(clusters.Node(clusters.ClusterKind.SUSPECT, report.number))
        if top is None:
            return None
        newest = sorted(self._reports[top])[-table.MOST_AROUND :]
        listed = [(number, one) for number in newest for one in self._children.get(number, ())]
        nodes = {
            (number, facet): self._book.group_of(clusters.Node(clusters.ClusterKind.VICTIM, number, facet))
            for number, one in listed
            for facet in [bonds.facet_of(clusters.ClusterKind.VICTIM, one)]
        }
        children = bonds.children_in(listed, {child: found for child, found in nodes.items() if found is not None})
        fresh = (number for number in newest if self._came[number] >= report.at - table.LATELY)
        lately = sum(number != report.number for number in fresh)
        return RingFound(top, len(self._reports[top]), children, lately)


class Linker:
    """Linking and clustering, one report at a time, over a table of sightings in memory."""

    def __init__(self) -> None:
        self._table: dict[linking.Key, _Seen] = {}
        self._book = clusters.Book()
        self._looks = Looks()
        self._accounts: dict[int, frozenset[str]] = {}  # of every report so far, in the order in which they came
        self._people = _People(self._book)

    def link(self, report: MadeReport, cautions: dict[str, frozenset[str]]) -> tuple[LinkFound, ...]:
        """Take a report in: what it shares, which of it are ties, where it belongs. Gives the ties."""
        own = identifiers_of(report, self._looks)
        result = linking.decide(head_of(report), list(self._shared(report, own, cautions)), NOW)
        self._index(report, own)
        self._people.note(report, own, self._book.place(report.number, bonds.bonds(report.number, result.own)))
        return tuple(found.body for found in result.findings if isinstance(found.body, LinkFound))

    def ring_of(self, report: MadeReport) -> RingFound | None:
        """What is known of the person behind a report that was taken in."""
        return self._people.ring_of(report)

    def _shared(
        self, report: MadeReport, own: tuple[Identifier, ...], cautions: dict[str, frozenset[str]]
    ) -> Iterator[linking.Shared]:
        marks, mine = collecting.marks_of(file.ref for file in report.files), linking.account_of(own)
        for key, listed in linking.probes(own).items():
            if (seen := self._table.get(key)) is None:
                continue
            carried = min(table.MOST_COUNTED, seen.reports) + 1
            is_new = seen.since >= report.at - table.VIRAL_FOR
            for number, esp, other in seen.newest:
                for one in listed:
                    held = (cautions.get(one.raw, frozenset()), marks.get(one.path, frozenset()))
                    same = None if not (report.esp and esp) else report.esp == esp
                    shared = linking.Shared(
                        one, number, number, linking.met(one, other), carried, same, *held, is_new=is_new
                    )
                    is_asked = mine and linking.wants_account(shared)
                    yield linking.with_accounts(shared, mine, self._accounts[number]) if is_asked else shared
        for one in own:
            if one.kind is IdentifierKind.PRIOR_REPORT and int(one.value) in self._accounts:
                yield linking.Shared(one, int(one.value), int(one.value), one, 2)

    def _index(self, report: MadeReport, own: tuple[Identifier, ...]) -> None:
        self._accounts[report.number] = linking.account_of(own)
        counted: set[linking.Key] = set()
        for one in linking.indexed(own):
            if (seen := self._table.get(key_of(one))) is None:
                seen = self._table[key_of(one)] = _Seen(deque(maxlen=table.MOST_SIGHTINGS), report.at)
            seen.newest.appendleft((report.number, report.esp, one))
            seen.reports += key_of(one) not in counted
            counted.add(key_of(one))

    def groups(self) -> list[object]:
        """Which cluster each report is in, in the order in which they came: its event's, else its suspect's."""
        found: dict[int, object] = {number: number for number in self._accounts}
        for kind in (clusters.ClusterKind.SUSPECT, clusters.ClusterKind.VIRAL):
            for top, nodes in self._book.groups(kind).items():
                found |= {node.report_id: (str(kind), top) for node in nodes}
        return [found[number] for number in self._accounts]


def scored(report: MadeReport, links: tuple[LinkFound, ...], placed: Placed, ring: RingFound | None = None) -> Scored:
    """Triage: the score of a report with what is known when it comes."""
    people = reading.persons(report.document)
    ages = [person.age for person in people if person.role in CHILD_ROLES and person.age is not None]
    files = tuple(file.ref for file in report.files)
    facts = Facts(
        document=report.document, answers=report.answers, files=files, links=links, places=placed.best,
        child_age=min(ages, default=None), known=known_of(report), ring=ring, received_at=report.at,
    )  # fmt: skip
    return score(facts)

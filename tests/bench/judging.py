"""The pure functions of enrichment, linking and triage, asked about the world's reports: one small function a stage.

No database: what the record holds of earlier reports is a table in memory, asked and bounded as the record's is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tipline.domain.cybertip import reading
from tipline.domain.findings import BestPlace, FileKnown, LinkFound, Scored
from tipline.domain.identifiers import distinct, key_of
from tipline.domain.report import CHILD_ROLES, Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.reference.places.lookup import Shelf, places_of_address, places_of_number, places_of_stated
from tipline.reference.places.values import Answer, PlaceAnswer
from tipline.simulation.world.values import MadeReport
from tipline.stages.enrichment.clues import Clue, clues_of
from tipline.stages.enrichment.rules import LookedUp, best_place, place_found
from tipline.stages.linking import rules as linking
from tipline.stages.triage.rules import Facts, score

from .measures import Joined

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHELF = Shelf(ROOT / "build" / "places")


def look_up(clue: Clue) -> tuple[Answer, ...]:
    """Ask the offline sources, as the stage does."""
    if clue.evidence == "ip":
        return places_of_address(clue.value, SHELF)
    return places_of_number(clue.value, SHELF) if clue.evidence == "phone" else places_of_stated(clue.stated)


def places_of(report: MadeReport) -> tuple[BestPlace, ...]:
    """Enrichment: clues, look-ups, combination; the best place of the suspect and of the child."""
    clues = clues_of([report.document], [file.ref for file in report.files])
    found = [place for clue in clues if (place := place_found(LookedUp(clue, look_up(clue))))]
    sides = (best_place(side, found) for side in (PersonRole.SUSPECT, PersonRole.VICTIM))
    return tuple(best for best in sides if best)


def first_answer(report: MadeReport) -> PlaceAnswer | None:
    """The baseline of places: what the first source says of the first address of the suspect."""
    addresses = (clue for clue in clues_of([report.document]) if clue.evidence == "ip" and clue.role == "SUSPECT")
    answers = (answer for clue in addresses for answer in look_up(clue) if isinstance(answer, PlaceAnswer))
    return next(answers, None)


def known_of(report: MadeReport) -> tuple[FileKnown, ...]:
    """What the hash lists would say: the world tells which digests a list holds."""
    return tuple(
        FileKnown(file.ref.file_id, file.entry, "list", "member", "SHA256", classification="A1", judged_by=3)
        for file in report.files
        if file.entry
    )


def identifiers_of(report: MadeReport) -> tuple[Identifier, ...]:
    """What the record indexes of a report."""
    kind, role = IdentifierKind.FILE_SHA256, PersonRole.SUSPECT
    files = (
        Identifier(kind, role, file.ref.sha256, file.ref.sha256, path=f"file {file.ref.file_id}")
        for file in report.files
    )
    return distinct((*reading.identifiers(report.document), *files))


def head_of(report: MadeReport) -> ReportHead:
    """The report's head, as far as a rule looks at it."""
    return ReportHead(
        id=report.number, number=report.number, source=report.source, state=ReportState.ENRICHED, priority=4, score=0,
        incident_type=reading.incident_type(report.document), headline="", opened_at=report.at, received_at=report.at,
        esp_id=None, esp_name=report.esp, environment="production", hold=None, legal_hold=False, preserve_until=None,
    )  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """Where a value was seen: the newest sightings, and in how many reports in all."""

    newest: deque[tuple[int, Identifier]]
    reports: int = 0


class Linker:
    """Linking and clustering, one report at a time, over a table of sightings in memory."""

    def __init__(self) -> None:
        self._table: dict[tuple[str, str], _Seen] = defaultdict(lambda: _Seen(deque(maxlen=linking.MOST_SIGHTINGS)))
        self._clusters = Joined()
        self._places: dict[int, int] = {}

    def link(self, report: MadeReport) -> tuple[LinkFound, ...]:
        """Take a report in; tell its ties to earlier ones."""
        own = [one for one in identifiers_of(report) if one.kind in linking.RULES]
        shared = [tie for one in own for tie in self._shared(one)]
        result = linking.decide(head_of(report), shared, NOW)
        self._index(report.number, own)
        links = tuple(found.body for found in result.findings if isinstance(found.body, LinkFound))
        self._join(report.number, links)
        return links

    def _shared(self, one: Identifier) -> Iterable[linking.Shared]:
        seen = self._table.get(key_of(one))
        for other_id, other in seen.newest if seen else ():
            yield linking.Shared(one, other_id, other_id, other, seen.reports + 1 if seen else 1)
        if one.kind is IdentifierKind.PRIOR_REPORT and int(one.value) in self._places:
            yield linking.Shared(one, int(one.value), int(one.value), one, 2)

    def _index(self, number: int, own: Sequence[Identifier]) -> None:
        counted = set()
        for one in own:
            seen = self._table[key_of(one)]
            seen.newest.appendleft((number, one))
            if key_of(one) not in counted:
                seen.reports += 1
                counted.add(key_of(one))

    def _join(self, number: int, links: Iterable[LinkFound]) -> None:
        """Today's code keeps no clusters: reports with a link of at least the weight that routing trusts are one."""
        self._places[number] = len(self._places)
        others = [link.other_report_id for link in links if link.weight >= 60]
        self._clusters.add([number, *others])

    def groups(self) -> list[object]:
        """Which cluster each report is in, in the order in which they came."""
        return list(self._clusters.groups())


def scored(report: MadeReport, links: tuple[LinkFound, ...], places: tuple[BestPlace, ...]) -> Scored:
    """Triage: the score of a report with what is known when it comes."""
    people = reading.persons(report.document)
    ages = [person.age for person in people if person.role in CHILD_ROLES and person.age is not None]
    files = tuple(file.ref for file in report.files)
    facts = Facts(
        document=report.document, answers=report.answers, files=files, links=links, places=places,
        child_age=min(ages, default=None), known=known_of(report),
    )  # fmt: skip
    return score(facts)

"""Linking without a database: sightings in memory, the pure rules, and the clusters that come of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tipline.domain.findings import FileKnown
from tipline.domain.identifiers import key_of
from tipline.domain.report import Document, FileRef, Identifier
from tipline.stages.linking import bonds, rules
from tipline.stages.linking.clusters import Book, ClusterKind, Node
from tipline.stages.linking.collecting import collect, marks_of
from tipline.stages.linking.rules import Key, Shared
from tipline.stages.linking.table import MOST_SIGHTINGS


@dataclass(frozen=True, slots=True)
class Incoming:
    """One report as linking sees it; `cautions` by address."""

    report_id: int
    company: int | None
    parts: tuple[Document, ...]
    files: tuple[FileRef, ...] = ()
    known: tuple[FileKnown, ...] = ()
    cautions: dict[str, frozenset[str]] = field(default_factory=dict)
    more: tuple[Identifier, ...] = ()
    at: datetime | None = None


class Linked:
    """Takes reports one at a time, as the service does, and keeps their clusters."""

    def __init__(self) -> None:
        self.book = Book()
        self._seen: dict[Key, list[tuple[int, int | None, Identifier]]] = defaultdict(list)
        self._carriers: dict[Key, set[int]] = defaultdict(set)
        self._accounts: dict[int, frozenset[str]] = {}

    def take(self, one: Incoming) -> tuple[Shared, ...]:
        """This function will link one report with those that are there, and return the ties that are told.

        Taken again with more known of it, it is linked anew.
        """
        own = collect(one.parts, one.files, one.known, one.more)
        self._accounts[one.report_id] = rules.account_of(own)
        ties = rules.strongest(self._shared(one, own))
        self.book.place(one.report_id, bonds.bonds(one.report_id, ties))
        for each in rules.indexed(own):
            key = key_of(each)
            if one.report_id not in self._carriers[key]:
                self._seen[key].append((one.report_id, one.company, each))
                self._carriers[key].add(one.report_id)
        return ties

    def _shared(self, one: Incoming, own: Iterable[Identifier]) -> Iterator[Shared]:
        marks, mine = marks_of(one.files), self._accounts[one.report_id]
        for key, asked in rules.probes(own).items():
            many = len(self._carriers.get(key, set()) - {one.report_id}) + 1
            for other_id, company, other in self._seen.get(key, ())[-MOST_SIGHTINGS:]:
                for own_one in asked if other_id != one.report_id else ():
                    shared = Shared(
                        own_one, other_id, other_id, rules.met(own_one, other), many, rules.same(one.company, company),
                        one.cautions.get(own_one.raw, frozenset()), marks.get(own_one.path, frozenset()),
                    )  # fmt: skip
                    wants = rules.wants_account(shared)
                    yield rules.with_accounts(shared, mine, self._accounts[other_id]) if wants else shared

    def cluster_of(self, report_id: int, files: Collection[str] = ()) -> str:
        """This function will name the cluster of a report: its viral event where it has one, else its suspect's."""
        for file_id in files:
            group = self.book.group_of(Node(ClusterKind.VIRAL, report_id, f"file {file_id}"))
            if group is not None:
                return f"viral {group}"
        group = self.book.group_of(Node(ClusterKind.SUSPECT, report_id))
        return f"alone {report_id}" if group is None else f"suspect {group}"

"""Which reports belong together: clusters, kept one report at a time. Pure: no database, no clock.

A cluster holds nodes: a report as a whole (its suspect), a child of it, or a file of it. A merge moves nothing: one
cluster is laid below another and keeps its own members, so to take the merge back restores exactly what was there.
What a person said wins over the machine: it puts nothing back that a person took out, and joins nothing again that a
person parted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tipline.stages.linking.rules import together


class ClusterKind(StrEnum):
    """What the members of a cluster have in common."""

    SUSPECT = "SUSPECT"  # one reported person or account holder
    VICTIM = "VICTIM"  # one child
    SERIES = "SERIES"  # one picture or film, or one known entry
    VIRAL = "VIRAL"  # one file that many people pass on: one incident, however many report it


class Node(NamedTuple):
    """What is a member: a report, in it a child or file by its path, or nothing more for its suspect."""

    kind: ClusterKind
    report_id: int
    facet: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """One reason why two nodes are one. `value` tells distinct reasons apart and is no value anybody sent."""

    own: Node
    other: Node
    family: str
    value: str
    weight: int
    why: str
    why_back: str


@dataclass(frozen=True, slots=True)
class Limits:
    """From which strength (of 100) a node joins and two clusters merge, and how large the machine makes one."""

    join: int
    merge: int
    most: int


# Data. Two clusters of which one has at most SMALL members merge as easily as a member joins.
LIMITS = {
    ClusterKind.SUSPECT: Limits(join=60, merge=85, most=3_000),
    ClusterKind.VICTIM: Limits(join=65, merge=85, most=500),
    ClusterKind.SERIES: Limits(join=60, merge=60, most=100_000),
    ClusterKind.VIRAL: Limits(join=30, merge=60, most=10_000_000),
}
SMALL = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """A new cluster."""

    cluster: int
    kind: ClusterKind


@dataclass(frozen=True, slots=True)
class Joined:
    """A node belongs to a cluster now: how strongly, why, and by which other report."""

    cluster: int
    node: Node
    weight: int
    why: str
    via: int = 0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A cluster is laid below another one."""

    child: int
    into: int
    weight: int
    why: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Two clusters may be one: a person decides. `ties` holds every distinct reason with its weight."""

    first: int
    second: int
    weight: int
    why: str
    ties: tuple[tuple[str, int], ...]


Step = Opened | Joined | Merged | Proposed


@dataclass(slots=True)
class Book:
    """The clusters as they stand, or the part of them that a report touches."""

    leaf: dict[Node, int] = field(default_factory=dict)
    kind: dict[int, ClusterKind] = field(default_factory=dict)
    parent: dict[int, int] = field(default_factory=dict)
    size: dict[int, int] = field(default_factory=dict)  # members of a top, those of the clusters below it among them
    parted: set[tuple[int, int]] = field(default_factory=set)  # what a person parted
    out: set[tuple[Node, int]] = field(default_factory=set)  # what a person took out of which cluster
    proposed: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def top(self, cluster: int) -> int:
        """This function will give the cluster that stands for one and all it is merged with."""
        while (above := self.parent.get(cluster)) is not None:
            cluster = above
        return cluster

    def group_of(self, node: Node) -> int | None:
        """This function will give the top of the cluster in which a node is."""
        leaf = self.leaf.get(node)
        return None if leaf is None else self.top(leaf)

    def is_out(self, node: Node, top: int) -> bool:
        """This function will tell whether a person took a node out of a cluster or of one merged with it."""
        return any(one == node and self.top(leaf) == top for one, leaf in self.out)

    def is_parted(self, first: int, second: int) -> bool:
        """This function will tell whether a person keeps two tops apart, by parting them or by taking a member out."""
        pair = {first, second}
        if any({self.top(one), self.top(other)} == pair for one, other in self.parted):
            return True
        return any({self.group_of(node), self.top(leaf)} == pair for node, leaf in self.out)

    def groups(self, kind: ClusterKind) -> dict[int, set[Node]]:
        """This function will give the members of every top of a kind."""
        found: dict[int, set[Node]] = {}
        for node, leaf in self.leaf.items():
            if node.kind is kind:
                found.setdefault(self.top(leaf), set()).add(node)
        return found

    def apply(self, step: Step) -> Step:
        """This function will keep what a step says."""
        match step:
            case Opened():
                self.kind[step.cluster], self.size[step.cluster] = step.kind, 0
            case Joined():
                self.leave(step.node)
                self.leaf[step.node] = step.cluster
                self.size[self.top(step.cluster)] += 1
            case Merged():
                self.parent[step.child] = step.into
                self.size[step.into] += self.size[step.child]
            case Proposed():
                self.proposed[_pair(step.first, step.second)] = dict(step.ties)
        return step

    def leave(self, node: Node) -> None:
        """This function will take a node out of the cluster it is in, if it is in one."""
        leaf = self.leaf.pop(node, None)
        if leaf is not None:
            self.size[self.top(leaf)] -= 1

    def unmerge(self, child: int) -> int:
        """This function will take a merge back, and return the cluster from which it parts one."""
        above = self.parent.pop(child)
        held = sum(1 for leaf in self.leaf.values() if self.top(leaf) == child)
        self.size[child] = held
        self.size[self.top(above)] -= held
        self.parted.add(_pair(child, above))
        return above

    def place(self, report_id: int, ties: Iterable[Tie]) -> tuple[Step, ...]:
        """This function will put a report where it belongs by its ties to others, and tell every step."""
        by_node: dict[Node, list[Tie]] = {}
        for tie in ties:
            if tie.other.report_id != report_id and tie.own.kind is tie.other.kind:
                by_node.setdefault(tie.own, []).append(tie)
        return tuple(step for node in sorted(by_node) for step in _Placing(self, node, by_node[node]).steps())


def _pair(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first < second else (second, first)


@dataclass(slots=True)
class _Near:
    """A cluster, or a node in none, that is tied to the node to be placed."""

    ties: list[Tie]

    @property
    def best(self) -> Tie:
        return max(self.ties, key=lambda tie: (tie.weight, -tie.other.report_id))

    @property
    def strength(self) -> int:
        return together(families(self.ties))


def families(ties: Iterable[Tie]) -> dict[str, int]:
    """This function will give the strongest tie of each family."""
    found: dict[str, int] = {}
    for tie in ties:
        found[tie.family] = max(found.get(tie.family, 0), tie.weight)
    return found


class _Placing:
    """One node on its way to its cluster."""

    def __init__(self, book: Book, node: Node, ties: list[Tie]) -> None:
        self.book, self.node, self.limits = book, node, LIMITS[node.kind]
        self.near: dict[int | Node, _Near] = {}
        for tie in ties:
            target = book.group_of(tie.other)
            self.near.setdefault(tie.other if target is None else target, _Near([])).ties.append(tie)

    def steps(self) -> Iterator[Step]:
        """This function will give and apply the steps."""
        ranked = sorted(self.near.items(), key=lambda pair: (-pair[1].strength, pair[1].best.other))
        for target, near in ranked:
            if near.strength < self.limits.join:
                break
            if isinstance(target, int):
                yield from self._to_group(target, near)
            else:
                yield from self._to_node(near)

    def _to_group(self, target: int, near: _Near) -> Iterator[Step]:
        book, target = self.book, self.book.top(target)
        base = book.group_of(self.node)
        if base == target or book.is_out(self.node, target):
            return
        if base is None:
            if self._has_room(target, near.strength):
                yield book.apply(self._join(book.leaf[near.best.other], near))
        else:
            yield from self._together(base, target, near)

    def _to_node(self, near: _Near) -> Iterator[Step]:
        book, best = self.book, near.best
        leaf = book.leaf.get(self.node)
        if leaf is None:
            leaf = next(book.ids)
            yield book.apply(Opened(leaf, self.node.kind))
            yield book.apply(self._join(leaf, near))
        elif book.is_out(best.other, book.top(leaf)) or not self._has_room(book.top(leaf), near.strength):
            return
        back = Joined(leaf, best.other, near.strength, best.why_back, self.node.report_id, best.value)
        yield book.apply(back)

    def _join(self, leaf: int, near: _Near) -> Joined:
        best = near.best
        return Joined(leaf, self.node, near.strength, best.why, best.other.report_id, best.value)

    def _has_room(self, top: int, strength: int) -> bool:
        return self.book.size[top] < self.limits.most or strength >= self.limits.merge

    def _together(self, base: int, other: int, near: _Near) -> Iterator[Step]:
        book = self.book
        if book.is_parted(base, other):
            return
        known = book.proposed.get(_pair(base, other), {})
        ties = {**known, **{tie.value: max(tie.weight, known.get(tie.value, 0)) for tie in near.ties}}
        strength = max(near.strength, together(ties))
        sizes = sorted((book.size[base], book.size[other]))
        needed = self.limits.join if sizes[0] <= SMALL else self.limits.merge
        if strength >= needed and sum(sizes) <= self.limits.most:
            into, child = sorted((base, other), key=lambda one: (-book.size[one], one < 0, one))
            yield book.apply(Merged(child, into, strength, near.best.why))
        elif ties != known:
            strongest = sorted(ties.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_REASONS]
            yield book.apply(Proposed(*_pair(base, other), strength, near.best.why, tuple(strongest)))


MOST_REASONS = 20

"""Fingerprints that never count, as lookups and proposals ask for them: equal ones, and PDQs that are near to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tipline.media.thresholds import PDQ_RADIUS
from tipline.reference.hashlists.models import NeverCounts
from tipline.reference.hashlists.values import NeverLine


@dataclass(frozen=True, slots=True)
class Never:
    """What never counts. Few: each was entered by a person."""

    equal: frozenset[tuple[str, str]]
    near: tuple[int, ...]

    def holds(self, kind: str, value: str) -> bool:
        """This function will tell whether a fingerprint is one of these; a PDQ also where it is near to one."""
        if (kind, value) in self.equal:
            return True
        return kind == "PDQ" and any((int(value, 16) ^ one).bit_count() <= PDQ_RADIUS for one in self.near)


def load_never() -> Never:
    """This function will read what never counts; needs no more than the fingerprints."""
    rows = tuple(NeverCounts.objects.filter(ended_at=None).values_list("type", "value"))
    return Never(frozenset(rows), tuple(int(value, 16) for kind, value in rows if kind == "PDQ"))


def first_never(prints: Iterable[tuple[str, str]]) -> str:
    """This function will name the first of some (type, value) that never counts; empty where all do."""
    never = load_never()
    return next((kind for kind, value in prints if never.holds(kind, value)), "")


def list_never(*, size: int = 500) -> tuple[NeverLine, ...]:
    """This function will list what never counts, the latest first, with who said so and why."""
    rows = NeverCounts.objects.filter(ended_at=None).order_by("-id")[:size]
    return tuple(NeverLine(row.id, row.type, row.value, row.reason, row.by, row.at) for row in rows)

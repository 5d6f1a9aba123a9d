"""How good an order, a clustering, a chance and a place are, against the truth. Pure.

What a score is worth is reckoned by triage's own `calibration`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

EARTH_KM = 6371.0


def b_cubed(truth: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[float, float]:
    """Precision and recall, meant over items: of what stands with an item, how much belongs to it, and the reverse.

    Source: Bagga and Baldwin 1998; Amigo and others 2009.
    """
    of_truth, of_found = Counter(truth), Counter(found)
    both = Counter(zip(truth, found, strict=True))
    precision = sum(many * many / of_found[cluster] for (_, cluster), many in both.items())
    recall = sum(many * many / of_truth[group] for (group, _), many in both.items())
    return precision / len(truth), recall / len(truth)


def recall_at_load(order: Iterable[int], urgent: Sequence[bool], load: float) -> float:
    """Of what is urgent, the share among the first `load` (0 to 1) of all in this order of their places."""
    seen = round(load * len(urgent))
    hits = sum(urgent[place] for _, place in zip(range(seen), order, strict=False))
    return hits / max(1, sum(urgent))


def load_for_recall(order: Iterable[int], urgent: Sequence[bool], recall: float) -> float:
    """The share of all that must be looked at, in this order, until so much of what is urgent was seen."""
    wanted, hits = math.ceil(recall * sum(urgent)), 0
    for seen, place in enumerate(order, start=1):
        hits += urgent[place]
        if hits >= wanted:
            return seen / len(urgent)
    return 1.0


def apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two points in degrees, over the sphere."""
    lat, lon = math.radians(one[0]), math.radians(one[1])
    lat2, lon2 = math.radians(other[0]), math.radians(other[1])
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


class Joined:
    """The baseline: reports with any equal identifier are one, however common it is (union-find)."""

    def __init__(self) -> None:
        self._above: list[int] = []
        self._seen: dict[Hashable, int] = {}

    def add(self, keys: Iterable[Hashable]) -> None:
        """Take the next report's identifiers."""
        place = len(self._above)
        self._above.append(place)
        for key in keys:
            self._above[self.top(place)] = self.top(self._seen.setdefault(key, place))

    def top(self, place: int) -> int:
        """What stands for a report and all that it is joined with."""
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def groups(self) -> list[int]:
        """The group of every report."""
        return [self.top(place) for place in range(len(self._above))]

"""This script made `land.svg` and `states.svg` from two npm packages, which the program itself does not need.

How to run it: docs/howto/vendor.md. Of the packages' files every line is thinned by the area that a point spans, put
on the Mercator map (`interfaces.ui.maps` has the same units) and written as short steps of whole units.
"""

from __future__ import annotations

import heapq
import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tipline.interfaces.ui.maps import NORTH, SOUTH, UNIT, onto

LAND, STATES = "land.svg", "states.svg"
# In square degrees: a point that spans less with its neighbours is left out.
LEAST_OF_LAND, LEAST_OF_STATES = 0.0054, 0.0004
# Also in square degrees: a smaller island is left out.
LEAST_ISLAND = 0.004
Line = list[tuple[float, float]]


def main(packages: Path, folder: Path) -> None:
    """This function will write both files from a folder `node_modules`."""
    world = _Topology(packages / "world-atlas" / "countries-50m.json")
    land, borders = world.rings("countries"), world.inner_lines("countries")
    shapes = [_path("land", _closed(land, LEAST_OF_LAND), closed=True)]
    shapes.append(_path("borders", (_thin(line, LEAST_OF_LAND) for line in borders)))
    (folder / LAND).write_text(_svg(shapes), encoding="ascii")
    states = _Topology(packages / "us-atlas" / "states-10m.json").inner_lines("states")
    (folder / STATES).write_text(
        _svg([_path("states", (_thin(line, LEAST_OF_STATES) for line in states))]), encoding="ascii"
    )


class _Topology:
    """A TopoJSON file: lines that neighbours share, each once."""

    def __init__(self, path: Path) -> None:
        self._file: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self._lines = [self._line(steps) for steps in self._file["arcs"]]

    def _line(self, steps: Iterable[Sequence[int]]) -> Line:
        (wide, high), (west, south) = self._file["transform"]["scale"], self._file["transform"]["translate"]
        found, x, y = [], 0, 0
        for dx, dy in steps:
            x, y = x + dx, y + dy
            found.append((west + x * wide, south + y * high))
        return found

    def _polygons(self, name: str) -> Iterator[list[list[int]]]:
        for shape in self._file["objects"][name]["geometries"]:
            if shape["type"] == "Polygon":
                yield shape["arcs"]
            elif shape["type"] == "MultiPolygon":
                yield from shape["arcs"]

    def _used(self, name: str) -> dict[int, int]:
        counted: dict[int, int] = {}
        for polygon in self._polygons(name):
            for ring in polygon:
                for at in ring:
                    counted[max(at, ~at)] = counted.get(max(at, ~at), 0) + 1
        return counted

    def inner_lines(self, name: str) -> list[Line]:
        """Lines that two neighbours share."""
        return [self._lines[at] for at, times in self._used(name).items() if times > 1]

    def rings(self, name: str) -> list[Line]:
        """Outlines of the land: the lines that one country alone has, put end to end."""
        open_lines = [self._lines[at] for at, times in self._used(name).items() if times == 1]
        return list(_joined(open_lines))


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    left = dict(enumerate(lines))
    ends: dict[tuple[float, float], list[int]] = {}
    for at, line in left.items():
        for end in (line[0], line[-1]):
            ends.setdefault(end, []).append(at)
    while left:
        ring = list(left.popitem()[1])
        while (following := next((at for at in ends[ring[-1]] if at in left), None)) is not None:
            line = left.pop(following)
            ring += (line if line[0] == ring[-1] else line[::-1])[1:]
        yield ring


def _closed(rings: Iterable[Line], least: float) -> Iterator[Line]:
    for ring in (part for one in rings for part in _split(one)):
        if abs(_area(ring)) >= LEAST_ISLAND and max(lat for _, lat in ring) > SOUTH:
            thin = _thin(ring, least)
            if len(thin) > 3:
                yield thin


def _split(ring: Line) -> Iterator[Line]:
    """A ring across the date line is cut in two there, so that each part lies on its own side of the map."""
    whole, turns = [ring[0]], 0
    for (before, _), (lon, lat) in pairwise(ring):
        turns += 1 if before - lon > 180 else -1 if lon - before > 180 else 0
        whole.append((lon + 360 * turns, lat))
    if all(-180 <= lon <= 180 for lon, _ in whole):
        yield ring
        return
    for turn in (-360, 0, 360):
        part = _beside(_beside(whole, turn - 180, 1), turn + 180, -1)
        if len(part) > 3:
            yield [(lon - turn, lat) for lon, lat in part]


def _beside(ring: Line, edge: float, side: int) -> Line:
    """The part of a ring east (1) or west (-1) of a meridian."""
    found: Line = []
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ax - edge) * (bx - edge) < 0:
            found.append((edge, ay + (by - ay) * (edge - ax) / (bx - ax)))
        if (bx - edge) * side >= 0:
            found.append((bx, by))
    return [*found, *found[:1]]


def _area(ring: Line) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def _thin(line: Line, least: float) -> Line:
    """Visvalingam's way: the point that spans the smallest triangle with its neighbours goes first."""
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    heap = [(_span(line, at - 1, at, at + 1), at) for at in range(1, len(line) - 1)]
    heapq.heapify(heap)
    spans, gone = {at: span for span, at in heap}, set()
    while heap and heap[0][0] < least:
        span, at = heapq.heappop(heap)
        if at in gone or spans[at] != span:
            continue
        gone.add(at)
        left, right = before[at], after[at]
        after[left], before[right] = right, left
        for near in (left, right):
            if 0 < near < len(line) - 1:
                spans[near] = max(span, _span(line, before[near], near, after[near]))
                heapq.heappush(heap, (spans[near], near))
    return [point for at, point in enumerate(line) if at not in gone]


def _span(line: Line, one: int, two: int, three: int) -> float:
    (ax, ay), (bx, by), (cx, cy) = line[one], line[two], line[three]
    # A degree of longitude is shorter in the north.
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2 * math.cos(math.radians(by))


def _path(name: str, lines: Iterable[Line], *, closed: bool = False) -> str:
    drawn = "".join(filter(None, (_steps(line, closed=closed) for line in lines)))
    rule = ' fill-rule="evenodd"' if closed else ""
    return f'<path id="{name}"{rule} vector-effect="non-scaling-stroke" d="{drawn}"/>'


def _steps(line: Line, *, closed: bool) -> str:
    points = []
    for lon, lat in line:
        x, y = onto(min(max(lat, SOUTH), NORTH), lon)
        points.append((round(x * UNIT), round(y * UNIT)))
    kept = [points[0], *(b for a, b in pairwise(points) if a != b)]
    if len(kept) < 2:
        return ""
    steps = "".join(f"{_number(bx - ax)}{_number(by - ay)}" for (ax, ay), (bx, by) in pairwise(kept))
    return f"M{kept[0][0]}{_number(kept[0][1])}l{steps.lstrip()}" + ("z" if closed else "")


def _number(value: int) -> str:
    return str(value) if value < 0 else f" {value}"


def _svg(shapes: Iterable[str]) -> str:
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(shapes) + "</svg>\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "static" / "ui" / "vendor")

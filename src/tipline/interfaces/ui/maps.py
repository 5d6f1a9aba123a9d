"""Maps as numbers: a part of the world that holds some points, and where a template draws them. Pure; no markup.

Mercator's map keeps shapes and lets one file of outlines (`vendor/land.svg`) be moved and stretched to any part. What
it does not keep is length: circles are walked on the globe point by point, and the bar is true in the middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tipline.interfaces.ui.words import thin

WIDTH, HEIGHT = 340, 230
NORTH, SOUTH = 84.0, -60.0
UNIT = 50  # of the files of outlines, to the degree
LEAST_KM = 600.0  # across: one point is seen in its surroundings
KM_OF_DEGREE = 111.195
_MARGIN = 1.28
_CORNERS = 40
_EARTH_KM = KM_OF_DEGREE * 180 / math.pi
_LETTER = 0.58  # of its height: how wide a letter is at most on the average
_LABELS, _TOWNS = 6, 6
_APART = 36.0  # units between towns that are named
# Borders of states are drawn where they can be told apart.
_STATES = (-170.0, -64.0, 17.0, 72.0)
_STATES_WIDEST = 75.0


class Shape(StrEnum):
    """Whose place it is, without a colour."""

    SUSPECT = "circle"
    CHILD = "diamond"
    CLUE = "square"


@dataclass(frozen=True, slots=True)
class Point:
    """One place. `is_whole`: it stands for a whole country or state. `room_km`: as much around it is shown."""

    lat: float
    lon: float
    label: str
    shape: Shape
    radius_km: float | None = None
    is_whole: bool = False
    is_small: bool = False
    room_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Bearing:
    """A town that helps to know where one is."""

    lat: float
    lon: float
    name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The part that is shown: its west and north edge in degrees of the map, and units of the box to the degree."""

    west: float
    north: float
    scale: float

    @property
    def span(self) -> float:
        """Degrees from west to east."""
        return WIDTH / self.scale

    @property
    def middle(self) -> float:
        """The latitude in the middle."""
        return lat_of(self.north + HEIGHT / self.scale / 2)

    @property
    def km(self) -> float:
        """How wide it is in its middle."""
        return self.span * KM_OF_DEGREE * math.cos(math.radians(self.middle))

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """West, east (beyond 180 where it crosses the date line), south, north in degrees."""
        west = (self.west % 360) - 180
        return west, west + self.span, lat_of(self.north + HEIGHT / self.scale), lat_of(self.north)

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point lies in the box."""
        x, y = onto(lat, lon)
        return ((x - self.west) % 360) * self.scale, (y - self.north) * self.scale


@dataclass(frozen=True, slots=True)
class Copy:
    """How the outlines are moved and stretched; across the date line they are drawn twice."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One place in the box."""

    x: float
    y: float
    shape: Shape
    is_whole: bool
    is_small: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the globe as the corners of a polygon, `x,y x,y ...`."""

    corners: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a mark, or beside the dot of a town at `dot_x`, `dot_y`."""

    x: float
    y: float
    anchor: str
    text: str
    dot_x: float = 0.0
    dot_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Map:
    """Everything that a template draws."""

    copies: tuple[Copy, ...]
    circles: tuple[Circle, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    towns: tuple[Label, ...]
    bar: float
    bar_km: int
    has_states: bool
    says: str
    width: int = WIDTH
    height: int = HEIGHT


def onto(lat: float, lon: float) -> tuple[float, float]:
    """This function will put a point on Mercator's map: degrees east of the date line, and south of NORTH."""
    return lon + 180, _TOP - _mercator(min(max(lat, SOUTH), NORTH))


def _mercator(lat: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


_TOP = _mercator(NORTH)
_DEEP = _TOP - _mercator(SOUTH)


def lat_of(y: float) -> float:
    """This function will give the latitude of a height on the map."""
    return math.degrees(2 * math.atan(math.exp(math.radians(_TOP - y))) - math.pi / 2)


def fit(points: Sequence[Point]) -> Frame:
    """This function will choose the part of the world that holds points and their circles, across the date line too."""
    boxes = [_box(point, lon) for point, lon in zip(points, _side_by_side([each.lon for each in points]), strict=True)]
    west, east = min(box[0] for box in boxes), max(box[1] for box in boxes)
    top, foot = min(box[2] for box in boxes), max(box[3] for box in boxes)
    middle = lat_of((top + foot) / 2)
    least = LEAST_KM / KM_OF_DEGREE / math.cos(math.radians(middle))
    span = min(max((east - west) * _MARGIN, (foot - top) * _MARGIN * WIDTH / HEIGHT, least), 360.0)
    high = span * HEIGHT / WIDTH
    north = min(max((top + foot - high) / 2, 0.0), _DEEP - high)
    return Frame((west + east - span) / 2, north, WIDTH / span)


def _box(point: Point, lon: float) -> tuple[float, float, float, float]:
    reach = max(point.radius_km or 0.0, point.room_km) / KM_OF_DEGREE
    aside = min(reach / math.cos(math.radians(min(abs(point.lat) + reach, NORTH))), 180.0)
    x, top = onto(point.lat + reach, lon)
    return x - aside, x + aside, top, onto(point.lat - reach, lon)[1]


def _side_by_side(lons: Sequence[float]) -> list[float]:
    """Longitudes written so that the widest gap between neighbours lies outside."""
    turned = sorted({lon % 360 for lon in lons})
    gaps = [((turned[(at + 1) % len(turned)] - lon) % 360 or 360.0, at) for at, lon in enumerate(turned)]
    first = turned[(max(gaps)[1] + 1) % len(turned)]
    start = first if first < 180 else first - 360
    return [start + (lon - first) % 360 for lon in lons]


def draw(points: Sequence[Point], frame: Frame, towns: Iterable[Bearing] = ()) -> Map:
    """This function will draw points, the weightiest first, with towns for bearings where there is room."""
    taken = [_around(*frame.place(each.lat, each.lon), 6.5) for each in points]
    taken.append((0, HEIGHT - 24, WIDTH * 0.4, HEIGHT))  # the bar
    length, km = _bar(frame)
    # Of marks that lie on each other the smaller shape lies on top.
    over = sorted(points, key=lambda each: (not each.is_small, list(Shape).index(each.shape)))
    return Map(
        copies=_copies(frame),
        circles=tuple(circle for each in points if (circle := _circle(each, frame))),
        marks=tuple(_mark(each, frame) for each in over),
        labels=_labels(points, frame, taken),
        towns=_bearings(towns, frame, taken),
        bar=length,
        bar_km=km,
        has_states=_has_states(frame),
        says=_says(points, frame),
    )


def _copies(frame: Frame) -> tuple[Copy, ...]:
    first, last = math.floor(frame.west / 360), math.floor((frame.west + frame.span) / 360)
    return tuple(
        Copy(
            round((turn * 360 - frame.west) * frame.scale, 2),
            round(-frame.north * frame.scale, 2),
            round(frame.scale / UNIT, 5),
        )
        for turn in range(first, last + 1)
    )


def _mark(point: Point, frame: Frame) -> Mark:
    x, y = frame.place(point.lat, point.lon)
    return Mark(round(x, 1), round(y, 1), point.shape, point.is_whole, point.is_small)


def _circle(point: Point, frame: Frame) -> Circle | None:
    """The circle as it lies on the globe; none that would be hidden by its mark, and none around a pole."""
    if not point.radius_km or abs(point.lat) + point.radius_km / KM_OF_DEGREE >= NORTH:
        return None
    if point.radius_km / KM_OF_DEGREE / math.cos(math.radians(point.lat)) * frame.scale < 8:
        return None
    x, _ = frame.place(point.lat, point.lon)
    corners = (_walked(point, 2 * math.pi * at / _CORNERS) for at in range(_CORNERS))
    drawn = ((x + east * frame.scale, (onto(lat, 0)[1] - frame.north) * frame.scale) for lat, east in corners)
    return Circle(" ".join(f"{x:.1f},{y:.1f}" for x, y in drawn), point.shape)


def _walked(point: Point, bearing: float) -> tuple[float, float]:
    """The latitude after the radius is walked in a direction, and how many degrees east of the point it is."""
    way, lat = (point.radius_km or 0.0) / _EARTH_KM, math.radians(point.lat)
    there = math.asin(math.sin(lat) * math.cos(way) + math.cos(lat) * math.sin(way) * math.cos(bearing))
    east = math.atan2(
        math.sin(bearing) * math.sin(way) * math.cos(lat), math.cos(way) - math.sin(lat) * math.sin(there)
    )
    return math.degrees(there), math.degrees(east)


Box = tuple[float, float, float, float]


def _around(x: float, y: float, half: float) -> Box:
    return x - half, y - half, x + half, y + half


def _labels(points: Sequence[Point], frame: Frame, taken: list[Box]) -> tuple[Label, ...]:
    found: list[Label] = []
    for each in points:
        if len(found) < _LABELS and each.label not in {one.text for one in found}:
            label = _beside(frame.place(each.lat, each.lon), each.label, (12, 9), taken)
            found += [label] if label else []
    return tuple(found)


def _bearings(towns: Iterable[Bearing], frame: Frame, taken: list[Box]) -> tuple[Label, ...]:
    found: list[Label] = []
    for each in towns:
        at = frame.place(each.lat, each.lon)
        is_apart = all(math.dist(at, (one.dot_x, one.dot_y)) >= _APART for one in found)
        if len(found) < _TOWNS and is_apart and _is_free(dot := _around(*at, 2), taken):
            label = _beside(at, each.name, (10, 4), taken)
            found += [label] if label else []
            taken += [dot] if label else []
    return tuple(found)


def _beside(at: tuple[float, float], text: str, sizes: tuple[int, int], taken: list[Box]) -> Label | None:
    """Words to the right of a point, to the left, above or below it: where nothing is yet."""
    (x, y), (size, gap) = at, sizes
    long, half = len(text) * size * _LETTER, size * 0.6
    over = min(max(x, long / 2 + 3), WIDTH - long / 2 - 3)
    for anchor, start, middle in (
        ("start", x + gap, y),
        ("end", x - gap, y),
        ("middle", over, y - gap - half),
        ("middle", over, y + gap + half),
    ):
        left = {"start": start, "end": start - long, "middle": start - long / 2}[anchor]
        box = (left, middle - half, left + long, middle + half)
        if _is_free(box, taken):
            taken.append(box)
            return Label(
                round(start, 1), round(middle + size * 0.36, 1), anchor, text, dot_x=round(x, 1), dot_y=round(y, 1)
            )
    return None


def _is_free(box: Box, taken: Iterable[Box]) -> bool:
    inside = box[0] >= 2 and box[1] >= 2 and box[2] <= WIDTH - 2 and box[3] <= HEIGHT - 2
    return inside and not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )


def _bar(frame: Frame) -> tuple[float, int]:
    """The longest round number of kilometres that fits in a third of the width."""
    power = 10 ** math.floor(math.log10(frame.km / 3))
    km = next(step * power for step in (5, 2, 1) if step * power <= frame.km / 3)
    return round(km / frame.km * WIDTH, 1), round(km)


def _has_states(frame: Frame) -> bool:
    west, east, south, north = frame.edges
    beside = west < _STATES[1] and east > _STATES[0]
    return frame.span <= _STATES_WIDEST and beside and south < _STATES[3] and north > _STATES[2]


def _says(points: Sequence[Point], frame: Frame) -> str:
    named = list(dict.fromkeys(each.label for each in points))
    more = f" and {len(named) - 4} more" if len(named) > 4 else ""
    wide = thin(100 * round(frame.km / 100))
    return f"A map about {wide} km wide, with {'; '.join(named[:4])}{more}. The list names every mark."

"""Maps of the desk: where the people of one report are, and where those of a whole cluster are, as far as is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tipline.domain.findings import BestPlace, Finding, RankedPlace
from tipline.domain.report import PersonRole
from tipline.interfaces.desk import words
from tipline.interfaces.ui import maps
from tipline.interfaces.ui.maps import Bearing, Map, Point, Shape
from tipline.interfaces.ui.words import thin
from tipline.reference.places import towns
from tipline.reference.places.tables import state_code
from tipline.reference.places.values import TOWNS_ATTRIBUTION, TOWNS_LINK
from tipline.stages.enrichment.queries import HintedPlace

# A cluster's map and its list hold so many places, those of most reports.
MOST_PLACES = 24
_TRIED = 40  # towns, of which those are named for which there is room
_SHAPES: Mapping[str, Shape] = {PersonRole.SUSPECT: Shape.SUSPECT, PersonRole.VICTIM: Shape.CHILD}
# As much is shown around the mark of a whole country or state.
_ROOM_OF_COUNTRY, _ROOM_OF_STATE = 900.0, 350.0


@dataclass(frozen=True, slots=True)
class Row:
    """A place of a cluster: its mark, whose it is, and in how many reports."""

    label: str
    whose: str
    shape: Shape
    is_whole: bool
    reports: int
    circle: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A cluster's places: drawn, listed, and how many more there are."""

    map: Map | None
    rows: tuple[Row, ...]
    more: int
    credit: Mapping[str, str]


def shape_of(role: str) -> Shape:
    """This function will choose the shape of a person's marks."""
    return _SHAPES.get(role, Shape.SUSPECT)


def is_whole(place: BestPlace | RankedPlace) -> bool:
    """This function will say whether a place is known no better than by its country or state."""
    if isinstance(place, BestPlace) and place.lat is not None:
        return not (place.county or place.city)
    spot = towns.point_of(place.country, place.state, place.city)
    return spot is None or not spot.is_town


def of_report(bodies: Sequence[BestPlace]) -> Map | None:
    """This function will draw the best places of a report with their circles, and the others as small marks."""
    best = [point for body in bodies if (point := _best(body))]
    others = [point for body in bodies for one in body.ranked if (point := _other(body.role, one))]
    return _drawn([*best, *others])


def _drawn(points: Sequence[Point]) -> Map | None:
    if not points:
        return None
    frame = maps.fit(points)
    near = (Bearing(town.lat, town.lon, town.name) for town in towns.largest_within(frame.edges, _TRIED))
    return maps.draw(points, frame, near)


def _best(body: BestPlace) -> Point | None:
    if not body.country or body.lat is None or body.lon is None:
        return _other(body.role, body, is_small=False)
    only_country = not (body.state or body.county or body.city)
    has_circle = bool(body.radius_km) and (body.radius_km or 0) < words.WIDEST_CIRCLE_KM and not only_country
    return Point(
        body.lat,
        body.lon,
        words.place_words(body),
        shape_of(body.role),
        radius_km=body.radius_km if has_circle else None,
        is_whole=is_whole(body),
        room_km=_ROOM_OF_COUNTRY if only_country else 0.0,
    )


def _other(role: str, place: BestPlace | RankedPlace, *, is_small: bool = True) -> Point | None:
    spot = towns.point_of(place.country, place.state, place.city)
    return _at(spot, place, shape_of(role), is_small=is_small) if spot else None


def _at(spot: towns.Spot, place: BestPlace | RankedPlace, shape: Shape, *, is_small: bool = False) -> Point:
    """A mark where the finding has no point of its own. That of a whole state names the state, not a county in it."""
    if spot.is_town:
        return Point(spot.lat, spot.lon, words.place_words(place), shape, is_small=is_small)
    label = words.place_words(RankedPlace(place.country, place.state))
    room = _ROOM_OF_STATE if place.state else _ROOM_OF_COUNTRY
    return Point(spot.lat, spot.lon, label, shape, is_whole=True, is_small=is_small, room_km=room)


def of_cluster(findings: Mapping[int, Sequence[Finding]], hinted: Iterable[HintedPlace]) -> Where:
    """This function will draw and list where the suspects and children of many reports are, and what clues name."""
    found = sorted((*_people(findings), *_hints(hinted)), key=lambda one: -one[1].reports)
    kept = found[:MOST_PLACES]
    return Where(
        map=_drawn([point for point, _ in kept if point]),
        rows=tuple(row for _, row in kept),
        more=len(found) - len(kept),
        credit={"text": TOWNS_ATTRIBUTION, "url": TOWNS_LINK},
    )


def _people(findings: Mapping[int, Sequence[Finding]]) -> Iterator[tuple[Point | None, Row]]:
    grouped: dict[tuple[str, str], Counter[BestPlace]] = {}
    for body in (one.body for several in findings.values() for one in several):
        if isinstance(body, BestPlace) and body.country:
            alike = BestPlace(
                body.role, body.country, body.state, "", body.county, body.city,
                lat=body.lat, lon=body.lon, radius_km=body.radius_km,
            )  # fmt: skip
            grouped.setdefault((body.role, words.place_words(body)), Counter())[alike] += 1
    for (role, label), bodies in grouped.items():
        # Nothing is averaged: of several points of one name, that of most reports.
        body, total = bodies.most_common(1)[0][0], bodies.total()
        point = _best(body)
        circle = f"about {thin(round(point.radius_km))} km" if point and point.radius_km else ""
        yield point, Row(label, words.ROLE_WORDS.get(role, role), shape_of(role), is_whole(body), total, circle)


def _hints(hinted: Iterable[HintedPlace]) -> Iterator[tuple[Point | None, Row]]:
    for one in hinted:
        # People write a state by its code or its name, and leave out the country.
        code = state_code(one.state) if one.country in ("", "US") else ""
        place = RankedPlace(one.country or ("US" if code else ""), code or one.state, "", one.city)
        spot = towns.point_of(place.country, place.state, place.city)
        point = _at(spot, place, Shape.CLUE) if spot else None
        whole = point is None or point.is_whole
        yield point, Row(words.place_words(place), "an analyst's clue", Shape.CLUE, whole, one.reports)

"""Maps as numbers: what a frame holds, across the date line too; circles and bars true to the globe; labels apart."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest

from tipline.interfaces.ui import maps
from tipline.interfaces.ui.maps import HEIGHT, LEAST_KM, WIDTH, Bearing, Circle, Label, Point, Shape
from tipline.reference.places import towns
from tipline.reference.places.towns import distance_km

JACKSONVILLE = Point(30.33, -81.66, "Duval County, FL", Shape.SUSPECT, radius_km=120.0)
PHOENIX = Point(33.45, -112.07, "Phoenix, AZ", Shape.CHILD)
LONDON = Point(51.51, -0.13, "London, GB", Shape.CLUE)
FIJI, SAMOA = Point(-18.14, 178.44, "Suva, FJ", Shape.SUSPECT), Point(-13.83, -171.77, "Apia, WS", Shape.CHILD)
TROMSO = Point(69.65, 18.96, "Tromsø, NO", Shape.SUSPECT, radius_km=300.0)


def back(frame: maps.Frame, x: float, y: float) -> tuple[float, float]:
    """The point of the globe at a point of the box."""
    return maps.lat_of(frame.north + y / frame.scale), frame.west + x / frame.scale - 180


def corners(circle: Circle) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (one.split(",") for one in circle.corners.split())]


@pytest.mark.parametrize(
    "points", [(JACKSONVILLE,), (JACKSONVILLE, PHOENIX), (PHOENIX, LONDON), (FIJI, SAMOA), (TROMSO, FIJI, PHOENIX)]
)
def test_a_frame_holds_its_points_and_their_circles(points: tuple[Point, ...]) -> None:
    frame = maps.fit(points)
    drawn = maps.draw(points, frame)
    found = [(mark.x, mark.y) for mark in drawn.marks] + [one for each in drawn.circles for one in corners(each)]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in found)


def test_a_single_point_is_seen_in_its_surroundings_and_in_the_middle() -> None:
    for point in (PHOENIX, LONDON):
        frame = maps.fit([point])
        assert frame.km == pytest.approx(LEAST_KM, rel=0.01)
        assert frame.place(point.lat, point.lon) == pytest.approx((WIDTH / 2, HEIGHT / 2), abs=1)


def test_two_points_beside_the_date_line_are_neighbours_and_the_land_is_drawn_on_both_sides() -> None:
    frame = maps.fit([FIJI, SAMOA])
    assert frame.span < 30
    (left, _), (right, _) = frame.place(FIJI.lat, FIJI.lon), frame.place(SAMOA.lat, SAMOA.lon)
    assert left < right
    one, other = maps.draw([FIJI, SAMOA], frame).copies
    assert other.x - one.x == pytest.approx(360 * frame.scale, abs=0.1)
    assert 0 < other.x < WIDTH  # the date line itself is inside


def test_the_outlines_lie_where_the_marks_lie() -> None:
    for points in ([PHOENIX], [FIJI, SAMOA], [LONDON, PHOENIX]):
        frame = maps.fit(points)
        drawn = maps.draw(points, frame)
        for point in points:
            across, down = maps.onto(point.lat, point.lon)
            xs = [copy.x + across * maps.UNIT * copy.scale for copy in drawn.copies]
            x, y = frame.place(point.lat, point.lon)
            assert min(abs(one - x) for one in xs) < 1
            assert drawn.copies[0].y + down * maps.UNIT * drawn.copies[0].scale == pytest.approx(y, abs=1)


@pytest.mark.parametrize("point", [JACKSONVILLE, TROMSO])
def test_a_circle_has_its_radius_on_the_globe_at_every_latitude(point: Point) -> None:
    frame = maps.fit([point])
    (circle,) = maps.draw([point], frame).circles
    far = [distance_km(point.lat, point.lon, *back(frame, x, y)) for x, y in corners(circle)]
    assert far == pytest.approx([point.radius_km] * len(far), rel=0.01)


def test_a_circle_around_a_pole_and_one_smaller_than_its_mark_are_not_drawn() -> None:
    assert not maps.draw([one := Point(82.0, 0.0, "north", Shape.CHILD, radius_km=900.0)], maps.fit([one])).circles
    small = Point(33.45, -112.07, "near", Shape.CHILD, radius_km=3.0)
    assert not maps.draw([small, LONDON], maps.fit([small, LONDON])).circles


def test_the_bar_is_true_in_the_middle_and_at_most_a_third_of_the_width() -> None:
    for points in ([PHOENIX], [TROMSO], [PHOENIX, LONDON]):
        frame = maps.fit(points)
        drawn = maps.draw(points, frame)
        assert WIDTH / 8 < drawn.bar <= WIDTH / 3 + 0.1
        (lat, west), (_, east) = back(frame, 0, HEIGHT / 2), back(frame, drawn.bar, HEIGHT / 2)
        along = math.radians(east - west) * math.cos(math.radians(lat)) * maps._EARTH_KM
        assert along == pytest.approx(drawn.bar_km, rel=0.01)


def test_the_whole_world_fits_and_no_frame_leaves_the_outlines() -> None:
    points = [Point(lat, lon, f"{lat} {lon}", Shape.CLUE) for lat in (-50.0, 0.0, 75.0) for lon in range(-180, 180, 40)]
    frame = maps.fit(points)
    assert frame.span == 360
    for each in (
        frame,
        maps.fit([Point(83.0, 0.0, "north", Shape.CLUE)]),
        maps.fit([Point(-59.0, 0.0, "s", Shape.CLUE)]),
    ):
        assert each.edges[2] >= maps.SOUTH - 0.01
        assert each.edges[3] <= maps.NORTH + 0.01


def box(label: Label, size: float) -> tuple[float, float, float, float]:
    long = len(label.text) * size * maps._LETTER
    left = {"start": label.x, "end": label.x - long, "middle": label.x - long / 2}[label.anchor]
    return left, label.y - size * 0.8, left + long, label.y + size * 0.1


def test_labels_stay_inside_and_apart_and_the_weightiest_has_its_own() -> None:
    points = [Point(30 + at % 5 * 0.3, -82 + at // 5 * 0.5, f"Example County {at}", Shape.CHILD) for at in range(20)]
    near = [Bearing(30.4 + at * 0.2, -83.0 + at * 0.3, f"Town {at}") for at in range(20)]
    drawn = maps.draw(points, maps.fit(points), near)
    boxes = [*(box(one, 12) for one in drawn.labels), *(box(one, 10) for one in drawn.towns)]
    assert drawn.labels[0].text == "Example County 0"
    assert drawn.towns
    assert all(left >= 0 and top >= 0 and right <= WIDTH and foot <= HEIGHT for left, top, right, foot in boxes)
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in combinations(boxes, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1


def test_of_marks_that_lie_on_each_other_the_smaller_shape_is_drawn_last() -> None:
    points = [Point(33.45, -112.07, "same", shape) for shape in (Shape.CLUE, Shape.SUSPECT, Shape.CHILD)]
    shapes = [mark.shape for mark in maps.draw(points, maps.fit(points)).marks]
    assert shapes == [Shape.SUSPECT, Shape.CHILD, Shape.CLUE]


def test_borders_of_states_are_drawn_where_the_united_states_are_near() -> None:
    shown = [maps.draw(points, maps.fit(points)).has_states for points in ([PHOENIX], [LONDON], [PHOENIX, LONDON])]
    assert shown == [True, False, False]


def test_longitudes_are_put_side_by_side_from_the_widest_gap_on() -> None:
    found = maps._side_by_side([170.0, -170.0, 179.0, -179.0])
    assert all(b - a < 25 for a, b in pairwise(sorted(found)))


def test_a_place_is_its_town_or_the_middle_of_its_state_or_country_and_nowhere_else() -> None:
    tucson, arizona = towns.point_of("US", "AZ", "Tucson"), towns.point_of("US", "AZ", "No Such Town")
    assert tucson == towns.Spot(32.22, -110.93, is_town=True)
    assert arizona == towns.Spot(*towns.middle_of("US", "AZ"), is_town=False)
    assert towns.point_of("DE", "no such region") == towns.Spot(*towns.middle_of("DE"), is_town=False)
    assert towns.point_of("", "AZ", "Tucson") is None
    assert towns.point_of("XX") is None


def test_towns_for_bearings_are_the_largest_within_the_edges_across_the_date_line_too() -> None:
    names = [town.name for town in towns.largest_within((176.0, 190.0, -20.0, -12.0), 5)]
    assert {"Suva", "Apia"} <= set(names)
    found = towns.largest_within((-115.0, -109.0, 31.0, 35.0), 3)
    assert found[0].name == "Phoenix"
    assert [town.population for town in found] == sorted((town.population for town in found), reverse=True)

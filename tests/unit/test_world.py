"""The synthetic world: the same at every run, as the published tables count, and silent about the truth."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice

import pytest

from tipline.commands.simulate import printed_tables
from tipline.domain.answers import Answers
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.report import Source
from tipline.domain.vocabulary import BY_CODE
from tipline.simulation.world import Made, World
from tipline.simulation.world.atlas import AtlasMissing, city_atlas
from tipline.simulation.world.lines import report_line, truth_line
from tipline.stages.intake.told import Child, Place, Suspect, Told, document_of, incident_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SIZE = 3_000
TABLES = printed_tables()


@cache
def made() -> tuple[Made, ...]:
    return tuple(World(size=SIZE, seed=5, tables=TABLES).reports())


def lines(seed: int, count: int) -> list[str]:
    return [
        report_line(one) + truth_line(one)
        for one in islice(World(size=SIZE, seed=seed, tables=TABLES).reports(), count)
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() -> None:
    assert lines(5, 100) == [report_line(one) + truth_line(one) for one in made()[:100]]
    assert lines(6, 300) != lines(5, 100)


def test_the_bytes_are_the_same_on_every_machine() -> None:
    """Whoever changes the world on purpose writes the new digest here: seeds that figures were measured with move."""
    digest = hashlib.sha256("".join(lines(5, 100)).encode()).hexdigest()
    assert digest[:16] == "46554e1671262058"


def test_the_truth_tells_how_an_urgent_report_says_that_it_is_and_of_others_nothing() -> None:
    urgent = [one for one in made() if one.truth.urgent]
    assert all(one.truth.told == () for one in made() if not one.truth.urgent)
    assert sum(bool(one.truth.told) for one in urgent) > 0.9 * len(urgent) > 0
    for one in urgent:
        asks = bool(one.report.document["incidentSummary"].get("escalateToHighPriority"))
        assert asks is ("asks" in one.truth.told)
        if "ticks" in one.truth.told:
            assert one.report.answers.danger_now or one.report.answers.harms


def test_a_companys_reports_and_files_are_valid_on_the_wire() -> None:
    # Of every company one, and of the rest a stretch: companies' names are of all sorts.
    listed = {one.report.esp: one.report for one in made()} | {one.report.number: one.report for one in made()[:200]}
    sent = [report for report in listed.values() if report.source is Source.ESP_API]
    for report in sent:
        assert parse_report(render_report(report.document), now=NOW)
        for file in report.files:
            assert parse_file_details(render_file_details(file.ref.details), now=NOW)
    assert sum(len(report.files) for report in sent) > 100


def paths(value: object, at: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path for key, inner in value.items() for path in paths(inner, f"{at}/{key}")}
    if isinstance(value, list):
        return {path for inner in value for path in paths(inner, at)}
    return {at}


def test_what_a_person_told_is_such_as_the_public_form_makes() -> None:
    place = Place(city="a", state="CA", zip_code="94016", country="US")
    told = Told(
        words="a",
        incidents=("enticement",),
        answers=Answers(harms=("money",)),
        suspects=(Suspect(handle="a", app="a", name="a", emails=("a@example.com",), phones=("+999 1",)),),
        child=Child(age=12, place=place),
    )
    known = paths(document_of(told, now=NOW))
    public = [
        one.report
        for one in World(size=400, seed=21, tables=TABLES).reports()
        if one.report.source is Source.PUBLIC_FORM
    ]
    assert public
    for report in public:
        assert paths(report.document) <= known
        filed = incident_of(Told(words="", incidents=report.answers.kinds, answers=report.answers))
        assert report.document["incidentSummary"]["incidentType"] == BY_CODE[filed].wire


def test_reports_come_in_the_order_of_time_with_numbers_of_their_own() -> None:
    assert [one.report.at for one in made()] == sorted(one.report.at for one in made())
    assert len({one.report.number for one in made()}) == SIZE
    assert all(one.truth.number == one.report.number for one in made())


def near(found: int, wanted: float) -> bool:
    """Within five standard deviations of clustered counts: repeated reports of one actor count as about three."""
    return abs(found - wanted) <= 5 * (3 * wanted) ** 0.5 + 5


@pytest.mark.parametrize("table", ["by_type", "by_esp", "by_country"])
def test_types_companies_and_countries_follow_the_published_tables(table: str) -> None:
    wanted = getattr(TABLES, table)
    of = {
        "by_type": lambda one: one.truth.kind,
        "by_esp": lambda one: one.report.esp,
        "by_country": lambda one: one.truth.offender_place.country,
    }[table]
    # An actor of many reports lives in one country: there each counts once.
    counted = {one.truth.offender: one for one in made()}.values() if table == "by_country" else made()
    found = Counter(of(one) for one in counted)
    listed = [name for name in wanted if name]
    whole = sum(wanted[name] for name in listed)
    assert not {name: found[name] for name in listed if not near(found[name], len(counted) * wanted[name] / whole)}


def test_the_share_of_urgent_and_of_public_reports_is_the_published_one() -> None:
    assert round(TABLES.urgent / TABLES.total(), 4) == 0.0018
    assert near(sum(one.truth.urgent for one in made()), SIZE * TABLES.urgent / TABLES.total())
    assert near(sum(one.report.source is Source.PUBLIC_FORM for one in made()), SIZE * TABLES.public / TABLES.total())


def words_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from words_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_in(inner)
    else:
        yield str(value)


def test_no_document_says_the_truth() -> None:
    kept_apart = {
        "group",
        "offender",
        "children",
        "event",
        "urgent",
        "situation",
        "offender_place",
        "child_place",
        "shown",
    }
    for one in made()[:1_000]:
        line = json.loads(report_line(one))
        assert not kept_apart & set(words_in(line))
        assert one.truth.group not in set(words_in(line))
    assert kept_apart <= set(json.loads(truth_line(made()[0])))


def test_urgent_reports_say_so_in_several_ways_and_some_ask_without_cause() -> None:
    asked = Counter(
        (one.truth.urgent, "escalateToHighPriority" in one.report.document["incidentSummary"])
        for one in made()
        if one.report.source is Source.ESP_API
    )
    assert asked[True, True]
    assert asked[True, False]
    assert asked[False, True]


def test_memory_does_not_grow_with_what_was_made() -> None:
    stream = World(size=600, seed=1, tables=TABLES).reports()
    next(stream)
    tracemalloc.start()
    kept = list(islice(stream, 100))
    of_hundred = tracemalloc.get_traced_memory()[0]
    del kept
    for _ in islice(stream, 400):
        pass
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < of_hundred  # those who will act again, and no report


def test_without_the_city_table_the_atlas_says_what_to_do(tmp_path: object) -> None:
    with pytest.raises(AtlasMissing, match="--fetch-blocks"):
        city_atlas(tmp_path)  # type: ignore[arg-type]

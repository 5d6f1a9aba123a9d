"""What a report counts as, which pictures look alike, what a brief may say, and how plots are drawn."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tipline.domain.gist import FileGist, Gist
from tipline.domain.vocabulary import BY_CODE
from tipline.interfaces.ui import plots
from tipline.programs.statistics import looks
from tipline.programs.statistics.briefs import WORDS, make_brief
from tipline.programs.statistics.rules import age_band, count_report, digest_of
from tipline.programs.statistics.tables import KINDS, MONTHS
from tipline.simulation.counts import year
from tipline.simulation.year import scale

AGENCIES = {"icac-fl-north": "icac", "fbi": "federal", "de": "national"}
AT = datetime(2026, 3, 1, tzinfo=UTC)


def gist(**more: Any) -> Gist:
    plain: dict[str, Any] = {
        "report_id": 1,
        "received_at": AT,
        "source": "ESP_API",
        "incident_type": BY_CODE["enticement"].wire,
        "esp_name": "Example Chat",
        "batched": False,
        "priority": 1,
        "purged": False,
    }
    return Gist(**(plain | more))


def file(sha: str, *flags: str) -> FileGist:
    return FileGist(1, 1, sha * 64, "image/jpeg", flags=flags)


def test_a_report_is_counted_in_codes_from_its_findings() -> None:
    findings = (
        ("place_found", {"role": "SUSPECT", "country": "CA"}),
        ("place_found", {"role": "VICTIM", "country": "MX"}),
        ("best_place", {"role": "SUSPECT", "country": "US"}),
        ("best_place", {"role": "VICTIM", "country": "DE"}),
        ("judged", {"disposition": "REFERRAL"}),
        ("recipient_chosen", {"agency": "icac-fl-north"}),
        ("recipient_chosen", {"agency": "fbi"}),
        ("outcome_recorded", {"agency": "icac-fl-north", "case_status": "arrest"}),
    )
    states = frozenset({"TRIAGED", "MADE_AVAILABLE"})
    found = count_report(gist(findings=findings, states=states, flags=("sextortion",), child_ages=(15, 13)), AGENCIES)
    assert (found.door, found.type, found.esp, found.priority) == ("company", "enticement", "Example Chat", "urgent")
    assert (found.user_country, found.child_country, found.countries) == ("US", "DE", ("CA", "US"))
    assert (found.disposition, found.recipients) == ("actionable", ("federal", "icac"))
    assert (found.answers, found.reached) == ((("icac", "arrest"),), "arrest")
    assert (found.flags, found.child_age, found.bundle) == (("sextortion",), "13-14", None)


def test_a_report_from_the_public_counts_for_no_company() -> None:
    found = count_report(gist(source="HOTLINE", esp_name="Example Chat"), AGENCIES)
    assert (found.door, found.esp, found.reached) == ("public", "", "waiting")


def test_reports_of_one_viral_file_are_one_incident() -> None:
    viral, other = file("b", "viral"), file("a", "potentialMeme")
    assert count_report(gist(files=(viral, other)), {}).bundle == digest_of("a" * 64)
    assert count_report(gist(files=(viral, file("c"))), {}).bundle is None
    assert count_report(gist(files=(viral, file("c")), batched=True), {}).bundle == digest_of("b" * 64)
    assert count_report(gist(files=(file("c"),), batched=True), {}).bundle is None


@pytest.mark.parametrize(
    ("age", "band"), [(0, "0-2"), (2, "0-2"), (3, "3-6"), (14, "13-14"), (17, "15-17"), (18, "unknown")]
)
def test_ages_fall_into_bands_and_an_adult_is_no_child(age: int, band: str) -> None:
    assert age_band(age) == band


def flipped(pdq: bytes, bits: int, chance: random.Random) -> bytes:
    number = int.from_bytes(pdq, "big")
    for bit in chance.sample(range(256), bits):
        number ^= 1 << bit
    return number.to_bytes(32, "big")


def test_pictures_look_alike_up_to_31_bits_and_join_the_first_of_their_group() -> None:
    chance = random.Random(1)
    first, other = chance.randbytes(32), chance.randbytes(32)
    near, far = flipped(first, 31, chance), flipped(first, 32, chance)
    assert looks.lead([first, near, far, other, first]) == [0, 0, 2, 3, 0]
    found = looks.nearest_first(looks.words_of([near, other]), looks.words_of([first, far]))
    assert found.tolist()[0] == 0
    assert found.tolist()[1] == -1


def test_scaled_tables_still_add_up() -> None:
    assert scale({"a": 3, "b": 3, "c": 4}, 5) == {"a": 2, "b": 1, "c": 2}
    assert sum(scale({str(n): n * n + 1 for n in range(99)}, 1234).values()) == 1234


def content(values: list[int | None], total: int | None, through: str = "2026-06-30") -> dict[str, Any]:
    months = [*values, *([0] * (12 - len(values)))]
    cells = [{"row": m, "col": "", "value": v, "shown": "exact"} for m, v in zip(MONTHS, months, strict=True)]
    cells.append({"row": "*", "col": "", "value": total, "shown": "exact"})
    places = {
        "id": "sextortion_by_child_country",
        "rows": {"codes": [{"code": "US", "label": "US"}, {"code": "", "label": "None"}]},
        "cells": [
            {"row": "US", "col": "", "value": 40, "shown": "exact"},
            {"row": "DE", "col": "", "value": None, "shown": "under_10"},
            {"row": "", "col": "", "value": 90, "shown": "exact"},
        ],
    }
    head = {"year": 2026, "through": through, "number": 1}
    return {"snapshot": head, "tables": [{"id": "marked_sextortion", "cells": cells}, places]}


def test_a_brief_says_what_rose_and_where_from_shown_cells_alone() -> None:
    brief = make_brief("sextortion", content([10, 12, 11, 20, 22, 24], 99))
    assert brief is not None
    assert brief.change is not None
    assert (brief.change.way, brief.change.percent, brief.change.first) == ("rose", 100, "2026-04")
    assert brief.places == (("US", 40),)


@pytest.mark.parametrize(
    ("values", "through", "way"),
    [
        ([30, 30, 30, 31, 32, 33], "2026-06-30", "stayed"),
        ([60, 60, 60, 20, 20, 20], "2026-06-30", "fell"),
        ([10, None, 11, 20, 22, 24], "2026-06-30", None),
        ([10, 12, 11, 20, 22, 24], "2026-06-29", None),  # June is not over, and five months are not enough
        ([1, 1, 1, 9, 9, 9], "2026-06-30", None),
    ],
)
def test_a_change_needs_whole_shown_months_and_enough_reports(values: list[Any], through: str, way: str | None) -> None:
    brief = make_brief("sextortion", content(values, 120, through))
    assert brief is not None
    assert (brief.change.way if brief.change else None) == way


def test_too_few_reports_make_no_brief() -> None:
    assert make_brief("sextortion", content([4, 4, 4, 4, 4, 4], 24)) is None
    assert make_brief("sextortion", content([10] * 6, None)) is None


def test_every_kind_has_advice_that_never_blames() -> None:
    assert set(WORDS) == set(KINDS)
    for words in WORDS.values():
        assert any("not your fault" in line for line in words.to_young)
        assert not any("should have" in line or "careless" in line for line in (*words.to_young, *words.to_adults))


def test_columns_stand_in_their_box_and_a_hidden_month_has_no_height_of_its_own() -> None:
    drawn = plots.columns([(str(n), None if n == 3 else n * 10, "") for n in range(12)])
    assert drawn.peak == 110
    assert [column.hidden for column in drawn.columns].count(True) == 1
    assert all(column.x >= 0 and column.x + column.width <= plots.WIDTH for column in drawn.columns)
    assert all(column.y >= 0 and column.y + column.height <= drawn.base + 0.1 for column in drawn.columns)


def test_bars_of_nothing_have_no_length_and_small_ones_can_be_seen() -> None:
    assert (plots.bar(None, 9), plots.bar(0, 9), plots.bar(9, 9)) == (0.0, 0.0, 100.0)
    assert plots.bar(1, 10**9) > 0
    assert [part.start for part in plots.parts([50, None, 50], 100)] == [0, 50]


def test_the_made_up_year_fits_the_rules() -> None:
    rows = list(year(2025, size=400))
    assert len(rows) == 400
    assert {day.year for day, _ in rows} == {2025}
    assert rows[0][0] == date(2025, 1, 1)
    assert rows[-1][0] >= date(2025, 12, 31) - timedelta(days=1)

"""The open figures in a real browser: a supervisor publishes, a reader looks and adds up, a school prints."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest
import rfc8785
from playwright.sync_api import Browser
from pypdf import PdfReader
from tests.e2e.looks import violations
from tests.house import People
from tests.stack import Stack

from tipline.demo.accounts import PASSWORD

SIZE = 2_400


@pytest.fixture(scope="module")
def published(house: Stack, people: People, browser: Browser) -> int:
    """A made-up year, taken over in codes; the supervisor previews it and publishes."""
    taken = house.ask(
        "from tipline.demo import figures\n"
        "from tipline.platform import clock\n"
        "answer = figures.take_over(2025, clock.now())",
        seconds=120,
    )
    assert taken == SIZE
    page = browser.new_context(base_url=house.address("desk")).new_page()
    page.goto("/account/login/?next=/figures/")
    page.fill("[name=login]", "supervisor")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=code]", people.code("supervisor"))
    page.get_by_role("button", name="Log in").click()
    page.goto("/figures/")
    page.get_by_label("Year").fill("2025")
    page.get_by_label("Last day that counts").fill("2025-12-31")
    page.get_by_role("button", name="Preview a snapshot").click()
    assert "The first snapshot of this year" in page.inner_text("main")
    assert violations(page) == []
    page.get_by_label("What is new in it").fill("A made-up year.")
    page.get_by_role("button", name="Publish it").click()
    page.get_by_text("It will never change").wait_for()
    assert violations(page) == []
    return int(house.rows("SELECT max(number) FROM statistics_snapshot WHERE year = 2025")[0][0])


def test_a_reader_sees_the_figures_and_downloads_a_csv_whose_sums_agree(
    house: Stack, browser: Browser, published: int
) -> None:
    context = browser.new_context(base_url=house.address("open_data"), java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    page.goto(f"/snapshots/{published}/")
    shown = page.inner_text("main")
    assert "2025 by the numbers" in shown
    assert "fewer than 10" in shown
    with page.expect_download() as waiting:
        page.get_by_role("link", name="All figures as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8"))))
    check_sums(rows)
    total = next(row for row in rows if (row["table"], row["row"], row["column"]) == ("reports_by_type", "*", "*"))
    assert total["value"] == str(SIZE)
    assert total["snapshot"] == str(published)
    assert not [row for row in rows if row["value"] and 0 < int(row["value"]) < 10]


def check_sums(rows: list[dict[str, str]]) -> None:
    """Every sum of which all parts are shown is the sum of its parts; there are many of them."""
    tables: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for row in rows:
        tables[row["table"]][row["row"], row["column"]] = row["value"]
    checked = 0
    for cells in tables.values():
        for column in {col for _, col in cells}:
            parts = [value for (row, col), value in cells.items() if col == column and row != "*"]
            whole = cells["*", column]
            if whole and all(parts):
                assert int(whole) == sum(map(int, parts))
                checked += 1
    assert checked > 5


def test_the_json_keeps_to_its_schema_and_its_digest_can_be_checked(house: Stack, published: int) -> None:
    address = house.address("open_data")
    answer = httpx.get(f"{address}/snapshots/{published}/figures.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    found = answer.json()
    assert hashlib.sha256(rfc8785.dumps(found["content"])).hexdigest() == found["digest"]
    schema = httpx.get(found["$schema"]).json()
    assert faults(found, schema, schema) == []
    found["content"]["tables"][0]["cells"][0]["shown"] = "estimated"
    assert faults(found, schema, schema)


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> list[str]:
    """The keywords that our schema uses, and no more."""
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"] if not faults(value, one, root, at)]
        return [] if len(fits) == 1 else [f"{at}: fits {len(fits)} of oneOf"]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None)}
    wanted = schema.get("type", [])
    names = [wanted] if isinstance(wanted, str) else wanted
    found = [] if not names or any(isinstance(value, kinds[name]) for name in names) else [f"{at}: is no {names}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: is none of {schema['enum']}")
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
        found += [f"{at}: has no {name}" for name in schema.get("required", ()) if name not in value]
        for name, part in value.items():
            if name in known or isinstance(more, dict):
                found += faults(part, known.get(name, more), root, f"{at}/{name}")
            else:
                found.append(f"{at}: does not know {name}")
    if isinstance(value, list):
        found += [
            fault
            for number, part in enumerate(value)
            for fault in faults(part, schema.get("items", {}), root, f"{at}/{number}")
        ]
    return found


def test_the_printed_year_is_shown_with_its_source_and_both_countings(house: Stack, browser: Browser) -> None:
    page = browser.new_context(base_url=house.address("open_data")).new_page()
    page.goto("/2023/")
    shown = re.sub(r"\s", "", page.inner_text("main"))
    assert "36210368" in shown
    assert "1132270" in shown
    assert "1621937" in shown
    assert "Source:NationalCenter" in shown
    text = httpx.get(f"{house.address('open_data')}/2023/reports_by_esp.csv").text
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert sum(int(row[1]) for row in rows) == 35_944_826


def test_a_school_prints_a_brief_on_one_page(house: Stack, browser: Browser, published: int) -> None:
    page = browser.new_context(base_url=house.address("open_data")).new_page()
    for kind in ("sextortion", "enticement", "generated"):
        page.goto(f"/snapshots/{published}/briefs/{kind}/")
        printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
        assert len(printed.pages) == 1, kind
        text = " ".join(printed.pages[0].extract_text().split())
        assert "not your fault" in text
        assert f"Snapshot {published}" in text


def test_a_strangers_cookie_changes_nothing_at_the_open_door(house: Stack) -> None:
    address = house.address("open_data")
    for path in ("/", "/how/", "/snapshots/", "/2023/"):
        assert httpx.get(address + path, cookies={"tipline_open_data": "x" * 32}).status_code == 200
    assert httpx.get(address + "/snapshots/999/").status_code == 404


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_open_pages_have_no_fault_that_axe_can_find_and_never_scroll_sideways(
    house: Stack, browser: Browser, published: int, scheme: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    page = browser.new_context(base_url=house.address("open_data"), color_scheme=scheme, viewport=size).new_page()
    found = []
    paths = ("/", "/2023/", "/how/", "/snapshots/", f"/snapshots/{published}/briefs/sextortion/")
    for path in (f"/snapshots/{published}/", *paths):
        page.goto(path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == []


def test_old_figures_stay_when_new_ones_come(house: Stack, published: int) -> None:
    address = house.address("open_data")
    before = httpx.get(f"{address}/snapshots/{published}/figures.json").text
    house.ask(
        "from datetime import date\n"
        "from tipline.demo import figures\n"
        "from tipline.platform import clock\n"
        "from tipline.programs.statistics import service\n"
        "figures.take_over(2025, clock.now())\n"
        "answer = service.publish_snapshot(year=2025, through=date(2025, 12, 31), note='Twice as many.',\n"
        "    by=figures.BY, now=clock.now())",
        seconds=120,
    )
    assert httpx.get(f"{address}/snapshots/{published}/figures.json").text == before
    assert json.loads(before)["content"]["snapshot"]["number"] == published

"""An examiner uploads a VICS file of 10,000 rows and gets the three classes right; an analyst issues the report.

In a real browser, each process under its own role. What is known beforehand: a series of an identified child, and a
picture that a company reported earlier.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.e2e.test_story import Doors
from tests.house import People
from tests.stack import Credential, Stack

from tipline.demo.accounts import Credential as DemoCredential
from tipline.demo.company import Company, Upload
from tipline.simulation import story
from tipline.simulation.pictures import picture

ROWS = 10_000
IDENTIFIED = {17, 4_001, 9_999}
BAD = {250, 5_000}
REPORTED = 7_777  # this row is the picture that came with a report before
PICTURE = 61
PATIENCE_SECONDS = 90.0
_SEED = """
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.programs.identification import series
from tipline.programs.identification.values import NewSeries
from tipline.reference.hashlists.values import Print
new = NewSeries("Series HRN7264", "IDENTIFIED", "Example Sheriff", "+1 850 555 0100", "uncle", "7-10", "female", "US")
prints = [Print("MD5", value) for value in {values!r}]
answer = series.create_series(new=new, prints=prints, by=system("test"), now=clock.now())
"""


@pytest.fixture(scope="module")
def doors(house: Stack, people: People, browser: Browser) -> Doors:
    return Doors(house, people, browser)


def md5(number: int) -> str:
    return hashlib.md5(f"seized {number}".encode(), usedforsecurity=False).hexdigest()


def seized(path: Path) -> Path:
    """The collection of the story: hashes of made-up numbers, two broken rows, and one picture of an earlier report."""
    shown = hashlib.md5(picture(PICTURE), usedforsecurity=False).hexdigest()
    rows = [{"MediaID": number, "MD5": md5(number), "RelativeFilePath": "a/b"} for number in range(1, ROWS + 1)]
    for number in BAD:
        rows[number - 1]["MD5"] = "nonsense"
    rows[REPORTED - 1]["MD5"] = shown
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"
    case = {"CaseID": "5b0c8a6e-0000-4000-8000-000000000001", "CaseNumber": "24-0815", "Media": rows}
    path.write_text(json.dumps({"@odata.context": context, "value": [case]}), encoding="utf-8")
    return path


def report_the_picture(house: Stack, company: Credential) -> None:
    client = Company(house.address("esp_api"), DemoCredential(company.username, company.secret))
    client.report(story.company_document(datetime.now(UTC)), (Upload(PICTURE, viewed=True),), datetime.now(UTC))
    client.close()


def hand_in(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Hand in a collection").click()
    page.get_by_label("Case number").fill("24-0815")
    page.get_by_label("Legal basis").fill("Search warrant")
    page.get_by_label("VICS JSON or CSV").set_input_files(file)
    page.get_by_role("button", name="Hand it in").click()
    page.get_by_role("heading", name="Case 24-0815").wait_for()


def await_report(page: Page) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Being compared" in page.inner_text("main"):
        assert time.monotonic() < deadline, page.inner_text("main")
        time.sleep(0.5)
        page.reload()


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_an_examiner_uploads_a_vics_file_of_10000_rows_and_gets_the_three_classes_right(
    doors: Doors, company: Credential, tmp_path: Path
) -> None:
    house = doors.house
    house.ask(_SEED.format(values=[md5(number) for number in sorted(IDENTIFIED)]))
    report_the_picture(house, company)
    page = doors.as_person("portal", "examiner-florida")
    hand_in(page, seized(tmp_path / "collection.json"))
    await_report(page)
    words = page.inner_text("main")
    assert "Preliminary" in words, house.logs()
    assert "Series HRN7264" in words
    assert "Row 250, MD5" in words
    listed = list(csv.DictReader(download(page, "CSV").decode().splitlines()))
    assert Counter(row["class"] for row in listed) == {
        "identified child": len(IDENTIFIED),
        "recognised": 1,
        "unrecognised": ROWS - len(IDENTIFIED) - len(BAD) - 1,
    }
    assert {int(row["media_id"]) for row in listed if row["class"] == "identified child"} == IDENTIFIED
    assert [int(row["media_id"]) for row in listed if row["class"] == "recognised"] == [REPORTED]
    assert download(page, "PDF").startswith(b"%PDF")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    number = re.search(r"/collections/(\d+)/", page.url)
    assert number
    judge_and_issue(doors, int(number[1]))
    page.reload()
    assert "Child Identification Report, issued" in page.inner_text("main")


def judge_and_issue(doors: Doors, number: int) -> None:
    page = doors.as_person("desk", "analyst")
    page.goto("/identification/")
    page.get_by_role("link", name=re.compile("24-0815$")).click()
    page.get_by_role("button", name="The same child").click()
    page.get_by_role("button", name="Issue the Child Identification Report").click()
    page.get_by_text("Issued. The agency reads it in the portal now.").wait_for()
    assert f"/identification/collections/{number}/" in page.url
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

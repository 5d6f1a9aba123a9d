"""The story, in a real browser, from first to last line: three doors, one suspect, one arrest.

A mother in Arizona calls, a teen in Colorado writes, a company's program reports; an analyst sends the three to the
right task force with copies to the children's places; an officer downloads the package and records an arrest and a
seized contact list; the company and the teen learn of it. Web, worker and database run under their own roles.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from tests.e2e.looks import violations, violations_in_both_schemes
from tests.house import People, Wait
from tests.stack import Credential, Stack

from tipline.demo.accounts import PASSWORD
from tipline.demo.accounts import Credential as DemoCredential
from tipline.demo.company import Company, Upload
from tipline.simulation import story
from tipline.simulation.pictures import picture

# Another suspect than the demo's, so that the two stories do not meet.
HANDLE = "lantern_heron"
EMAIL = "lantern.heron@example.com"
WORDS = "Somebody who calls himself lantern_heron on Example Chat threatens my daughter. She is 14."
PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Doors:
    """A browser at the doors of the house; everybody has a window of their own."""

    house: Stack
    people: People
    browser: Browser
    windows: dict[str, Page] = field(default_factory=dict)

    def at(self, door: str, *, phone: bool = False) -> Page:
        """A fresh window at a door."""
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = self.browser.new_context(viewport=size, base_url=self.house.address(door), accept_downloads=True)
        page = context.new_page()
        page.goto("/")
        return page

    def as_person(self, door: str, username: str) -> Page:
        """The window of somebody who has logged in, once, with password and code: a code works once."""
        if username in self.windows:
            return self.windows[username]
        page = self.windows[username] = self.at(door)
        page.goto("/account/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.fill("[name=code]", self.people.code(username))
        page.get_by_role("button", name="Log in").click()
        page.wait_for_load_state()
        assert "/account/" not in page.url, page.inner_text("main")
        return page


@pytest.fixture(scope="module")
def doors(house: Stack, people: People, browser: Browser) -> Doors:
    return Doors(house, people, browser)


def call(doors: Doors) -> int:
    page = doors.as_person("desk", "calltaker")
    page.get_by_role("link", name="New call").click()
    page.get_by_label("A parent or carer", exact=True).check()
    page.get_by_label("What the caller says").fill(WORDS)
    page.get_by_label("Somebody threatens to share pictures").check()
    page.get_by_label("Contact goes on today").check()
    page.get_by_label("Online enticement").check()
    page.get_by_label("Names on apps").fill(HANDLE)
    page.get_by_label("App, game or site").fill("Example Chat")
    page.get_by_label("E-mail addresses of the other person").fill(EMAIL)
    page.get_by_label("Child's age").fill("14")
    page.get_by_label("Child's city").fill("Phoenix")
    page.locator("[name=child_state]").select_option("AZ")
    page.get_by_label("Caller's name").fill("Dana Example")
    page.get_by_label("Call back at").fill("+1 602 555 0142")
    page.get_by_role("button", name="Finish the report").click()
    shown = page.inner_text("#number")
    return int("".join(char for char in shown if char.isdigit()))


def write(doors: Doors) -> str:
    page = doors.at("public", phone=True)
    page.get_by_role("link", name="It is about me").click()
    onward = page.get_by_role("button", name="Continue")
    page.get_by_label("No", exact=True).check()
    onward.click()
    page.get_by_label("Someone threatens to share pictures").check()
    onward.click()
    page.get_by_label("Their name on the app or site").fill("@Lantern_Heron")
    page.get_by_label("Which app, game or site?").fill("Example Chat")
    onward.click()
    page.get_by_label("What happened").fill("lantern_heron asks me for pictures and threatens me. I am scared.")
    page.get_by_label("In the last seven days").check()
    onward.click()
    page.get_by_label("How old are you?").fill("15")
    page.get_by_label("City or town").fill("Denver")
    page.locator("[name=state]").select_option("CO")
    onward.click()
    onward.click()
    page.get_by_role("button", name="Send it").click()
    code = page.get_attribute("[data-copy-text]", "data-copy-text")
    assert code
    page.context.close()
    return code


def report(house: Stack, company: Credential) -> int:
    client = Company(house.address("esp_api"), DemoCredential(company.username, company.secret))
    document = story.company_document(datetime.now(UTC))
    [suspect] = document["personOrUserReported"]
    suspect |= {"screenName": HANDLE, "espIdentifier": "00990017"}
    suspect["personOrUserReportedPerson"] = {"email": [{"#": EMAIL}]}
    uploads = (Upload(31, viewed=True), Upload(32, viewed=False))
    number = client.report(document, uploads, datetime.now(UTC))
    client.close()
    return number


def number_of_teen(house: Stack) -> int:
    rows = house.rows(
        "SELECT r.number FROM reports_report r JOIN reports_identifierrow i ON i.report_id = r.id "
        "WHERE r.source = 'PUBLIC_FORM' AND i.value = %s",
        HANDLE,
    )
    assert rows, house.logs()
    return int(rows[0][0])


def await_words(page: Page, words: str) -> None:
    """Reloads until the words are there: news comes some seconds after the act."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in page.inner_text("main"):
        assert time.monotonic() < deadline, page.inner_text("main")
        time.sleep(0.5)
        page.reload()


def await_link(page: Page, number: int) -> None:
    """Reloads until the supplement that names a linked report is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not page.locator(f"a[href='/reports/{number}/']").count():
        assert time.monotonic() < deadline, page.inner_text("main")
        time.sleep(0.5)
        page.reload()


def judge(doors: Doors, page: Page, number: int) -> None:
    page.goto(f"/reports/{number}/")
    page.get_by_role("link", name=re.compile("^Refer")).click()
    page.get_by_label("The suspect can be identified or located").check()
    page.get_by_role("button", name="Refer it").click()
    page.get_by_text("Undo").first.wait_for()


def download(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download the package")).click()
    return Path(waiting.value.path()).read_bytes()


def check_package(data: bytes, number: int) -> None:
    package = zipfile.ZipFile(io.BytesIO(data))
    manifest = json.loads(package.read("MANIFEST.json").decode("utf-8-sig"))
    listed = dict(line.split("  ")[::-1] for line in package.read("SHA256SUMS").decode().splitlines())
    for name, digest in listed.items():
        assert hashlib.sha256(package.read(name)).hexdigest() == digest, name
    assert set(listed) | {"SHA256SUMS"} == set(package.namelist())
    assert str(manifest)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(package.read("report.pdf"))).pages)
    assert HANDLE in text
    assert "child porn" not in text.lower()
    assert json.loads(package.read("report.json").decode("utf-8-sig"))["reportId"] == number
    assert HANDLE in package.read("submission.xml").decode()
    files = [name for name in package.namelist() if name.startswith("files/")]
    # The company viewed the first file alone: the second one is listed, and sealed.
    assert [package.read(name) for name in files] == [picture(31)]


def test_the_whole_story(doors: Doors, house: Stack, company: Credential, await_state: Wait) -> None:
    called = call(doors)
    code = write(doors)
    reported = report(house, company)
    for number in (called, reported):
        await_state(number, "SCORED")
    told = number_of_teen(house)
    await_state(told, "SCORED")
    numbers = (called, told, reported)

    analyst = doors.as_person("desk", "analyst")
    await_words_at(analyst, f"/reports/{called}/", "Duval County, FL")
    analyst.goto("/lists/urgent/")
    queue = [item.inner_text() for item in analyst.locator(".queue__item").all()]
    assert "contact today" in queue[0]
    analyst.goto(f"/reports/{called}/")
    shown = analyst.inner_text("main")
    assert "Contact goes on today" in shown
    assert "demo place source" in shown
    for number in numbers:
        judge(doors, analyst, number)
    for number in numbers:
        await_state(number, "MADE_AVAILABLE")

    officer = doors.as_person("portal", "officer-florida")
    officer.goto(f"/reports/{reported}/")
    assert "Why you got this" in officer.inner_text("main")
    check_package(download(officer), reported)
    officer.get_by_label("One contact a line").fill("\n".join(story.SEIZED.rows))
    officer.get_by_role("button", name="Hand in the list").click()
    officer.get_by_text("4 contacts taken").wait_for()
    for other in (called, told):
        await_link(officer, other)
    officer.get_by_label("Arrest", exact=True).check()
    officer.get_by_label("Further children, how many?").fill("4")
    officer.get_by_label("Was the report useful?").select_option("yes")
    officer.get_by_label("The same answer for the linked reports").check()
    officer.get_by_role("button", name="Record the outcome").click()
    officer.get_by_text("Recorded for 3 reports").wait_for()
    await_words(officer, "of 4 rows read")

    for agency, child in (("officer-arizona", called), ("officer-colorado", told)):
        copy = doors.as_person("portal", agency)
        copy.goto(f"/reports/{child}/")
        assert "Why you got this" in copy.inner_text("main"), agency

    sender = doors.as_person("esp_web", "company")
    sender.goto(f"/reports/{reported}/")
    await_words(sender, "Led to an arrest")

    teen = doors.at("public", phone=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Somebody was arrested" not in teen.inner_text("main"):
        assert time.monotonic() < deadline, teen.inner_text("main")
        time.sleep(6)  # ten tries an hour are allowed
        teen.goto("/back/")
        teen.get_by_label("Your code").fill(code.lower())
        teen.get_by_role("button", name="Show my report").click()
    states = house.rows("SELECT DISTINCT hold_reason FROM reports_report WHERE number = ANY(%s)", list(numbers))
    assert states == [("",)]


def await_words_at(page: Page, path: str, words: str) -> None:
    page.goto(path)
    await_words(page, words)


def test_a_foreign_and_an_unknown_report_answer_alike(doors: Doors, house: Stack, people: People) -> None:
    foreign = house.ask(
        "from tipline.stages.referral.models import Referral\n"
        "row = Referral.objects.filter(agency='icac-fl-north').first()\n"
        "row.pk, row.agency, row.report_number = None, 'icac-ny', 7777000111\n"
        "row.save(force_insert=True)\n"
        "answer = row.report_number"
    )
    page = doors.as_person("portal", "officer-arizona")
    answers = []
    for number in (foreign, 1234567890):
        answer = page.request.get(f"{house.address('portal')}/reports/{number}/")
        # Tokens against forged requests differ at each answer; nothing else may.
        text = re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text())
        answers.append((answer.status, re.sub(r"[\d\s]+", " ", text)))
    assert answers[0][0] == 404
    assert answers[0] == answers[1]


def test_the_form_works_without_scripts(house: Stack, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, base_url=house.address("public")).new_page()
    page.goto("/tell/saw/")
    for step in range(6):
        if step == 3:
            page.get_by_label("What happened").fill("A page that looks made for children leads elsewhere.")
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send it").click()
    assert "We have it" in page.inner_text("main")


@pytest.mark.parametrize(
    ("door", "username", "paths"),
    [
        ("desk", "analyst", ("/lists/new/", "/lists/decided/", "/search/")),
        ("desk", "calltaker", ("/hotline/", "/hotline/calls/" + "b2" * 16 + "/")),
        ("portal", "officer-florida", ("/", "?first")),
        ("esp_web", "company", ("/", "?first")),
    ],
    ids=["desk", "telephone", "portal", "company"],
)
def test_staff_pages_have_no_fault_that_axe_can_find(
    doors: Doors, door: str, username: str, paths: tuple[str, ...]
) -> None:
    page = doors.as_person(door, username)
    found = []
    for path in paths:
        if path == "?first":
            page.goto("/")
            page.goto(page.locator("main a[href*='/reports/']").first.get_attribute("href") or "/")
        else:
            page.goto(path)
        found += violations(page)
    assert found == []


def test_public_pages_have_no_fault_that_axe_can_find_light_or_dark(house: Stack, browser: Browser) -> None:
    page = browser.new_context(base_url=house.address("public")).new_page()
    page.goto("/")
    found = violations_in_both_schemes(page)
    page.goto("/back/")
    found += violations_in_both_schemes(page)
    page.goto("/tell/me/")
    for _ in range(6):
        found += violations_in_both_schemes(page)
        page.get_by_role("button", name="Continue").click()
    assert found + violations_in_both_schemes(page) == []

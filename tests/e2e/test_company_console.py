"""The company's console in a real browser: the form filled in by keyboard alone, every page looked at by axe.

An administrator asks a colleague in, makes a log-in and states what "not viewed" means; a report is written in the
form with a mistake that is named and mended, a file added and described, looked through and sent; the report of its
program stands beside it with its quality.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.test_story import PATIENCE_SECONDS, Doors, doors, violations  # noqa: F401 (fixtures)
from tests.esp_client import EspClient, report_xml
from tests.house import People
from tests.stack import Credential, Stack

from tipline.demo.accounts import Credential as DemoCredential
from tipline.demo.company import Company, Upload
from tipline.simulation.pictures import picture

SHOTS = os.environ.get("SHOTS_OF_CONSOLE", "")  # a folder, for looking at the pages by hand
FOUND: list[str] = []  # what axe found, told at the end: one page's trouble shall not hide another's
PAGES = ("/", "/quality/", "/write/", "/keep/", "/notices/", "/credentials/", "/profile/", "/people/")


def shoot(page: Page, name: str) -> None:
    """For looking at pages by hand: light and dark, desk and phone."""
    FOUND.extend(violations(page))
    if not SHOTS:
        return
    for scheme in ("light", "dark"):
        for width, size in (("desk", {"width": 1440, "height": 900}), ("phone", {"width": 390, "height": 844})):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}-{width}.png"), full_page=True)
            if scheme == "dark" and width == "phone":
                FOUND.extend(violations(page))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def tab_to(page: Page, selector: str) -> None:
    """Reach something by the Tab key alone."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def typed(page: Page, name: str, text: str) -> None:
    tab_to(page, f'[name="{name}"]')
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, words: str) -> None:
    """Press the button of these words, by the keyboard."""
    for _ in range(400):
        page.keyboard.press("Tab")
        shown = page.evaluate("() => document.activeElement.innerText || ''")
        if str(shown).strip().startswith(words):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"the Tab key does not reach {words}")


def opened(page: Page, ident: str) -> None:
    """Open a folded box by the keyboard."""
    tab_to(page, f'[id="{ident}"] > summary')
    page.keyboard.press("Enter")


def fill_what_happened(page: Page) -> None:
    typed(page, "report/incidentSummary/incidentType", "Online e")
    typed(page, "report/incidentSummary/platform", "Example Chat")
    typed(page, "report/incidentSummary/incidentDateTime", "last night")
    press(page, "Save and go on")
    assert page.locator(".errors").inner_text()
    assert page.input_value('[name="report/incidentSummary/incidentDateTime"]') == "last night"
    shoot(page, "form-mistake")
    typed(page, "report/incidentSummary/incidentDateTime", f"{datetime.now(UTC):%Y-%m-%d} 00:00 UTC")
    press(page, "Save and go on")


def go_on_to(page: Page, heading: str) -> None:
    for _ in range(12):
        if page.locator("h1").inner_text() == heading:
            return
        press(page, "Save and go on")
    raise AssertionError(heading)


def write_a_report(page: Page, folder: Path) -> None:
    page.goto("/write/")
    press(page, "Begin a report")
    shoot(page, "form-first")
    fill_what_happened(page)
    go_on_to(page, "Who reports")
    opened(page, "f-report_2freporter_2freportingPerson")
    opened(page, "f-report_2freporter_2freportingPerson_2femail_5b1_5d")
    typed(page, "report/reporter/reportingPerson/email[1]/#", "safety@example.com")
    press(page, "Save and go on")
    go_on_to(page, "Who is reported")
    typed(page, "report/personOrUserReported[1]/espIdentifier", "user-77")
    opened(page, "f-report_2fpersonOrUserReported_5b1_5d_2fipCaptureEvent_5b1_5d")
    typed(page, "report/personOrUserReported[1]/ipCaptureEvent[1]/ipAddress", "192.0.2.77")
    shoot(page, "form-person")
    press(page, "Save and go on")
    page.goto(page.url.rpartition("/write/")[0] + "/write/" + page.url.split("/write/")[1].split("/")[0] + "/files/")
    (folder / "pattern.png").write_bytes(picture(7))
    # No browser lets a key choose a file of the disk without the system's own window.
    page.set_input_files("#file", str(folder / "pattern.png"))
    press(page, "Add it")
    tab_to(page, 'select[name$="/fileViewedByEsp"]')
    page.keyboard.type("Yes")
    shoot(page, "form-file")
    press(page, "Save and go on")
    shoot(page, "form-files")
    press(page, "Go on")
    shoot(page, "form-review")
    press(page, "Send the report")


def follow(page: Page, words: str) -> None:
    """Follow the first link whose address has these words, by the keyboard."""
    tab_to(page, f'main a[href*="{words}"]')
    with page.expect_navigation():
        page.keyboard.press("Enter")


def try_the_sandbox(house: Stack, page: Page, log_in: Credential) -> None:
    """An engineer's first half hour: what to send, a report that is refused, one that is taken, all by keyboard."""
    page.goto("/sandbox/")
    assert f"curl --user {log_in.username}" in page.inner_text("main")
    shoot(page, "sandbox-empty")
    with EspClient(house.port("esp_api"), log_in.username, log_in.secret, mount="/test/ispws") as client:
        refused = client.submit(report_xml("first").replace(b"<screenName>", b"<nickname>a</nickname><screenName>"))
        assert refused.status == 400
        number = client.submit(report_xml("second")).report
        assert client.upload(number, picture(9)).ok
    page.goto("/sandbox/?outcome=refused")
    follow(page, "/sandbox/calls/")
    assert "1 thing to mend" in page.inner_text("h1")
    tab_to(page, 'a[href^="#at-1-"]')
    page.keyboard.press("Enter")
    assert "the schema has no such element here" in page.locator(".source__wrong:target").inner_text()
    shoot(page, "sandbox-refused")
    page.goto("/sandbox/")
    follow(page, f"/sandbox/reports/{number}/")
    assert "/test/ispws/fileinfo" in page.inner_text("main")
    shoot(page, "sandbox-story")
    with EspClient(house.port("esp_api"), log_in.username, log_in.secret, mount="/test/ispws") as client:
        assert client.finish(number).ok
    page.reload()
    assert "as weighed at the finish" in page.inner_text("main")
    assert "What an officer would see" in page.inner_text("main")


@pytest.mark.slow
def test_the_console_is_used_by_keyboard_and_axe_finds_nothing(
    house: Stack,
    people: People,
    company: Credential,
    browser: Browser,
    doors: Doors,  # noqa: F811
    tmp_path: Path,
) -> None:
    program = Company(house.address("esp_api"), DemoCredential(company.username, company.secret))
    document = {
        "incidentSummary": {
            "incidentType": "Child Sex Tourism",
            "platform": "Example Chat",
            "incidentDateTime": "2026-01-05T08:30:00Z",
        },
        "reporter": {"reportingPerson": {"email": [{"#": "safety@example.com"}]}},
        "personOrUserReported": [{"espIdentifier": "user-1", "ipCaptureEvent": [{"ipAddress": "192.0.2.1"}]}],
    }
    first = program.report(document, (Upload(3, viewed=False), Upload(4, viewed=True)), datetime.now(UTC))
    document["personOrUserReported"][0]["priorCTReports"] = [first]  # type: ignore[index]
    second = program.report(document, (), datetime.now(UTC))
    program.close()
    page = doors.as_person("esp_web", "company")
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    write_a_report(page, tmp_path)
    assert "Sent. This page is your receipt" in page.inner_text("main")
    shoot(page, "report-sent")
    page.goto(f"/reports/{first}/")
    assert "of 100" in page.inner_text("main")
    assert str(second) in page.content()
    shoot(page, "report-first")
    for path in PAGES:
        page.goto(path)
        shoot(page, f"page-{path.strip('/') or 'reports'}")
    page.goto("/profile/")
    page.get_by_text("A person here once viewed a file with exactly the same digest").first.click()
    page.fill("[name=since]", "2026-01-01")
    page.get_by_role("button", name="State this").click()
    assert "counts today" in page.inner_text("main")
    shoot(page, "profile-stated")
    page.goto("/people/")
    page.fill("[name=full_name]", "New Person")
    page.fill("[name=username]", "new.person")
    page.get_by_role("button", name="Make the invitation").click()
    code = page.inner_text("p.gate__code")
    shoot(page, "people-invited")
    newcomer = doors.at("esp_web", phone=True)
    newcomer.goto("/join/")
    shoot(newcomer, "join")
    newcomer.fill("[name=code]", code)
    newcomer.fill("[name=password]", "harbour lantern pebble 42")
    newcomer.fill("[name=again]", "harbour lantern pebble 42")
    newcomer.get_by_role("button", name="Make my account").click()
    assert "Your account is made" in newcomer.inner_text("main")
    page.goto("/credentials/")
    page.get_by_role("button", name="Make the next for test").click()
    assert "Copy the secret now" in page.inner_text("main")
    shoot(page, "credentials-made")
    username, secret = page.locator("dl.facts .digest").all_inner_texts()[:2]
    try_the_sandbox(house, page, Credential(username, secret))
    assert FOUND == []

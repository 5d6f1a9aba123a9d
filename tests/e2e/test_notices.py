"""A notice, in a real browser: sent, disputed, upheld, removed, its days counted (must-show 4).

An analyst enters and verifies a page, writes the notice and sends the downloaded mail; the company opens the link in
it on a telephone, disputes, reads our answer, and says since when the page is gone; a second look closes the case. The
clock of the house is not turned: the notice was sent at a recorded time three days back, and the page names the days.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.looks import violations
from tests.e2e.test_story import PATIENCE_SECONDS, Doors, doors  # noqa: F401 (fixtures)
from tests.house import People
from tests.stack import Stack

SHOTS: Path | None = None


def shoot(page: Page, name: str) -> None:
    """For looking at pages by hand: set SHOTS to a folder."""
    if SHOTS is not None:
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def await_words(page: Page, words: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words.lower() not in page.inner_text("main").lower():
        assert time.monotonic() < deadline, page.inner_text("main")
        time.sleep(0.3)
        page.reload()


def act(page: Page, name: str) -> Page:
    """Opens the form of an act where it is folded."""
    found = page.locator(f"#act-{name}")
    if found.get_attribute("open") is None:
        found.locator("summary").first.click()
    return page


def link_in(page: Page) -> tuple[str, str]:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Download the mail")).click()
    mail = message_from_bytes(Path(waiting.value.path()).read_bytes(), policy=default)
    body = mail.get_body(("plain",))  # type: ignore[attr-defined]
    found = re.search(r"/n/[\w-]+", body.get_content())
    assert found
    return found.group(0), str(mail["To"])


def write_notice(page: Page, url: str) -> str:
    page.goto("/notices/new/")
    page.get_by_label("Web address").fill(url)
    page.get_by_role("button", name="Enter it").click()
    page.get_by_label("A2: prepubescent child, lascivious exhibition").check()
    page.get_by_label("How you verified it").fill("The report's description and a judged digest")
    shoot(page, "desk-verify")
    page.get_by_role("button", name="It is verified").click()
    act(page, "contact").locator("#contact_name").fill("Example Photos")
    page.locator("#contact_kind").select_option("SITE")
    page.locator("#contact_email").fill("abuse@photos.example")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label(re.compile("Example Photos, abuse@photos.example")).check()
    shoot(page, "desk-send")
    page.get_by_role("button", name="Write the notice").click()
    link, to = link_in(page)
    assert to == "Example Photos <abuse@photos.example>"
    shoot(page, "desk-outbox")
    page.get_by_role("button", name="It was sent").click()
    assert "Notice sent" in page.inner_text("main")
    return link


def set_back(house: Stack, number: int, days: int) -> None:
    """The house lives days in a moment: what was sent is moved into the past, as if the test had waited."""
    past = f"interval '{days} days'"
    moved = ("made_at", "sent_at", "first_sent_at", "link_ends_at")
    columns = ", ".join(f"{name} = {name} - {past}" for name in moved)
    house.rows(f"UPDATE notices_notice SET {columns} WHERE case_number = %s", number)
    columns = ", ".join(f"{name} = {name} - {past}" for name in ("entered_at", "moved_at", "verified_at"))
    house.rows(f"UPDATE notices_case SET {columns}, next_at = NULL WHERE number = %s", number)


def test_a_notice_is_sent_disputed_upheld_removed_and_its_days_are_counted(
    doors: Doors,  # noqa: F811
    house: Stack,
    people: People,
) -> None:
    desk = doors.as_person("desk", "analyst-notices")
    link = write_notice(desk, "https://photos.example/p/1001")
    case_url = desk.url
    number = int(re.findall(r"/notices/(\d+)/", case_url)[0])
    set_back(house, number, days=3)

    company = doors.at("esp_web", phone=True)
    company.goto(link)
    assert "hxxps://photos[.]example/p/1001" in company.inner_text("main")
    assert company.locator("a[href*='photos.example']").count() == 0
    shoot(company, "review-phone")
    company.get_by_text("Dispute the notice").click()
    company.get_by_label("Something else (say what)").check()
    company.get_by_label("In your words").fill("Our reviewer saw a landscape.")
    company.get_by_role("button", name="Send the dispute").click()
    await_words(company, "You dispute it; a person is looking at it again")
    assert violations(company) == []

    desk.goto(case_url)
    await_words(desk, "Disputed, waits for a decision")
    assert "Our reviewer saw a landscape." in desk.inner_text("main")
    shoot(desk, "desk-disputed")
    desk.locator("#act-uphold").get_by_label("Why?").fill("The page shows a child; looked at again.")
    desk.get_by_role("button", name="Uphold the notice").click()

    company.reload()
    await_words(company, "We looked again: the notice stands")
    assert "The page shows a child; looked at again." in company.inner_text("main")
    a_day_ago = datetime.now(UTC) - timedelta(days=1)
    company.get_by_label("When was it taken down? (UTC)").fill(a_day_ago.strftime("%Y-%m-%dT%H:%M"))
    company.get_by_role("button", name="We took it down").click()
    await_words(company, "Taken down")
    shoot(company, "review-phone-removed")

    desk.goto(case_url)
    await_words(desk, "Removed, waits for confirmation")
    await_words(desk, "gone after 2.0 days")
    desk.get_by_label("Gone", exact=True).check()
    desk.get_by_role("button", name="Record the check").click()
    await_words(desk, "Closed")
    shoot(desk, "desk-closed")
    assert violations(desk) == []
    desk.goto("/notices/figures/")
    row = desk.locator("tr", has_text="Example Photos").inner_text()
    assert re.search(r"1\s+1\s+0\s+4[78](\.\d)? h", row), row
    shoot(desk, "desk-figures")
    assert violations(desk) == []


def test_the_desks_lists_and_forms_have_no_fault_that_axe_can_find(doors: Doors, people: People) -> None:  # noqa: F811
    desk = doors.as_person("desk", "analyst-notices")
    found = []
    for path in ("/notices/lists/ended/", "/notices/lists/verify/", "/notices/new/"):
        desk.goto(path)
        shoot(desk, f"desk{path.replace('/', '-')}")
        found += violations(desk)
    assert found == []


def test_the_link_works_without_scripts(house: Stack, browser: Browser, doors: Doors) -> None:  # noqa: F811
    desk = doors.as_person("desk", "analyst-notices")
    link = write_notice(desk, "https://photos.example/p/1002")
    context = browser.new_context(java_script_enabled=False, base_url=house.address("esp_web"))
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="We have it in hand").click()
    assert "Thank you. Your answer is with us." in page.inner_text("main")
    await_words(page, "You have it in hand")
    context.close()


@pytest.mark.parametrize("path", ["/n/wrong", "/n/wrong.json"])
def test_a_wrong_link_is_nothing(house: Stack, doors: Doors, path: str) -> None:  # noqa: F811
    page = doors.at("esp_web")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404

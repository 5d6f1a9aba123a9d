"""A phone's own "back" in the public form, and what it finds after "Leave now"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.stack import Stack

from tipline.interfaces.ui.words import LEAVE_TO


@pytest.fixture
def page(house: Stack, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=house.address("public"), viewport={"width": 360, "height": 740})
    context.route(f"{LEAVE_TO}**", lambda route: route.fulfill(body="elsewhere", content_type="text/html"))
    yield context.new_page()
    context.close()


def onward(page: Page, step: int) -> None:
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**/{step}/")


def to_the_words(page: Page) -> None:
    page.goto("/tell/me/")
    onward(page, 2)
    onward(page, 3)
    page.get_by_label("Their name on the app or site").fill("@otter_of_the_test")
    onward(page, 4)
    page.get_by_label("What happened").fill("Somebody writes to me.")
    onward(page, 5)


def test_the_phones_back_button_leads_to_the_step_before_with_what_was_written(page: Page) -> None:
    to_the_words(page)
    page.go_back()
    assert page.get_by_label("What happened").input_value() == "Somebody writes to me."
    page.go_back()
    assert page.get_by_label("Their name on the app or site").input_value() == "@otter_of_the_test"
    onward(page, 4)
    assert page.get_by_label("What happened").input_value() == "Somebody writes to me."


def test_the_receipt_loaded_again_is_the_same_receipt(page: Page, house: Stack) -> None:
    count = "SELECT count(*) FROM reports_report WHERE source = 'PUBLIC_FORM'"
    [(before,)] = house.rows(count)
    to_the_words(page)
    onward(page, 6)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send it").click()
    code = page.get_attribute("[data-copy-text]", "data-copy-text")
    page.reload()
    assert page.get_attribute("[data-copy-text]", "data-copy-text") == code
    assert house.rows(count) == [(before + 1,)]


def test_back_after_leave_now_leads_away_again_and_no_word_is_left(page: Page) -> None:
    to_the_words(page)
    step = page.url
    page.get_by_role("link", name="Leave now").click()
    page.wait_for_url(f"{LEAVE_TO}**")
    page.go_back(wait_until="commit")
    page.wait_for_url(f"{LEAVE_TO}**")
    page.goto(step)
    assert "otter_of_the_test" not in page.content()
    assert "Please start again" in page.inner_text("main")

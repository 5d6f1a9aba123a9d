"""The doors without a log-in: the public form, survivors, the open figures."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page
from tests.look.people import Visit, press

from tipline.simulation.pictures import picture

PIN = "580214"


def public(visit: Visit) -> None:
    """This function will tell of something that happened, in every way, and come back with the code."""
    page = visit.window(phone=True)
    page.goto("/")
    visit.look(page, "start")
    for answer, name in (("Yes, right now", "danger"), ("I am not sure", "danger unsure")):
        page.goto("/tell/me/")
        page.get_by_label(answer).check()
        press(page, "Continue")
        visit.look(page, name)
    press(page, "Go on with the report")
    visit.look(page, "step 2 after danger")
    code = _tell(visit, page)
    page.goto("/")
    page.goto("/tell/child/")
    _step(page)
    visit.look(page, "step 2 of a child somebody knows")
    page.goto("/tell/saw/" + "a" * 24 + "/1/")
    visit.look(page, "a draft that is gone")
    page.goto("/tell/saw/" + "a" * 24 + "/sent/")
    visit.look(page, "a page that is over")
    _come_back(visit, page, code)


def _step(page: Page) -> None:
    press(page, "Continue")


def _tell(visit: Visit, page: Page) -> str:
    page.goto("/tell/me/")
    visit.look(page, "step 1")
    _step(page)
    page.get_by_label("I think about hurting myself").check()
    page.get_by_label("Someone wants money").check()
    page.locator("details summary").click()
    visit.look(page, "step 2")
    _step(page)
    visit.look(page, "crisis")
    press(page, "Go on with the report")
    visit.look(page, "step 3")
    page.locator("input[name=their_email]").fill("not an address")
    _step(page)
    visit.look(page, "step 3 with a fault")
    page.locator("input[name=their_email]").fill("made.up@example.com")
    _step(page)
    page.get_by_label("What happened").fill("Somebody who calls himself made_up_lantern wants money.\n\nI am afraid.")
    visit.look(page, "step 4")
    for number in (5, 6):
        _step(page)
        visit.look(page, f"step {number}")
    _step(page)
    visit.look(page, "review")
    press(page, "Send it")
    visit.look(page, "sent")
    code = page.locator("[data-copy-text]").get_attribute("data-copy-text") or ""
    page.goto("/tell/me/")
    for _ in range(6):
        _step(page)
    visit.look(page, "review of nothing")
    return code


def _come_back(visit: Visit, page: Page, code: str) -> None:
    page.goto("/back/")
    visit.look(page, "back")
    page.fill("[name=code]", "wrong")
    press(page, "Show my report")
    visit.look(page, "back with a wrong code")
    page.fill("[name=code]", code)
    press(page, "Show my report")
    visit.look(page, "status")
    page.locator("textarea").fill("One more thing, made up.")
    press(page, "Add it")
    visit.look(page, "status after adding")


def survivors(visit: Visit) -> None:
    """This function will make a case on a phone, look at it, ask for support, and withdraw it."""
    page = visit.window(phone=True)
    for name, path in (("start", "/"), ("limits", "/limits/"), ("help", "/help/"), ("enter", "/case/")):
        page.goto(path)
        visit.look(page, name)
    page.goto("/ask/adult/")
    page.locator("summary").first.click()
    visit.look(page, "where")
    press(page, "Continue")
    visit.look(page, "files, none yet")
    page.locator("#chosen").set_input_files(
        [_file("IMG_0001.jpg", picture(8801), "image/jpeg"), _file("clip.mp4", b"made up" * 90, "video/mp4"),
         _file("letter.pdf", b"%PDF", "application/pdf")]
    )  # fmt: skip
    page.locator("#made li.is-done").nth(1).wait_for()
    visit.look(page, "files")
    press(page, "Continue")
    visit.look(page, "confirm")
    press(page, "Send the hashes")
    visit.look(page, "confirm with a fault")
    page.get_by_label("I ask for a child").check()
    press(page, "Send the hashes")
    visit.look(page, "done")
    _without_scripts(visit)
    _look_at_case(visit, page, page.locator("[data-case]").inner_text(), page.locator("[data-pin]").inner_text())


def _file(name: str, content: bytes, kind: str) -> Any:
    return {"name": name, "mimeType": kind, "buffer": content}


def _without_scripts(visit: Visit) -> None:
    page = visit.window(phone=True)
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/ask/then/")
    press(page, "Continue")
    page.evaluate("document.getElementById('cannot').hidden = false")
    visit.look(page, "files, in a browser that cannot")


def _look_at_case(visit: Visit, page: Page, number: str, pin: str) -> None:
    page.goto("/case/")
    for given, name in (("1234 5678 9012", "enter with a wrong number"), (number, "status")):
        page.get_by_label("Case number").fill(given)
        page.get_by_label("PIN").fill(pin)
        press(page, "Show my case")
        visit.look(page, name)
    press(page, "Ask for support")
    visit.look(page, "support")
    press(page, "Ask them")
    visit.look(page, "support with a fault")
    page.get_by_role("radio").first.check()
    page.get_by_label("How can they reach you?").fill("fox@example.com")
    page.get_by_label("I agree that you give").check()
    press(page, "Ask them")
    visit.look(page, "status with support")
    press(page, "Name somebody you trust")
    visit.look(page, "trusted")
    press(page, "Back to my case")
    press(page, "Withdraw this case")
    visit.look(page, "withdraw")
    press(page, "Yes, withdraw it")
    visit.look(page, "status, withdrawn")
    page.locator("input[name=ticket]").first.evaluate("(one) => { one.value = 'spoiled'; }")
    page.locator("form button").first.click()
    visit.look(page, "enter again, the page was open too long")


def open_figures(visit: Visit) -> None:
    """This function will walk through the open figures, and at a desk print nothing."""
    page = visit.window()
    visit.walk(page, "anybody")
    number = re.search(r"/snapshots/(\d+)/", page.content())
    page.goto(f"/snapshots/{number[1] if number else 1}/")
    for found in page.locator("main details summary").all():
        found.click()
    visit.look(page, "snapshot with everything unfolded")

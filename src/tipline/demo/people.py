"""The people of the story, each at their own door: what they open, fill in and press."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from tipline.demo.accounts import PASSWORD
from tipline.demo.visitor import Lost, Page, Visitor
from tipline.platform import clock
from tipline.platform.accounts.totp import code_of, current_code, step_of
from tipline.simulation.story import ParentCall, SeizedList, TeenForm

PATIENCE_SECONDS = 30.0


def sign_in(address: str, username: str, secret: str) -> Visitor:
    """This function will log an account in, with password and code, and return its visitor."""
    visitor = Visitor(address)
    page = visitor.open("/account/login/")
    page = visitor.press(page, "Continue", {"login": username, "password": PASSWORD})
    answer = visitor.press(page, "Log in", {"code": current_code(secret, clock.now())})
    if answer.url == page.url:
        # A code works once, and this account was here in the same half minute: the next code is good already.
        visitor.press(answer, "Log in", {"code": code_of(secret, step_of(clock.now()) + 1)})
    return visitor


class Analyst:
    """Judges reports at the desk."""

    def __init__(self, address: str, secret: str) -> None:
        self._visitor = sign_in(address, "analyst", secret)

    def look(self, number: int) -> Page:
        """This function will open a report's page."""
        return self._visitor.open(f"/reports/{number}/")

    def refer(self, number: int) -> None:
        """This function will look at a report and refer it to the agencies that the desk proposes."""
        self.look(number)
        page = self._visitor.open(f"/reports/{number}/act/refer/")
        self._visitor.press(
            page, "Refer it", {"reason": "suspect_identifiable", "note": "Same handle in three reports."}
        )


class CallTaker:
    """Writes a call down at the telephone desk."""

    def __init__(self, address: str, secret: str) -> None:
        self._visitor = sign_in(address, "calltaker", secret)

    def write_down(self, call: ParentCall) -> None:
        """This function will write a mother's call on the sheet and finish it."""
        calls = self._visitor.open("/hotline/")
        sheet = next((url for words, url in calls.links() if words.startswith("New call")), None)
        if sheet is None:
            raise Lost("the telephone desk offers no new call")
        told: dict[str, str | list[str]] = {
            "danger": "no",
            "reporter_is": "parent",
            "words": call.words,
            "harms": ["pictures_threat", "pictures_wanted"],
            "incidents": ["enticement"],
            "ongoing": "today",
            "handles": call.handle,
            "app": call.app,
            "emails": call.suspect_email,
            "child_age": str(call.child_age),
            "child_city": call.city,
            "child_state": call.state,
            "child_zip": call.zip_code,
            "caller_name": call.caller_name,
            "caller_phone": call.caller_phone,
        }
        done = self._visitor.press(self._visitor.open(sheet), "Finish the report", told)
        if "The report has its number" not in done.text():
            raise Lost("the call got no number")


class Teen:
    """Tells through the web form, keeps the code, comes back with it."""

    def __init__(self, address: str) -> None:
        self._visitor = Visitor(address)
        self._code = ""

    def tell(self, told: TeenForm, *, harms: Sequence[str], ongoing: str) -> None:
        """This function will walk through the steps of the form and keep the receipt code."""
        steps: tuple[dict[str, str | list[str]], ...] = (
            {"danger": "no"},
            {"harms": list(harms), "incidents": ["enticement"]},
            {"handle": told.handle, "app": told.app},
            {"words": told.words, "ongoing": ongoing},
            {"age": str(told.age), "city": told.city, "state": told.state},
            {},
        )
        page = self._visitor.open("/tell/me/")
        for fields in steps:
            page = self._visitor.press(page, "Continue", fields)
        page = self._visitor.press(page, "Send it")
        found = page.tree.xpath("//*[@data-copy-text]/@data-copy-text")
        if not found:
            raise Lost("the web form gave no receipt code")
        self._code = str(found[0])

    def come_back(self) -> str:
        """This function will return the sentence that the receipt page shows."""
        page = self._visitor.press(self._visitor.open("/back/"), "Show my report", {"code": self._code})
        return " ".join(page.tree.xpath("string(//*[contains(@class, 'status-line')])").split())


class Officer:
    """Works on a case in the portal."""

    def __init__(self, address: str, secret: str) -> None:
        self._visitor = sign_in(address, "officer-florida", secret)

    def download(self, number: int) -> int:
        """This function will find the report in the inbox, download its package and return its size in bytes."""
        wanted = re.compile(f"/reports/{number}/$")
        found = [url for _, url in self._visitor.open("/").links() if wanted.search(url)]
        if not found:
            raise Lost("the report is not in the officer's inbox")
        page = self._visitor.open(found[0])
        package = next(url for words, url in page.links() if words.startswith("Download the package"))
        return len(self._visitor.fetch(package))

    def hand_in(self, number: int, seized: SeizedList) -> None:
        """This function will hand in a seized contact list."""
        page = self._visitor.open(f"/reports/{number}/")
        self._visitor.press(page, "Hand in the list", {"rows": "\n".join(seized.rows)})

    def record_arrest(self, number: int, *, further_victims: int, linked: int) -> None:
        """This function will record an arrest, for the linked reports too, and how many more must be found."""
        answer = {
            "case_status": "arrest",
            "child_identified": "true",
            "further_victims": str(further_victims),
            "useful": "yes",
            "also_linked": "on",
        }
        self._visitor.press(self._with_links(number, linked), "Record the outcome", answer)

    @staticmethod
    def _named(page: Page) -> int:
        return sum(bool(re.search(r"/reports/\d+/$", url)) for _, url in page.links())

    def _with_links(self, number: int, linked: int) -> Page:
        # The supplement that names the linked reports comes some seconds after the hand-over.
        deadline = time.monotonic() + PATIENCE_SECONDS
        page = self._visitor.open(f"/reports/{number}/")
        while self._named(page) < linked and time.monotonic() < deadline:
            time.sleep(0.5)
            page = self._visitor.open(f"/reports/{number}/")
        return page

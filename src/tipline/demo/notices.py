"""Notices, told through the doors: one page is disputed, upheld and taken down; others wait, are held, or are new."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.policy import default

from tipline.demo.people import sign_in
from tipline.demo.visitor import Lost, Page, Visitor
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts.queries import load_totp_secret
from tipline.platform.processes.addresses import Addresses
from tipline.reference.directory import queries as directory
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry
from tipline.reference.partners.service import NewContact, NewPartner
from tipline.simulation import story

BY = system("demo")
USERNAME = "analyst-notices"
MEDIA = "https://media.example-chat.example/p"
PHOTOS = "https://photos.example/p"
PATIENCE_SECONDS = 60.0
FOUND = {
    "classification": "A2",
    "media_type": "image",
    "detection_method": "hash_match",
    "how": "The caller's description, and a digest that people judged before. Made up for the demo.",
}


def play(where: Addresses, say: Callable[[str], None]) -> None:
    """This function will tell the chapter; it reports each step in words."""
    now = clock.now()
    _register(now)
    desk = sign_in(where.desk, USERNAME, load_totp_secret(USERNAME) or "")
    page = _verified(desk, f"{MEDIA}/1001")
    page, link = _sent(desk, page)
    company = Visitor(where.esp_web)
    review = company.open(link)
    say("  a page on Example Chat was verified and noticed; the company disputes it by the link in the mail")
    company.press(review, "Send the dispute", {"reason": "other", "note": "Our reviewer saw only a landscape."})
    page = _await(desk, page, "Disputed, waits for a decision")
    page = desk.press(page, "Uphold the notice", {"note": "The picture behind the preview was looked at again."})
    company.press(company.open(link), "We took it down", {"account_suspended": "true"})
    page = _await(desk, page, "Removed, waits for confirmation")
    desk.press(page, "Record the check", {"seen": "GONE"})
    say("  upheld by a person, taken down by the company, looked at again, closed; its hours are counted")
    _sent(desk, _verified(desk, f"{MEDIA}/1002"))
    _held(desk)
    _entered(desk, f"{PHOTOS}/2002")
    say("  three more pages: one noticed and open, one held back for the police, one new")
    desk.close()
    company.close()


def _register(now: datetime) -> None:
    """The company is a partner with somebody who reads notices; its own domain makes the proposal a sure one."""
    esp = directory.find_esp_by_name(story.COMPANY)
    if esp is None or partners.find_partner_of_esp(esp.id) is not None:
        return
    new = NewPartner(story.COMPANY, "COMPANY", "US", esp.id)
    partner_id = registry.create_partner(new=new, by=BY, now=now)
    contact = NewContact("NOTICES", "Trust and safety", "trust@example-chat.example")
    registry.add_contact(partner_id=partner_id, new=contact, by=BY, now=now)


def _entered(desk: Visitor, url: str) -> Page:
    return desk.press(desk.open("/notices/new/"), "Enter it", {"url": url, "source": "PUBLIC"})


def _verified(desk: Visitor, url: str) -> Page:
    return desk.press(_entered(desk, url), "It is verified", FOUND)


def _sent(desk: Visitor, page: Page) -> tuple[Page, str]:
    """No mail server is set in the demo: the mail is downloaded and the sending recorded, as a person would."""
    chosen = page.tree.xpath("//input[@name='recipient']/@value")
    if not chosen:
        raise Lost("nobody is proposed for the page")
    page = desk.press(page, "Write the notice", {"recipient": str(chosen[0])})
    mail = next((url for words, url in page.links() if words.startswith("Download the mail")), None)
    if mail is None:
        raise Lost("the notice has no mail to download")
    message = message_from_bytes(desk.fetch(mail), policy=default)
    body = message.get_body(("plain",))
    found = re.search(r"/n/[\w-]+", str(body.get_content()) if body else "")
    if found is None:
        raise Lost("the mail has no link")
    return desk.press(page, "It was sent", {}), found.group(0)


def _held(desk: Visitor) -> None:
    page = _verified(desk, f"{PHOTOS}/2001")
    page = desk.press(page, "Add", {"kind": "HOST", "name": "Example Hosting", "email": "abuse@hosting.example"})
    asked = {"agency": "Example Police", "why": "A search is planned", "until": "2099-01-01T00:00"}
    desk.press(page, "Hold it", asked)


def _await(desk: Visitor, page: Page, words: str) -> Page:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page = desk.open(page.url)
        if words.lower() in page.text().lower():
            return page
        time.sleep(0.5)
    raise Lost(f"the case did not become {words!r}; look at the worker's log")

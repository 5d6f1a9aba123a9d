"""The chapter of the survivors: somebody hashes a smaller copy of a made-up picture; then a report brings it."""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from tipline.demo.visitor import Lost, Page, Visitor
from tipline.domain.actor import system
from tipline.media import decode, pdq
from tipline.platform import clock
from tipline.platform.processes.addresses import Addresses
from tipline.programs.survivors.rules import Hashed, write_hashes
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry
from tipline.simulation.pictures import picture

Say = Callable[[str], None]
ORGANISATION = "Harbour Support"
PICTURE = 12  # the company's earlier report carries it too: of that nobody is told here
PIN = "580213"
PATIENCE_SECONDS = 60.0


def play(where: Addresses, send_copy: Callable[[], None], say: Say) -> None:
    """This function will make a case through the survivors' pages, have its picture come in, and ask for support."""
    _sign_support()
    visitor = Visitor(where.survivors)
    number = _make_case(visitor)
    send_copy()
    page = _await_found(visitor, number)
    organisation = str(page.tree.xpath("string(//input[@name='partner']/@value)"))
    asked = {"partner": organisation, "name": "Fox", "contact": "fox@example.com", "wants_news": "on", "agree": "on"}
    visitor.press(page, "Ask them", asked)
    visitor.close()
    say("  a survivor hashed a picture on the device; then a company reports a copy: the case page says “Found 1 time”")
    say(f"  survivors' case of the demo: {number}, PIN {PIN}")


def _sign_support() -> None:
    now, by = clock.now(), system("demo")
    if partners.find_partners_with("SUPPORT", on=now.date()):
        return
    one = registry.create_partner(new=registry.NewPartner(ORGANISATION, "SUPPORT", "US"), by=by, now=now)
    contact = registry.NewContact("SUPPORT", "Jo Example", "support@example.org", "202-555-0142")
    registry.add_contact(partner_id=one, new=contact, by=by, now=now)
    signed = registry.NewAgreement("SUPPORT", "Support 2026-1", now.date())
    registry.sign_agreement(partner_id=one, new=signed, by=by, now=now)


def _hashed() -> Hashed:
    """What the device makes of a smaller copy: other bytes, the same look."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(PICTURE))).resize((480, 360), Image.Resampling.LANCZOS).save(out, "JPEG", quality=70)
    content = out.getvalue()
    look = pdq.pdq(np.asarray(decode.to_grey(Image.open(io.BytesIO(content)))))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Hashed("image", md5, hashlib.sha256(content).hexdigest(), look.hex, look.quality)


def _make_case(visitor: Visitor) -> str:
    page = visitor.press(visitor.open("/ask/me/"), "Continue", {"known_where": "unsure"})
    page = visitor.press(page, "Continue", {"hashes": write_hashes([_hashed()])})
    page = visitor.press(page, "Send the hashes", {"agree": "on", "pin": PIN})
    found = re.search(r"Case number\s*(\d{4} \d{4} \d{4})", page.text())
    if found is None:
        raise Lost("/ask/me/ gave no case number")
    return found[1]


def _await_found(visitor: Visitor, number: str) -> Page:
    """Look at the case until the worker has compared the report that came since; then open the page of support."""
    page = visitor.press(visitor.open("/case/"), "Show my case", {"number": number, "pin": PIN})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Found 1" not in page.text():
        if time.monotonic() > deadline:
            raise Lost("/case/ does not say that the picture was found; look at the worker's log")
        time.sleep(0.5)
        page = visitor.press(page, "Look again")
    return visitor.press(page, "Ask for support")

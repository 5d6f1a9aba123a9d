"""A small world for survivors: the lists, a support organisation, made-up hashes, and a walk through the pages."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client

from tipline.domain.actor import Actor, ActorKind, system
from tipline.programs.survivors import service
from tipline.programs.survivors.rules import Hashed
from tipline.reference.hashlists import service as hashlists
from tipline.reference.partners import service as registry

BY = system("test")
SOMEBODY = Actor(ActorKind.PUBLIC, "reporter", origin="192.0.2.7")


def seed(now: datetime) -> int:
    """This function will enter the lists and one support organisation, and return its number."""
    hashlists.ensure_lists(now=now)
    partner = registry.create_partner(new=registry.NewPartner("Harbour Support", "SUPPORT"), by=BY, now=now)
    signed = registry.NewAgreement("SUPPORT", "HS-1", now.date())
    registry.sign_agreement(partner_id=partner, new=signed, by=BY, now=now)
    return partner


def hashed(seed: int, media: str = "image") -> Hashed:
    """This function will make up the hashes of a file."""
    text = f"pattern {seed}".encode()
    look = hashlib.sha256(b"look" + text).hexdigest() if media == "image" else ""
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()
    return Hashed(media, md5, hashlib.sha256(text).hexdigest(), look, 100 if look else 0)


def a_case(now: datetime, *seeds: int, pin: str = "") -> service.Opened:
    """This function will open a case with made-up pictures."""
    new = service.NewCase("me", tuple(hashed(one) for one in seeds or (1,)), pin=pin)
    return service.open_case(new=new, by=SOMEBODY, now=now)


def as_sent(*hashes: Hashed) -> str:
    """Hashes as the device writes them into the form."""
    return json.dumps([{n: getattr(one, n) for n in ("media", "md5", "sha256", "pdq", "quality")} for one in hashes])


class Walk:
    """Somebody at the survivors' pages, over the test client; the device's part is played by the caller."""

    def __init__(self, whom: str = "me", origin: str = "192.0.2.9") -> None:
        self.client, self.whom = Client(REMOTE_ADDR=origin), whom
        self.answer: Any = self.client.get(f"/ask/{whom}/")

    @property
    def page(self) -> str:
        """The present page."""
        return str(self.answer.content.decode())

    def hidden(self, name: str) -> str:
        """A hidden field of the present page."""
        found = re.search(f'name="{name}" value="([^"]*)"', self.page)
        assert found, self.page
        return unescape(found[1])

    def give(self, go: str = "next", **fields: object) -> str:
        """Answers the present step."""
        known = {"draft": self.hidden("draft"), "step": self.hidden("step"), "go": go}
        self.answer = self.client.post(f"/ask/{self.whom}/", known | fields)
        return self.page

    def to_the_end(self, *hashes: Hashed, pin: str = "", **where: object) -> tuple[str, str]:
        """Walks to the case number and the PIN."""
        self.give(**where)
        return self.to_the_end_from_files(*hashes, pin=pin)

    def to_the_end_from_files(self, *hashes: Hashed, pin: str = "") -> tuple[str, str]:
        """Walks on from the page that asks for the files."""
        self.give(hashes=as_sent(*hashes))
        self.give(agree="on", pin=pin)
        return self.shown()

    def shown(self) -> tuple[str, str]:
        """Case number and PIN of the last page."""
        found = re.search(r'data-copy-text="([\d ]+) / ([\d ]+)"', self.page)
        assert found, self.page
        return found[1], found[2].replace(" ", "")

    def enter(self, number: str, pin: str) -> str:
        """Comes back with number and PIN."""
        self.answer = self.client.post("/case/", {"number": number, "pin": pin})
        return self.page

    def act(self, path: str, go: str, **fields: object) -> str:
        """Presses a button of the case's page."""
        self.answer = self.client.post(f"/case/{path}/", {"ticket": self.hidden("ticket"), "go": go} | fields)
        return self.page

"""The chapter of the hash lists: a supervisor proposes a made-up picture, three analysts judge it blind and agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from tipline.demo.people import sign_in
from tipline.demo.visitor import Lost, Visitor
from tipline.domain.report import Identifier, IdentifierKind, PersonRole, Source
from tipline.platform.accounts.queries import load_totp_secret
from tipline.platform.processes.addresses import Addresses
from tipline.reports import queries as reports
from tipline.reports import sightings
from tipline.simulation import story

Say = Callable[[str], None]
PROPOSER = "supervisor"
JUDGES = ("analyst-two", "analyst-three", "analyst-four")
VERDICT = "B2"


def play(where: Addresses, say: Say) -> None:
    """This function will bring one picture of the story onto the industry's list, through the desk's pages."""
    _propose(_signed_in(where, PROPOSER), _number_of_company())
    for name in JUDGES:
        _judge(_signed_in(where, name))
    say("  three analysts looked at a made-up picture, blind to each other, and agreed: it is on the industry's list")


def _signed_in(where: Addresses, username: str) -> Visitor:
    secret = load_totp_secret(username)
    if secret is None:
        raise Lost(f"{username} has no authenticator")
    return sign_in(where.desk, username, secret)


def _number_of_company() -> int:
    handle = Identifier(IdentifierKind.HANDLE, PersonRole.SUSPECT, story.HANDLE, story.HANDLE)
    found = {sighting.number for sighting in sightings.find_sightings(handle, besides=0)}
    numbers = [number for number in sorted(found) if reports.require_head(number).source is Source.ESP_API]
    if not numbers:
        raise Lost("the company's report of the story is not there")
    return numbers[0]


def _propose(visitor: Visitor, number: int) -> None:
    links = visitor.open(f"/reports/{number}/").links()
    file = next((url for _, url in links if re.search(r"/files/[^/]+/$", url)), None)
    if file is None:
        raise Lost("the report's page names no file")
    page = visitor.press(visitor.open(file), "Propose", {"list": "industry"})
    if "waits for judgement" not in page.text():
        raise Lost("the file was not proposed")
    visitor.close()


def _judge(visitor: Visitor) -> None:
    links = visitor.open("/review/").links()
    proposal = next((url for words, url in links if words.startswith("Picture")), None)
    if proposal is None:
        raise Lost("nothing waits for the reviewer")
    page = visitor.press(visitor.open(proposal), "Show it in grey")
    for picture in page.tree.xpath("//img/@src"):
        visitor.fetch(urljoin(page.url, picture))
    visitor.press(page, "Keep my judgement", {"verdict": VERDICT})
    visitor.close()

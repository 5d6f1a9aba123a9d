"""A chapter of the demo: a hotline lists made-up patterns, and a platform with an agreement fetches the list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import httpx
from lxml import etree

from tipline.demo.accounts import BY
from tipline.demo.visitor import Lost
from tipline.platform import clock
from tipline.platform.processes.addresses import Addresses
from tipline.reference.hashlists import canaries
from tipline.reference.hashlists import service as hashlists
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry
from tipline.simulation.pictures import picture

PLATFORM, HOTLINE, LIST = "Example Photos", "Example Hotline", "industry"
PATTERNS = range(901, 907)
TIMEOUT_SECONDS = 60.0
_NS = "{https://hashsharing.ncmec.org/hashsharing/v2}"
_VOTE = b'<feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><affirmative/></feedbackSubmission>'


def play(where: Addresses, say: Callable[[str], None]) -> None:
    """This function will tell how a list is shared, through the door of partners' programs."""
    now = clock.now()
    hotline = _partner(HOTLINE, "HOTLINE", now)
    _list_patterns(hotline, now)
    login = _log_in_of(_partner(PLATFORM, "COMPANY", now), now)
    with httpx.Client(base_url=f"{where.hash_sharing}/hashsharing", auth=login, timeout=TIMEOUT_SECONDS) as client:
        who = _tree(client.get("/v2/status")).findtext(f"{_NS}member")
        found = _fetch(client)
        path = f"/v2/entries/{hotline}/pattern-{PATTERNS[0]}/MD5/feedback"
        client.put(path, content=_VOTE, headers={"Content-Type": "application/xml; charset=utf-8"}).raise_for_status()
    say(f"  {who}, a platform with an agreement, fetched {found} entries of the hash list and voted for one")


def _partner(name: str, kind: str, now: datetime) -> int:
    known = next((one.id for one in partners.list_partners(on=now.date()) if one.name == name), 0)
    return known or registry.create_partner(new=registry.NewPartner(name=name, kind=kind), by=BY, now=now)


def _list_patterns(hotline: int, now: datetime) -> None:
    new = []
    for number in PATTERNS:
        raw = picture(number)
        digests = {kind: hashlib.new(kind, raw, usedforsecurity=False).hexdigest() for kind in ("md5", "sha1")}
        prints = tuple(Print(kind.upper(), value) for kind, value in digests.items())
        mark = f"pattern-{number}"
        new.append(NewEntry(LIST, hotline, "image", prints, "B2", entry_id=mark, source="partner"))
    hashlists.propose_many(new=new, by=BY, now=now)


def _log_in_of(platform: int, now: datetime) -> tuple[str, str]:
    agreement = registry.NewAgreement("HASH_SHARING", "Made-up agreement 1", now.date())
    registry.sign_agreement(partner_id=platform, new=agreement, by=BY, now=now)
    new = registry.NewCredential("HASH_SHARING", LIST, f"example-photos-{now:%Y%m%d%H%M%S}")
    issued = registry.issue_credential(partner_id=platform, new=new, by=BY, now=now)
    canaries.plant(list_slug=LIST, partner_id=platform, by=BY, now=now)
    return issued.username, issued.secret


def _fetch(client: httpx.Client) -> int:
    found, following = 0, "/v2/entries?from=1970-01-01T00:00:00Z"
    while following:
        page = _tree(client.get(following))
        found += len(page.findall(f".//{_NS}id"))
        following = page.findtext(f"{_NS}paging/{_NS}next") or ""
    return found


def _tree(answer: httpx.Response) -> etree._Element:
    if answer.status_code != httpx.codes.OK:
        raise Lost(f"{answer.request.url.path} answered {answer.status_code}")
    return etree.fromstring(answer.content)

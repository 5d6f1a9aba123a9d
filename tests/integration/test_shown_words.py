"""No page shows people a machine's word: the pages of desk, portal and company are walked, link by link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client, override_settings
from tests.integration import identification_world, referral_world
from tests.integration.desk_world import PASSWORD, SECRET, log_in
from tests.integration.kept_files import empty_store
from tests.integration.referral_world import FLORIDA, World

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.states import Disposition
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.programs.identification import reading
from tipline.programs.identification import service as identification
from tipline.reference.hashlists.values import Print
from tipline.stages.feedback import service as feedback
from tipline.stages.feedback.rules import OutcomeAnswer
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import service as referral
from tipline.stages.triage import service as triage

pytestmark = pytest.mark.django_db
ANALYST = referral_world.ANALYST
OFFICER = Actor(ActorKind.USER, "officer-florida", role="OFFICER", agency=FLORIDA)
EXAMINER = Actor(ActorKind.USER, "examiner-florida", role="EXAMINER", agency=FLORIDA)
# A code of ours: words tied by underscores, the id of an agency, an actor as the record writes it.
CODE = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z]+)+\b|\bicac-\w+|\b(?:user|system|esp|partner|public):\w+|\breferral \d+")
# What people sent in is shown as they wrote it, and so is the document itself.
SENT = re.compile(r"\b(?:desert_star|nightowl|owl|harbor)_\w+")
_AS_SENT = frozenset({"tree", "tree__name", "mono", "digest"})
_VOID = frozenset({"input", "br", "meta", "link", "img", "hr", "rect"})
MOST_PAGES = 50


class Shown(HTMLParser):
    """The text of a page that people see, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])
        skips = tag in {"script", "style"} or bool(_AS_SENT & set(given.get("class", "").split()))
        if tag not in _VOID and (self._unseen or skips):
            self._unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag not in _VOID:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.words.append(data.strip())


def codes_in(text: str) -> list[str]:
    return CODE.findall(SENT.sub("", text))


def walk(client: Client, start: str) -> tuple[dict[str, list[str]], set[str]]:
    """Follows every link of a door; gives the pages that show codes, and every page that was seen."""
    waiting, seen, found = [start], set(), {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        shape = re.sub(r"/\d+/", "/N/", path.partition("?")[0])
        if shape in seen or path.startswith("/account/"):
            continue
        seen.add(shape)
        answer = client.get(path, follow=True)
        if answer.streaming:
            list(answer.streaming_content)  # a download: read to its end, which closes what lies under it
        if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        page = Shown()
        page.feed(answer.content.decode())
        if codes := codes_in(" | ".join(page.words)):
            found[path] = codes
        waiting += page.links
    return found, seen


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    return fixed_now


@pytest.fixture
def world(now: datetime) -> Iterator[World]:
    """A report that was referred, fetched and answered; one escalated, decided and undone; a seized collection."""
    found = referral_world.referred(now)
    _hand_on(found, now)
    early = referral_world.queued(now, handle="owl_of_night")
    pipeline.escalate(report_id=early.id, why="They meet tonight", by=ANALYST, now=now)
    pipeline.news(early.id, ["escalated"])
    judgement = triage.Judgement(Disposition.INFORMATIONAL, "too_thin")
    triage.decide_report(report_id=early.id, judgement=judgement, by=ANALYST, now=now)
    triage.undo_decision(report_id=early.id, by=ANALYST, now=now, why="Pressed the wrong key")
    _seize(now)
    yield found
    empty_store()


def _hand_on(found: World, now: datetime) -> None:
    line = referrals.find_referral(agency=FLORIDA, number=found.number)
    assert line is not None
    list(referral.stream_package(referral_id=line.id, by=OFFICER, now=now).chunks)
    outcome_id = feedback.record_outcome(referral=line.ref, answer=OutcomeAnswer("arrest"), by=OFFICER, now=now)
    feedback.take_outcome(outcome_id=outcome_id, now=now)


def _seize(now: datetime) -> None:
    identification_world.known_series(now, Print("MD5", identification_world.md5(1)))
    sealed = identification_world.seal(identification_world.vics([identification_world.media(n) for n in (1, 2)]))
    kept = identification.hand_in(new=identification_world.CASE, file=sealed, by=EXAMINER, now=now)
    reading.read_collection(collection_id=kept, clock=lambda: now)


def someone(role: Role, name: str, now: datetime, **more: Any) -> Client:
    new = accounts.NewUser(name, "Robin Example", role, PASSWORD, totp_secret=SECRET, **more)
    accounts.create_user(new=new, by=system("test"), now=now)
    client = Client()
    log_in(client, name, now)
    return client


DOORS: tuple[tuple[str, Role, dict[str, Any], str], ...] = (
    ("desk", Role.SUPERVISOR, {}, "/lists/new/"),
    ("portal", Role.OFFICER, {"agency_id": FLORIDA}, "/"),
    ("portal", Role.EXAMINER, {"agency_id": FLORIDA}, "/"),
    ("esp_web", Role.ESP_USER, {"esp_id": 5}, "/"),
)


def test_no_page_shows_a_machines_word(world: World, now: datetime) -> None:
    for number, (door, role, more, start) in enumerate(DOORS):
        with override_settings(ROOT_URLCONF=f"tipline.interfaces.{door}.urls"):
            found, seen = walk(someone(role, f"reader-{number}", now, **more), start)
        assert not found, door
        assert len(seen) > 2, f"the walk through {door} went nowhere"


@pytest.mark.parametrize(
    "shown", ["viewed_by_esp", "Officer · icac-fl-north", "by user:analyst-1", "system:routing", "referral 3"]
)
def test_the_pattern_knows_a_code_when_it_sees_one(shown: str) -> None:
    assert codes_in(shown)


def test_an_early_referral_is_told_of_at_the_desk_and_at_the_agency(world: World, now: datetime) -> None:
    with override_settings(ROOT_URLCONF="tipline.interfaces.desk.urls"):
        analyst = someone(Role.ANALYST, "analyst-9", now)
        (item,) = analyst.get("/lists/new/").context["list"].items
        page = _text(analyst.get(item.url))
    journal = page[page.index("Journal,") :]
    for words in (
        "Escalated: They meet tonight analyst-1",
        "Decided: informational: Too little was said to act on analyst-1",
        "Decision taken back (informational): Pressed the wrong key analyst-1",
    ):
        assert words in journal, words
    assert "has it, not opened yet" in page
    assert "As things stand" not in page, "who has it already is not said to get it later"
    with override_settings(ROOT_URLCONF="tipline.interfaces.portal.urls"):
        officer = someone(Role.OFFICER, "officer-florida", now, agency_id=FLORIDA)
        early = _text(officer.get(f"/reports/{item.number}/"))
    assert "Escalated early because: They meet tonight; no decision yet" in early


def _text(answer: Any) -> str:
    page = Shown()
    page.feed(answer.content.decode())
    return re.sub(r"\s+", " ", " ".join(page.words))

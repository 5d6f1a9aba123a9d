"""The public form, walked without scripts: anonymous by default, nothing lost, a code to come back with."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from tipline.domain.cybertip import reading
from tipline.domain.report import Source
from tipline.domain.vocabulary import INCIDENT_TYPES
from tipline.interfaces.public import brakes
from tipline.reports import queries as reports
from tipline.reports.models import Report, Submission
from tipline.stages.intake.models import ReporterNote

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.public.urls")]


class Walk:
    """Somebody who fills the form, page by page."""

    def __init__(self, about: str = "me") -> None:
        self.client = Client()
        self.about = about
        self.page = self.client.get(f"/tell/{about}/").content.decode()

    def hidden(self, name: str) -> str:
        found = re.search(f'name="{name}" value="([^"]*)"', self.page)
        assert found, self.page
        return unescape(found[1])

    def give(self, go: str = "next", **fields: object) -> str:
        known = {"draft": self.hidden("draft"), "step": self.hidden("step"), "go": go}
        self.answer = self.client.post(f"/tell/{self.about}/", known | fields)
        self.page = self.answer.content.decode()
        return self.page

    def to_the_end(self, **fields: object) -> str:
        for step in range(6):
            mine = {name: value for name, value in fields.items() if name in FIELDS[step]}
            self.give(**mine)
        return self.give(go="send")

    def code(self) -> str:
        found = re.search(r'data-copy-text="([^"]+)"', self.page)
        assert found, self.page
        return found[1]


FIELDS = (
    {"danger"},
    {"harms", "incidents"},
    {"handle", "app", "handle_2", "their_email", "their_phone", "their_name", "link"},
    {"words", "ongoing"},
    {"age", "city", "state", "zip_code", "country", "their_place"},
    {"first_name", "email", "phone", "reporter_is"},
)


def only_report() -> Report:
    return Report.objects.get()


def test_every_page_carries_the_danger_number_and_a_way_out() -> None:
    walk = Walk()
    pages = [Client().get("/").content.decode(), walk.page, *(walk.give() for _ in range(6))]
    pages.append(Client().get("/back/").content.decode())
    for page in pages:
        assert "911" in page
        assert "Leave now" in page


def test_a_teen_tells_and_gets_a_code() -> None:
    walk = Walk()
    page = walk.to_the_end(
        handle="@Harbor_Fox", app="Example Chat", words="He threatens me.", harms=["pictures_threat"]
    )
    assert "We have it" in page
    assert "Do not pay" in page
    assert re.fullmatch(r"[0-9A-Z\s]{20,}", walk.code().replace("\u00a0", " "))
    report = only_report()
    assert report.source == Source.PUBLIC_FORM
    assert {one.value for one in reading.identifiers(reports.load_document(report.id))} >= {"harbor_fox"}


@pytest.mark.parametrize("kind", INCIDENT_TYPES, ids=lambda kind: kind.code)
def test_each_of_the_eight_types_can_be_chosen(kind: object) -> None:
    walk = Walk("child")
    walk.to_the_end(incidents=[kind.code], words="something")  # type: ignore[attr-defined]
    assert only_report().incident_type == kind.wire  # type: ignore[attr-defined]


def test_who_reports_stays_anonymous_unless_told() -> None:
    Walk().to_the_end(words="something")
    submission = Submission.objects.get()
    assert "@" not in str(submission.document.get("reporter", ""))
    assert reports.load_answers(only_report().id).reporter_is == "child"


def test_a_contact_that_is_told_stands_nowhere_in_the_clear() -> None:
    Walk("child").to_the_end(words="something", email="dana@example.com", first_name="Dana")
    row = Submission.objects.get()
    stored = str(row.document) + str(bytes(row.raw_sealed)) + str(bytes(row.reporter_sealed or b""))
    assert "dana@example.com" not in stored
    assert "dana@example.com" in str(reports.load_reporter(only_report().id))


def test_danger_now_interrupts_and_makes_the_report_urgent() -> None:
    walk = Walk()
    assert "Please call 911 now" in walk.give(danger="yes")
    walk.give(go="to-1")
    for step in range(1, 6):
        walk.give(**dict.fromkeys(FIELDS[step] & {"words"}, "He is here."))
    walk.give(go="send")
    assert reports.load_answers(only_report().id).danger_now


def test_a_wrong_answer_is_named_and_nothing_is_lost() -> None:
    walk = Walk()
    walk.give()
    walk.give(harms=["money"])
    page = walk.give(handle="@harbor_fox", their_email="not an address")
    assert walk.answer.status_code == 422
    assert "This is not an e-mail address" in page
    assert "@harbor_fox" in page
    walk.give(handle="@harbor_fox")
    walk.give(words="x")
    walk.give()
    assert "Someone wants money" in walk.give()


def test_an_answer_can_be_changed_from_the_last_page() -> None:
    walk = Walk()
    for _ in range(3):
        walk.give()
    walk.give(words="first words")
    walk.give()
    walk.give()
    assert "first words" in walk.give(go="to-3")
    walk.give(words="better words")
    walk.give()
    walk.give()
    walk.give(go="send")
    assert "better words" in reports.load_document(only_report().id)["additionalInfo"]


def test_an_empty_form_is_not_sent_and_says_what_is_missing() -> None:
    page = Walk().to_the_end()
    assert "Please tell us a little" in page
    assert not Report.objects.exists()


@pytest.mark.parametrize("spoiled", ["x", "gAAAAA" + "A" * 80, "A" * 70_000])
def test_a_changed_draft_is_refused(spoiled: str) -> None:
    answer = Client().post("/tell/me/", {"draft": spoiled, "step": "2", "go": "next"})
    assert answer.status_code == 400
    assert "start again" in answer.content.decode()


def test_the_draft_in_the_page_cannot_be_read() -> None:
    walk = Walk()
    walk.give()
    walk.give()
    walk.give(handle="@harbor_fox")
    assert "harbor_fox" not in walk.hidden("draft")


def test_the_code_leads_back_to_a_plain_status_and_takes_more() -> None:
    walk = Walk()
    walk.to_the_end(words="something")
    code = walk.code().lower().replace(" ", "")
    back = Client()
    page = back.post("/back/", {"code": code}).content.decode()
    assert "We have your report" in page
    page = back.post("/back/add/", {"code": code, "words": "He has a second account."}).content.decode()
    assert "We have added it" in page
    assert ReporterNote.objects.count() == 1
    assert b"second account" not in bytes(ReporterNote.objects.get().words_sealed)


def test_an_unknown_code_and_a_typing_mistake_are_told_apart_without_telling_more() -> None:
    walk = Walk()
    walk.to_the_end(words="something")
    code = walk.code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    page = Client().post("/back/", {"code": wrong}).content.decode()
    assert "typing mistake" in page or "mistake" in page


def test_guessing_codes_is_braked() -> None:
    client = Client()
    answers = [client.post("/back/", {"code": "0000 0000 0000 0000 0"}).content.decode() for _ in range(12)]
    assert "Too many tries" in answers[-1]


def try_codes(addresses: list[str]) -> list[bool]:
    """Whether each of these addresses got an answer to its try."""
    given = {"code": "0000 0000 0000 0000 0"}
    pages = [Client(REMOTE_ADDR=address).post("/back/", given).content.decode() for address in addresses]
    return ["Too many tries" not in page for page in pages]


def test_an_ipv6_line_is_one_caller_and_its_neighbour_another() -> None:
    one_line = [f"2001:db8:0:1::{number:x}" for number in range(12)]
    assert try_codes(one_line) == [True] * brakes.CODE_TRIES + [False] * 2
    assert try_codes(["2001:db8:0:2::1"]) == [True]


def test_a_network_full_of_callers_is_braked_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brakes, "CODE_TRIES_AROUND", 4)
    lines = [f"2001:db8:0:{number:x}::1" for number in range(5)]
    assert try_codes(lines) == [True] * 4 + [False]
    assert try_codes(["2001:db8:1::1", "192.0.2.1"]) == [True, True]


def test_very_many_codes_are_an_alarm_and_close_the_door_to_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(brakes, "CODE_TRIES_OF_ALL", 3)
    assert try_codes([f"192.0.{number}.1" for number in range(6)]) == [True] * 6
    assert [line.name for line in caplog.records].count("tipline.public") == 1


def test_the_brakes_have_room_for_more_than_an_attackers_addresses() -> None:
    try_codes(["192.0.2.1"] * brakes.CODE_TRIES)
    for number in range(2000):  # at the default size of the cache these would push the count out
        cache.set(f"another-{number}", 1)
    assert try_codes(["192.0.2.1"]) == [False]


def send(words: str, address: str) -> Walk:
    walk = Walk()
    walk.client.defaults["REMOTE_ADDR"] = address
    walk.to_the_end(words=words)
    return walk


def test_in_a_rush_a_report_waits_on_its_page_and_those_who_sent_few_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brakes, "REPORTS_OF_ALL", 2)
    monkeypatch.setattr(brakes, "FEW", 1)
    for number in range(3):
        send("flood", f"192.0.{number}.1")
    again = send("my own words", "192.0.0.1")
    assert "Very many reports" in again.page
    assert "my own words" in again.page
    assert send("somebody else", "198.51.100.1").code()
    assert Report.objects.count() == 4
    cache.delete("send:all")  # the rush is over
    again.give(go="send")
    assert again.code()
    assert Report.objects.count() == 5


def test_an_unknown_door_is_not_there() -> None:
    assert Client().get("/tell/somebody/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": "99", "go": "send"},
        {"step": "-1", "go": "next"},
        {"step": "6", "go": "to-99"},
        {"step": "6", "go": "to-x"},
        {"step": "٣", "go": "back"},
        {"step": "0", "danger": ["yes", "no"]},
        {"step": "1", "harms": ["nothing known"], "incidents": ["x"]},
        {"step": "3", "words": "x" * 100_000},
        {"step": "4", "age": "9" * 40, "state": "ZZ"},
        {"step": "3", "words": "\x00\x01<script>alert(1)</script>"},
    ],
    ids=range(11),
)
def test_odd_requests_are_answered_and_never_break_the_form(sent: dict[str, object]) -> None:
    answer = Client().post("/tell/me/", sent)
    assert answer.status_code in {200, 400, 422}
    assert "<script>alert" not in answer.content.decode()
    assert not Report.objects.exists()


def test_a_script_in_every_field_is_only_text() -> None:
    walk = Walk("child")
    bad = "<script>alert(1)</script>"
    fields = {name: bad for names in FIELDS[2:] for name in names if name not in {"their_email", "email", "ongoing"}}
    fields = {
        name: value for name, value in fields.items() if name not in {"age", "state", "reporter_is", "zip_code", "link"}
    }
    for step in range(6):
        assert bad not in walk.give(**{name: value for name, value in fields.items() if name in FIELDS[step]})
    walk.give(go="send")
    assert bad in reports.load_document(only_report().id)["additionalInfo"]

"""The public form, walked without scripts: anonymous by default, nothing lost, a code to come back with."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db import connections
from django.http import HttpResponseBase
from django.test import Client

from tipline.domain.cybertip import reading
from tipline.domain.report import Source
from tipline.domain.vocabulary import INCIDENT_TYPES
from tipline.interfaces.public import brakes
from tipline.interfaces.ui import errors
from tipline.interfaces.ui.words import LEAVE_TO
from tipline.platform.config import settings
from tipline.reports import queries as reports
from tipline.reports.models import Report, Submission
from tipline.stages.intake.models import ReporterNote

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.public.urls")]


class Walk:
    """Somebody who fills the form, page by page, as a browser does."""

    def __init__(self, about: str = "me") -> None:
        self.client = Client()
        self.about = about
        self.open(f"/tell/{about}/")

    def open(self, path: str) -> str:
        return self.show(self.client.get(path, follow=True))

    def show(self, answer: HttpResponseBase) -> str:
        self.answer, self.url = answer, answer.request["PATH_INFO"]  # type: ignore[attr-defined]
        self.page = answer.content.decode()  # type: ignore[attr-defined]
        return self.page

    def give(self, go: str = "next", **fields: object) -> str:
        form = re.search(r'<form class="form" method="post" action="([^"]+)"', self.page)
        assert form, self.page
        sent = {"go": go} | fields
        first = self.client.post(form[1], sent)
        assert first.status_code == 302, first.content
        return self.show(self.client.get(first["Location"], follow=True))

    def at(self, page: str) -> str:
        """The address of another page of the same draft."""
        return "/".join(self.url.split("/")[:4]) + f"/{page}/"

    def to_the_end(self, **fields: object) -> str:
        for number in range(6):
            self.open(self.at(str(number + 1)))
            self.give(**{name: value for name, value in fields.items() if name in FIELDS[number]})
        self.open(self.at("review"))
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
    walk.open(walk.at("4"))
    walk.give(words="He is here.")
    walk.open(walk.at("review"))
    walk.give(go="send")
    assert reports.load_answers(only_report().id).danger_now


def test_a_wrong_answer_is_named_and_nothing_is_lost() -> None:
    walk = Walk()
    walk.give()
    walk.give(harms=["money"])
    page = walk.give(handle="@harbor_fox", their_email="not an address")
    assert walk.url == walk.at("3")
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
    assert walk.at("4") in walk.give()
    assert "first words" in walk.open(walk.at("4"))
    walk.give(words="better words")
    walk.give()
    walk.give()
    walk.give(go="send")
    assert "better words" in reports.load_document(only_report().id)["additionalInfo"]


def test_an_empty_form_is_not_offered_for_sending_and_says_what_is_missing() -> None:
    walk = Walk()
    page = walk.open(walk.at("review"))
    assert "Please tell us a little" in page
    assert "Send it" not in page
    assert "Please tell us a little" in walk.give(go="send")
    assert not Report.objects.exists()


@pytest.mark.parametrize("spoiled", ["x", "gAAAAA" + "A" * 80, "A" * 70_000])
def test_a_changed_draft_is_refused(spoiled: str) -> None:
    walk = Walk()
    walk.client.cookies[f"told_{walk.at('x').split('/')[3]}_00"] = spoiled
    assert "start again" in walk.open(walk.at("review"))
    assert walk.answer.status_code == 400


def test_what_is_written_into_a_page_that_was_open_too_long_is_kept() -> None:
    walk = Walk()
    for _ in range(3):
        walk.give()
    walk.client.cookies.clear()
    page = walk.give(words="He knows my school.")
    assert "What you wrote last is kept" in page
    assert "He knows my school." in walk.open(walk.at("review"))


def test_the_draft_in_the_browser_cannot_be_read_and_no_address_holds_an_answer() -> None:
    walk = Walk()
    walk.give()
    walk.give()
    walk.give(handle="@harbor_fox")
    assert "harbor_fox" not in str(walk.client.cookies)
    assert "harbor_fox" not in walk.url
    assert all(cookie["httponly"] and cookie["samesite"] == "Strict" for cookie in walk.client.cookies.values())


def test_the_longest_words_in_any_script_travel_whole() -> None:
    walk = Walk()
    words = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(8000))
    walk.open(walk.at("4"))
    walk.give(words=words)
    assert max(len(cookie.value) for cookie in walk.client.cookies.values()) < 4000
    walk.open(walk.at("review"))
    walk.give(go="send")
    assert words in reports.load_document(only_report().id)["additionalInfo"]


def test_the_receipt_page_loaded_again_shows_the_same_code_and_files_nothing() -> None:
    walk = Walk()
    walk.to_the_end(words="something")
    code = walk.code()
    walk.open(walk.url)
    assert walk.code() == code
    assert Report.objects.count() == 1
    walk.open(walk.at("1"))
    assert walk.code() == code, "a step of a sent draft leads to its receipt"


def test_a_draft_sent_twice_is_one_report_with_one_code() -> None:
    walk = Walk()
    walk.open(walk.at("4"))
    walk.give(words="something")
    before = {name: cookie.value for name, cookie in walk.client.cookies.items()}
    codes = set()
    for _ in range(3):
        walk.client.cookies = SimpleCookie(before)
        walk.open(walk.at("review"))
        walk.give(go="send")
        codes.add(walk.code())
    assert len(codes) == 1
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_sendings_at_the_same_moment_are_one_report() -> None:
    walk = Walk()
    walk.open(walk.at("4"))
    walk.give(words="something")
    held, address = walk.client.cookies.output(header="", sep=";"), walk.at("review")
    assert held

    def send(_: int) -> str:
        client = Client()
        client.cookies = SimpleCookie({name: cookie.value for name, cookie in walk.client.cookies.items()})
        try:
            client.post(address, {"go": "send"})
            return client.get(address, follow=True).content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(send, range(3)))
    assert Report.objects.count() == 1
    assert len({re.search(r'data-copy-text="([^"]+)"', page)[1] for page in pages}) == 1  # type: ignore[index]


def test_leaving_empties_the_browser_and_back_finds_no_word() -> None:
    walk = Walk()
    for _ in range(3):
        walk.give()
    walk.give(words="He knows my school.")
    step = walk.at("4")
    assert walk.client.get("/tell/leave/")["Location"] == LEAVE_TO
    assert not [name for name, cookie in walk.client.cookies.items() if name.startswith("told") and cookie.value]
    assert "school" not in walk.open(step)


def test_a_receipt_that_was_written_down_is_not_shown_again() -> None:
    walk = Walk()
    walk.to_the_end(words="something")
    receipt = walk.url
    walk.client.post("/tell/leave/", {"go": "home"})
    assert "data-copy-text" not in walk.open(receipt)
    assert "This page is over" in walk.page


def test_thoughts_of_self_harm_interrupt_with_988_and_it_stays_in_sight() -> None:
    walk = Walk()
    walk.give()
    page = walk.give(harms=["self_harm"])
    assert 'href="tel:988"' in page
    assert 'href="sms:988"' in page
    assert "HOME to 741741" in page
    assert 'href="tel:988"' in walk.open(walk.at("review"))
    assert 'href="tel:988"' in walk.give(go="send")


def test_who_is_not_sure_about_danger_sees_the_numbers_too() -> None:
    page = Walk().give(danger="unsure")
    assert 'class="button button--alarm" href="tel:911"' in page
    assert 'href="tel:988"' in page
    assert not reports_now()


def reports_now() -> bool:
    return Report.objects.exists()


def test_a_zip_code_of_four_digits_is_asked_again_and_kept_as_typed() -> None:
    walk = Walk()
    walk.open(walk.at("5"))
    page = walk.give(zip_code="8030", state="NJ")
    assert "A ZIP code has five digits" in page
    assert 'value="8030"' in page
    assert walk.url == walk.at("5")
    assert walk.give(zip_code="08030", state="NJ")
    assert walk.url == walk.at("6")


def test_a_code_abroad_may_have_any_form() -> None:
    walk = Walk()
    walk.open(walk.at("5"))
    walk.give(zip_code="SW1A", country="United Kingdom")
    assert walk.url == walk.at("6")


def test_states_are_told_by_name() -> None:
    walk = Walk()
    assert ">New Jersey</option>" in walk.open(walk.at("5"))


def test_no_two_choices_of_a_step_say_the_same() -> None:
    walk = Walk()
    walk.give()
    labels = [" ".join(re.sub("<[^>]+>", "", one).split()) for one in re.findall("<label.*?</label>", walk.page, re.S)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("path", ["/nothing/", "/tell/nobody/"])
def test_an_error_page_of_the_public_door_keeps_the_number_and_the_way_out(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "settings", lambda: replace(settings(), role="public"))
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "911" in page
    assert "Leave now" in page
    assert "account" not in page


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
        {"step": "1", "go": "back"},
        {"step": "6", "go": "to-99"},
        {"step": "review", "go": "x"},
        {"step": "٣", "go": "back"},
        {"step": "1", "danger": ["yes", "no"]},
        {"step": "2", "harms": ["nothing known"], "incidents": ["x"]},
        {"step": "4", "words": "x" * 100_000},
        {"step": "4", "words": "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(40_000))},
        {"step": "5", "age": "9" * 40, "state": "ZZ"},
        {"step": "4", "words": "\x00\x01<script>alert(1)</script>"},
    ],
    ids=range(12),
)
@pytest.mark.parametrize("has_draft", [True, False])
def test_odd_requests_are_answered_and_never_break_the_form(sent: dict[str, object], has_draft: bool) -> None:
    walk = Walk()
    if not has_draft:
        walk.client.cookies.clear()
    answer = walk.client.post(walk.at(str(sent.get("step", "1"))), sent, follow=True)
    assert answer.status_code in {200, 400, 404}
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
    assert walk.url == walk.at("review")
    walk.give(go="send")
    assert bad in reports.load_document(only_report().id)["additionalInfo"]

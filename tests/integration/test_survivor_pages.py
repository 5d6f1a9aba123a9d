"""The survivors' pages without a browser: one thing per page, number and PIN once, nothing in a cookie."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.test import Client
from tests.conftest import AsRole
from tests.integration.survivors_world import Walk, as_sent, hashed, seed

from tipline.platform import clock
from tipline.programs.survivors import queries
from tipline.programs.survivors.models import Case
from tipline.reference.hashlists.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.survivors.urls")]


@pytest.fixture(autouse=True)
def partner(db: None) -> int:
    return seed(clock.now())


def test_every_page_carries_the_danger_number_and_a_way_out() -> None:
    walk, client = Walk(), Client()
    pages = [client.get(path).content.decode() for path in ("/", "/limits/", "/help/", "/case/", "/ask/adult/")]
    pages += [walk.give(known_where="yes", platforms=["discord"])]
    number, pin = walk.to_the_end_from_files(hashed(1))
    pages += [walk.page, walk.enter(number, pin), walk.act("support", "ask")]
    for page in pages:
        assert "911" in page
        assert "Leave now" in page


def test_a_teen_gets_number_and_pin_and_comes_back_with_them() -> None:
    walk = Walk()
    number, pin = walk.to_the_end(hashed(1), hashed(2), known_where="yes", platforms=["instagram", "whatsapp"])
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", number)
    assert re.fullmatch(r"\d{6}", pin)
    page = walk.enter(number, pin)
    assert "Your case is active" in page
    assert "2 pictures" in page
    assert "Found 0" in page
    row = Case.objects.get()
    assert (row.for_whom, row.known_where, row.platforms) == ("me", "yes", ["instagram", "whatsapp"])
    assert row.last_seen_at


def test_all_of_it_works_under_the_door_s_own_role(as_role: AsRole) -> None:
    with as_role("survivors"):
        walk = Walk("then")
        number, pin = walk.to_the_end(hashed(1), hashed(2, "video"), pin="580213")
        assert pin == "580213"
        assert "1 picture and 1 video" in walk.enter(number, pin)
        assert "Who should support you" in walk.act("support", "ask")
        [organisation] = re.findall(r'name="partner" value="(\d+)"', walk.page)
        page = walk.act("support", "send", partner=organisation, contact="fox@example.com", agree="on")
        assert "Harbour Support" in page
        assert "Taken back" in walk.act("support", "revoke")
        assert "Kept, sealed" in walk.act(
            "trusted", "send", trusted_name="my aunt", trusted_contact="202-555-0117", may_tell="on"
        )
        assert "Withdraw this case?" in walk.act("withdraw", "ask")
        assert "You withdrew this case" in walk.act("withdraw", "withdraw")
        assert "my aunt" not in walk.page


def test_a_stray_session_cookie_does_no_harm(as_role: AsRole) -> None:
    from django.conf import settings

    with as_role("survivors"):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        assert client.get("/").status_code == 200


def test_the_same_page_sent_twice_is_one_case_with_one_number_and_one_pin() -> None:
    walk = Walk()
    walk.give()
    walk.give(hashes=as_sent(hashed(1)))
    page = {"draft": walk.hidden("draft"), "step": walk.hidden("step"), "agree": "on", "go": "next", "pin": ""}
    shown = []
    for _ in range(2):
        walk.answer = walk.client.post("/ask/me/", page)
        shown.append(walk.shown())
    assert shown[0] == shown[1]
    assert Case.objects.count() == 1


def test_hashes_made_before_somebody_went_back_are_kept_and_joined() -> None:
    walk = Walk()
    walk.give()
    walk.give(hashes=as_sent(hashed(1)))
    assert "Hashes of 1 picture are ready from before" in walk.give(go="back")
    assert "<strong>2 pictures</strong> are ready" in walk.give(hashes=as_sent(hashed(1), hashed(2)))
    walk.give(go="back")
    assert "ready from before" not in walk.give(go="drop")


def test_without_hashes_nothing_goes_on() -> None:
    walk = Walk()
    walk.give()
    assert "Choose at least one" in walk.give(hashes="")
    assert walk.answer.status_code == 422
    assert "went wrong on the way" in walk.give(hashes='[{"name": "IMG_0001.jpg"}]')
    assert not Case.objects.exists()


def test_the_promise_is_asked_and_a_weak_pin_is_refused_and_nothing_is_lost() -> None:
    walk = Walk()
    walk.give()
    one = hashed(1)
    walk.give(hashes=json.dumps([{name: getattr(one, name) for name in ("media", "md5", "sha256", "pdq", "quality")}]))
    assert "Please tick this" in walk.give(pin="580213")
    assert "the first that others would try" in walk.give(agree="on", pin="123456")
    assert not Case.objects.exists()
    walk.give(agree="on", pin="580213")
    assert walk.shown()[1] == "580213"


def test_the_answers_of_a_wrong_pin_and_an_unknown_case_are_the_same_page() -> None:
    number, _ = Walk().to_the_end(hashed(1), pin="580213")
    answers = []
    for told in (number, "0000 0000 0000"):
        walk = Walk()
        walk.enter(told, "775533")
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", walk.page).replace(told, "")
        answers.append((walk.answer.status_code, page))
    assert answers[0] == answers[1]
    assert "do not fit together" in answers[0][1]


def test_the_pin_is_in_no_page_after_it_was_shown() -> None:
    walk = Walk()
    number, pin = walk.to_the_end(hashed(1), pin="580213")
    for page in (walk.enter(number, pin), walk.act("support", "ask"), walk.act("status", "")):
        assert pin not in page
    assert not walk.client.cookies.get("tipline_owner")
    walk.enter(number, "580214")
    assert "580214" not in walk.page


def test_a_ticket_ends_and_a_strange_one_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from tipline.interfaces.survivors import case_views

    walk = Walk()
    number, pin = walk.to_the_end(hashed(1))
    walk.enter(number, pin)
    ticket = walk.hidden("ticket")
    monkeypatch.setattr(case_views, "TICKET_SECONDS", -1)
    answer = walk.client.post("/case/withdraw/", {"ticket": ticket, "go": "withdraw"})
    assert answer.status_code == 403
    monkeypatch.undo()
    draft = Walk().hidden("draft")  # sealed for another purpose
    for strange in ("", "x", ticket[:-2], draft):
        answer = walk.client.post("/case/withdraw/", {"ticket": strange, "go": "withdraw"})
        assert answer.status_code == 403
        assert "give number and PIN again" in answer.content.decode()
    assert Entry.objects.get().state == "ACTIVE"


def test_forms_without_their_token_are_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/case/", "/case/withdraw/", "/ask/me/"):
        assert client.post(path, {}).status_code == 403


def test_too_many_tries_are_answered_with_words() -> None:
    number, pin = Walk().to_the_end(hashed(1), pin="580213")
    walk = Walk()
    pages = [walk.enter(number, "775533") for _ in range(6)]
    assert "Too many tries" in pages[-1]
    assert "Too many tries" in walk.enter(number, pin)


def test_the_page_that_holds_the_files_may_reach_no_address() -> None:
    answer = Client().get("/ask/me/")
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'none'" in policy
    assert "form-action 'self'" in policy
    walk = Walk()
    page = walk.give()
    [chooser] = re.findall(r'<input[^>]*type="file"[^>]*>', page)
    assert " name=" not in chooser
    assert page.index("</form>", page.index('id="hashes-form"')) > page.index('id="hashes-form"') > page.index(chooser)
    assert "multipart" not in page


def test_without_scripts_the_page_says_what_else_one_can_do() -> None:
    page = Walk().give()
    said = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert said
    assert "cannot make the hash" in said[1]
    assert "/help/" in said[1]


def test_who_wants_to_know_is_seen_by_the_desk_only_with_consent(fixed_now: datetime) -> None:
    Walk().to_the_end(hashed(1))
    assert queries.list_hand_overs() == ()

"""The pages of notices: the desk's and the company's, each under its own database role, without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.integration import notice_world as world
from tests.integration.desk_world import PASSWORD, SECRET, log_in, make_person
from tests.integration.notice_world import ANALYST, URL

from tipline.domain.actor import system
from tipline.domain.report import Source
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.programs.notices import service
from tipline.programs.notices.models import Answer, Case, Notice
from tipline.programs.notices.rules.moves import LINK_LIVES
from tipline.programs.notices.sending import Recipient
from tipline.programs.notices.values import NewAnswer, PoliceHold
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reference.partners import service as partners
from tipline.reference.partners.service import NewContact as PartnerContact
from tipline.reference.partners.service import NewPartner
from tipline.reports import service as record
from tipline.reports.values import Opening

pytestmark = pytest.mark.django_db
at_desk = pytest.mark.urls("tipline.interfaces.desk.urls")
at_company = pytest.mark.urls("tipline.interfaces.esp_web.urls")
BY = system("test")
HOUR = timedelta(hours=1)
AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)


@pytest.fixture
def desk(fixed_now: datetime) -> Client:
    client = Client()
    log_in(client, make_person("analyst-1", Role.ANALYST, fixed_now), fixed_now)
    return client


def text(got: Any) -> str:
    return " ".join(str(got.content.decode()).split())


def key_of(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def do(client: Client, number: int, act: str, /, **fields: Any) -> Any:
    return client.post(f"/notices/{number}/act/{act}/", fields, follow=True)


@at_desk
def test_an_analyst_enters_verifies_and_writes_a_notice_and_the_page_says_that_no_mail_server_is_set(
    desk: Client, fixed_now: datetime
) -> None:
    made = desk.post("/notices/new/", {"url": URL, "source": "PUBLIC", "note": ""}, follow=True)
    number = Case.objects.get().number
    assert "hxxps://photos[.]example/p/1001" in text(made)
    assert f'href="{URL}' not in text(made)
    do(
        desk, number, "verify", classification="A2", media_type="image", detection_method="manual_review",
        how="The report describes it",
    )  # fmt: skip
    do(desk, number, "contact", kind="SITE", name="Example Photos", email="abuse@photos.example")
    page = desk.get(f"/notices/{number}/")
    [key] = re.findall(r'name="recipient" value="([^"]+)"', page.content.decode())
    do(desk, number, "send", recipient=key)
    service.send_due(now=fixed_now)
    page = desk.get(f"/notices/{number}/")
    assert "Not sent: no mail server is set." in text(page)
    notice = Notice.objects.get()
    mail = desk.get(f"/notices/{number}/mail/{notice.id}/")
    assert mail["Content-Type"] == "message/rfc822"
    assert b"To: Example Photos <abuse@photos.example>" in mail.content
    done = do(desk, number, "sent", notice=notice.id, at=fixed_now.strftime("%Y-%m-%dT%H:%M"))
    assert "Notice sent" in text(done)
    assert desk.get(f"/notices/{number}/mail/{notice.id}/").status_code == 302
    verbs = [entry.verb for entry in list_entries(Wanted(), limit=200)]
    assert verbs.count("notice.downloaded") == 1
    assert "notice.viewed" in verbs


@at_desk
def test_a_page_that_was_said_to_be_gone_and_is_still_there_asks_for_the_next_notice(
    desk: Client, fixed_now: datetime
) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    said = NewAnswer("REMOVED", "DESK", fixed_now, None, "", "")
    service.record_answer(number=number, notice_id=notice_id, new=said, by=ANALYST, now=fixed_now)
    assert "Somebody looks again." in text(desk.get(f"/notices/{number}/"))
    seen = do(desk, number, "check", seen="ANSWERS", at=fixed_now.strftime("%Y-%m-%dT%H:%M"), note="")
    assert "It is still there. Write the notice again" in text(seen)
    assert '<details class="more" open id="act-send">' in text(seen)


@at_desk
def test_a_wrong_field_is_named_and_nothing_written_is_lost(desk: Client, fixed_now: datetime) -> None:
    got = desk.post("/notices/new/", {"url": "ftp://photos.example/", "source": "PUBLIC", "note": "by mail"})
    assert got.status_code == 400
    assert "Only http and https addresses can be noticed." in text(got)
    assert "by mail" in text(got)
    number = world.entered(fixed_now)
    got = do(desk, number, "verify", classification="A2", media_type="image", detection_method="manual_review", how="")
    assert got.status_code == 400
    assert Case.objects.get().state == "ENTERED"


@at_desk
def test_a_recipient_that_was_not_proposed_cannot_be_chosen(desk: Client, fixed_now: datetime) -> None:
    number = world.verified(fixed_now)
    assert do(desk, number, "send", recipient="person:999").status_code == 400
    assert Notice.objects.count() == 0


@at_desk
def test_a_partners_contact_of_the_hosts_own_domain_is_proposed_with_high_certainty(
    desk: Client, fixed_now: datetime
) -> None:
    esp = directory.create_esp(new=NewEsp("Example Photos"), by=BY, now=fixed_now)
    partner = partners.create_partner(new=NewPartner("Example Photos Ltd", "COMPANY", "US", esp), by=BY, now=fixed_now)
    contact = PartnerContact("NOTICES", "Trust and safety", "trust@photos.example")
    partners.add_contact(partner_id=partner, new=contact, by=BY, now=fixed_now)
    number = world.verified(fixed_now)
    page = text(desk.get(f"/notices/{number}/"))
    assert "The host belongs to the domain of its notices contact, photos.example. Certainty: high." in page
    do(desk, number, "send", recipient=f"partner:{esp}")
    assert (Notice.objects.get().esp_id, Notice.objects.get().company) == (esp, "example-photos-ltd")


@at_desk
def test_a_hotline_of_low_certainty_says_so_and_is_never_chosen_by_itself(desk: Client, fixed_now: datetime) -> None:
    directory.load_reference(now=fixed_now)
    number = world.verified(fixed_now)
    do(desk, number, "hosting", country="AT", hosting_provider="", registrar="")
    page = text(desk.get(f"/notices/{number}/"))
    assert "The hotline of the hosting country: Stopline" in page
    assert "Certainty: medium." in page
    assert Notice.objects.count() == 0


@at_desk
def test_a_held_case_shows_who_asked_and_offers_no_sending(desk: Client, fixed_now: datetime) -> None:
    number, notice_id = world.prepared(fixed_now)
    until = (fixed_now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    do(desk, number, "hold", agency="Example Police", why="A search is planned", until=until)
    page = text(desk.get(f"/notices/{number}/"))
    assert "Example Police asks us to wait until" in page
    assert f"/notices/{number}/act/send/" not in page
    assert f"/notices/{number}/mail/{notice_id}/" not in page
    assert "police first" in text(desk.get("/notices/lists/send/"))


@at_desk
def test_a_reported_web_page_has_a_button_and_then_its_case(desk: Client, fixed_now: datetime) -> None:
    urls = ["https://photos.example/p/1001", "javascript:alert(1)"]
    document = {
        "incidentSummary": {"incidentType": "Child Sex Trafficking"},
        "internetDetails": [{"webPageIncident": {"url": urls}}],
        "reporter": {"reportingPerson": {}},
    }
    opening = Opening(Source.ESP_API, b"<report/>", "text/xml", document, esp_id=1, esp_name="Example Chat")
    opened = record.open_report(opening=opening, by=BY, now=fixed_now)
    record.receive(report_id=opened.id, by=BY, now=fixed_now)
    page = text(desk.get(f"/reports/{opened.number}/"))
    assert "Web pages, 2" in page
    assert "hxxps://photos[.]example/p/1001" in page
    assert "Only http and https addresses can be noticed." in page
    entered = desk.post("/notices/new/", {"report": opened.number, "place": 0}, follow=True)
    assert f"/reports/{opened.number}/" in text(entered)
    assert Case.objects.get().url == URL
    assert "Waits for verification" in text(desk.get(f"/reports/{opened.number}/"))
    assert desk.post("/notices/new/", {"report": opened.number, "place": 7}).status_code == 404
    assert desk.post("/notices/new/", {"report": "1" * 30, "place": 0}).status_code == 404


@at_desk
def test_every_page_of_the_desk_works_with_its_own_role(fixed_now: datetime, as_role: AsRole) -> None:
    number, _, _ = world.sent(fixed_now)
    name = make_person("analyst-1", Role.ANALYST, fixed_now)
    with as_role("desk"):
        client = Client()
        log_in(client, name, fixed_now)
        for path in ("lists/out/", "lists/verify/", "lists/ended/", "new/", "figures/", f"{number}/"):
            assert client.get(f"/notices/{path}").status_code == 200, path
        assert client.get("/notices/").headers["Location"] == "/notices/lists/out/"
        assert client.get("/notices/lists/nowhere/").status_code == 404
        assert client.get("/notices/1/").status_code == 404
        moment = fixed_now.strftime("%Y-%m-%dT%H:%M")
        assert do(client, number, "check", seen="GONE", at=moment).status_code == 200


@at_desk
def test_call_takers_and_companies_reach_no_page_of_the_desk(fixed_now: datetime) -> None:
    client = Client()
    log_in(client, make_person("call-taker-1", Role.CALL_TAKER, fixed_now), fixed_now)
    assert client.get("/notices/lists/verify/").status_code == 403


@at_company
def test_the_link_shows_the_notice_without_a_log_in_and_takes_a_dispute_and_a_removal(
    fixed_now: datetime, as_role: AsRole
) -> None:
    number, notice_id, token = world.sent(fixed_now)
    with as_role("esp_web"):
        client = Client(enforce_csrf_checks=True)
        page = client.get(f"/n/{token}")
        assert "hxxps://photos[.]example/p/1001" in text(page)
        assert URL not in text(page)
        assert "A2: prepubescent child" in text(page)
        form = {"csrfmiddlewaretoken": key_of(page), "answer": "dispute", "reason": "other"}
        refused = client.post(f"/n/{token}", form | {"note": ""})
        assert refused.status_code == 400
        assert "Say it in a few words." in text(refused)
        thanked = client.post(f"/n/{token}", form | {"note": "The page shows a drawing."}, follow=True)
        assert "Thank you. Your answer is with us." in text(thanked)
        assert "The page shows a drawing." in text(thanked)
    [answer] = Answer.objects.all()
    assert answer.by == f"esp:notice-{notice_id}"
    with as_role("worker"):
        service.take(answer_id=answer.id, now=fixed_now)
    service.uphold(number=number, note="It is a photograph.", by=ANALYST, now=fixed_now)
    with as_role("esp_web"):
        page = client.get(f"/n/{token}")
        assert "We looked again: the notice stands" in text(page)
        assert "It is a photograph." in text(page)
        form = {"csrfmiddlewaretoken": key_of(page), "answer": "removed"}
        client.post(f"/n/{token}", form | {"removed_at": "2026-01-13T15:00", "account_suspended": "true"})
    with as_role("worker"):
        service.take(answer_id=Answer.objects.latest("id").id, now=fixed_now)
    assert world.state_of(number) == "REMOVED"


@at_company
def test_a_wrong_and_an_ended_link_answer_alike_and_guessing_is_braked(
    fixed_now: datetime, monkeypatch: pytest.MonkeyPatch, as_role: AsRole
) -> None:
    _, _, token = world.sent(fixed_now)
    monkeypatch.setattr(clock, "now", lambda: fixed_now + LINK_LIVES)
    with as_role("esp_web"):
        client = Client()
        answers = [client.get(f"/n/{one}") for one in (token, "x" * 43, "1")]
        assert [one.status_code for one in answers] == [404, 404, 404]
        bodies = {re.sub(r'value="[^"]*"|content="[^"]*"', "", text(one)) for one in answers}
        assert len(bodies) == 1
        assert [client.get(f"/n/{one}.json").status_code for one in (token, "x" * 43)] == [404, 404]
        statuses = [client.get(f"/n/guess-{n}").status_code for n in range(40)]
    assert statuses[-1] == 429
    assert statuses[0] == 404


@at_company
def test_a_program_reads_and_answers_by_the_same_link_and_faults_are_named(
    fixed_now: datetime, as_role: AsRole
) -> None:
    _, _, token = world.sent(fixed_now)
    path = f"/n/{token}.json"
    with as_role("esp_web"):
        client = Client(enforce_csrf_checks=True)
        told = client.get(path).json()
        assert told["xarf"]["url"] == URL
        assert told["standing"] == "OPEN"
        for body, field in (
            ({"answer": "maybe"}, "answer"),
            ({"answer": "removed", "removed_at": "yesterday"}, "removed_at"),
            ({"answer": "removed", "removed_at": "2027-01-01T00:00:00Z"}, "removed_at"),
            (
                {"answer": "removed", "removed_at": "0001-01-01T00:00:00+14:00"},
                "removed_at",
            ),  # year 0: cannot be read back
            ({"answer": ["removed"]}, "answer"),
            ({"answer": "dispute", "reason": "other", "note": "a\0b"}, "note"),
            ({"answer": "dispute", "reason": "other", "note": "\ud800"}, "note"),
            ({"answer": "removed", "account_suspended": "yes"}, "account_suspended"),
            ({"answer": "dispute"}, "reason"),
            ({"answer": "removed", "odd": 1}, "odd"),
        ):
            got = client.post(path, json.dumps(body), content_type="application/json")
            assert (got.status_code, got.json()["field"]) == (400, field), body
        for broken in (b"[", b"[" * 15_000):
            assert client.post(path, broken, content_type="application/json").json()["error"] == "bad_json"
        good = {"answer": "removed", "removed_at": "2026-01-13T14:00:00+00:00", "account_suspended": True}
        got = client.post(path, json.dumps(good), content_type="application/json")
        assert (got.status_code, got.json()["taken"]) == (202, True)
    assert Answer.objects.get().via == "PROGRAM"


@at_company
def test_a_company_sees_its_own_notices_and_its_own_time_to_removal_and_nobody_elses(
    fixed_now: datetime, as_role: AsRole
) -> None:
    own = directory.create_esp(new=NewEsp("Example Photos"), by=BY, now=fixed_now)
    other = directory.create_esp(new=NewEsp("Example Video"), by=BY, now=fixed_now)
    first = fixed_now - 30 * HOUR
    number, notice_id, _ = world.sent(first, Recipient("ESP", "Example Photos", "a@photos.example", "p", own))
    _, foreign, _ = world.sent(first, Recipient("ESP", "Example Video", "a@video.example", "v", other), URL + "2")
    clients = {}
    for esp in (own, other):
        new = accounts.NewUser(
            username=f"company-{esp}", full_name="Robin Example", role=Role.ESP_USER, password=PASSWORD, esp_id=esp,
            totp_secret=SECRET,
        )  # fmt: skip
        accounts.create_user(new=new, by=BY, now=fixed_now)
    with as_role("esp_web"):
        for esp in (own, other):
            clients[esp] = Client()
            log_in(clients[esp], f"company-{esp}", fixed_now)
        page = text(clients[own].get("/notices/"))
        assert "hxxps://photos[.]example/p/1001<" in page
        assert "p/10012" not in page
        assert "the oldest for 30 h" in page
        assert clients[own].get(f"/notices/{foreign}/").status_code == 404
        assert clients[own].get(f"/notices/{10**25}/").status_code == 404
        done = clients[own].post(f"/notices/{notice_id}/", {"answer": "removed"}, follow=True)
        assert "Thank you" in text(done)
    with as_role("worker"):
        service.take(answer_id=Answer.objects.get().id, now=fixed_now)
    assert world.state_of(number) == "REMOVED"
    with as_role("esp_web"):
        assert "half within 30 h" in text(clients[own].get("/notices/"))


@at_company
def test_nobody_reads_a_companys_list_without_a_log_in() -> None:
    assert Client().get("/notices/").status_code == 302
    assert Client().get("/notices/1/").status_code == 302


@at_company
def test_a_hold_is_never_told_to_the_company(fixed_now: datetime) -> None:
    number, _, token = world.sent(fixed_now)
    asked = PoliceHold("Example Police", "A search is planned", fixed_now + 4 * HOUR)
    service.hold(number=number, asked=asked, by=ANALYST, now=fixed_now)
    client = Client()
    for path in (f"/n/{token}", f"/n/{token}.json"):
        body = client.get(path).content.decode()
        assert "olice asked" not in body
        assert "Example Police" not in body
        assert "planned" not in body

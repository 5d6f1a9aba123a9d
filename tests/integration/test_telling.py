"""Companies are told: signed, once kept and never lost, to public addresses alone, for three days, then set aside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.conftest import AsRole
from tests.integration import telling_world as world
from tests.integration.telling_world import Receiver

from tipline import pipeline
from tipline.domain.actor import system
from tipline.domain.errors import Refusal
from tipline.domain.report import ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.platform import clock
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.programs.telling import asking, delivering, queries, service
from tipline.programs.telling.models import Event, Hook, Letter, Secret, Try
from tipline.programs.telling.rules.kinds import CHOSEN, Kind
from tipline.programs.telling.rules.pauses import PAUSES
from tipline.programs.telling.service import News
from tipline.programs.telling.values import NewHook
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reports import queries as reports
from tipline.reports.models import Report
from tipline.stages.feedback.models import KeepRequest, Outcome

BY = system("test")
NUMBER = 4_071_882_193
ALL = tuple(str(kind) for kind in CHOSEN)


@pytest.fixture(autouse=True)
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world.switch(monkeypatch, webhooks=True, house_mail="house@tipline.example")
    world.lead(monkeypatch)


@pytest.fixture
def company(db: None, fixed_now: datetime) -> int:
    new = NewEsp("Example", contact_email="safety@example.com")
    return directory.create_esp(new=new, by=BY, now=fixed_now)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with world.receiving(tmp_path) as running:
        yield running


def hooked(esp_id: int, now: datetime, url: str = "", environment: str = "production") -> tuple[int, str]:
    """A webhook for all kinds, and its secret."""
    new = NewHook(environment, "https://hooks.example.com/tipline", ALL)
    secret = service.set_hook(esp_id=esp_id, new=new, by=BY, now=now)
    hook_id = Hook.objects.get(esp_id=esp_id, environment=environment, ended_at=None).id
    if url:
        world.point(hook_id, url)
    return hook_id, secret


def news(esp_id: int, cause: str = "outcome:1", kind: Kind = Kind.OUTCOME) -> News:
    return News(kind, esp_id, "production", NUMBER, cause)


def deliver(hook_id: int, now: datetime, receiver: Receiver) -> int:
    return service.deliver(hook_id=hook_id, clock=lambda: now, opened=receiver.sender)


def verified(secret: str, got: tuple[str, dict[str, str], bytes]) -> Any:
    _, headers, body = got
    return Webhook(secret).verify(body, headers)


def test_an_event_is_told_once_signed_and_says_nothing_but_a_number(company: int, receiver: Receiver) -> None:
    now = clock.now()
    hook_id, secret = hooked(company, now, receiver.url)
    for _ in range(2):  # the job that tells may run twice
        service.tell(news=news(company), now=now)
    assert deliver(hook_id, now, receiver) == 1
    assert deliver(hook_id, now, receiver) == 0
    [got] = receiver.got
    event = Event.objects.get()
    assert got[0] == "/tipline?a=b"
    assert verified(secret, got) == {
        "id": event.ident,
        "type": "report.outcome",
        "timestamp": now.isoformat(),
        "data": {"report": NUMBER, "environment": "production", "path": f"/api/reports/{NUMBER}"},
    }
    assert got[1]["webhook-id"] == event.ident
    with pytest.raises(WebhookVerificationError):
        verified(secret, (got[0], got[1], got[2].replace(b"outcome", b"other")))
    assert (event.state, event.tries) == ("TAKEN", 1)
    [line] = queries.list_events(esp_id=company).rows
    assert [(one.status, one.words, one.milliseconds) for one in line.attempts] == [(204, "Taken (204).", 7)]
    [told] = [one for one in list_entries(Wanted(object_kind="esp")) if one.verb == "esp.hook_told"]
    assert told.details["report"] == NUMBER


def test_two_secrets_live_side_by_side_while_a_program_changes_over(company: int, receiver: Receiver) -> None:
    now = clock.now()
    hook_id, first = hooked(company, now, receiver.url)
    second = service.add_secret(esp_id=company, hook_id=hook_id, by=BY, now=now)
    with pytest.raises(Refusal, match="two_live"):
        service.add_secret(esp_id=company, hook_id=hook_id, by=BY, now=now)
    service.tell(news=news(company), now=now)
    deliver(hook_id, now, receiver)
    assert verified(first, receiver.got[0]) == verified(second, receiver.got[0])
    service.end_secret(esp_id=company, secret_id=Secret.objects.earliest("id").id, by=BY, now=now)
    with pytest.raises(Refusal, match="last_secret"):
        service.end_secret(esp_id=company, secret_id=Secret.objects.latest("id").id, by=BY, now=now)
    service.send_again(esp_id=company, event_id=Event.objects.get().id, by=BY, now=now)
    deliver(hook_id, now, receiver)
    assert verified(second, receiver.got[1]) == verified(second, receiver.got[0])  # the same id, to tell repeats by
    with pytest.raises(WebhookVerificationError):
        verified(first, receiver.got[1])


def test_after_three_days_without_an_answer_the_hook_is_set_aside_and_nothing_is_lost(
    company: int, receiver: Receiver, fixed_now: datetime
) -> None:
    hook_id, _ = hooked(company, fixed_now, receiver.url)
    receiver.answers = [500]
    service.tell(news=news(company), now=fixed_now)
    now, tried = fixed_now, []
    while not Hook.objects.get().set_aside_at and len(tried) < 50:
        before = len(receiver.got)
        deliver(hook_id, now, receiver)
        tried += [now] * (len(receiver.got) - before)
        now = min(filter(None, (Event.objects.get().try_at, now + timedelta(hours=80))))
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == [*PAUSES, PAUSES[-1]]
    assert tried[-1] - fixed_now < timedelta(days=3) < tried[-1] - fixed_now + PAUSES[-1]
    [letter] = Letter.objects.all()
    assert (letter.kind, letter.to_mail) == ("set_aside", "safety@example.com")
    assert queries.count_set_aside(company) == 1
    service.tell(news=news(company, "outcome:2"), now=now)  # what happens meanwhile is kept
    assert (delivering._due_hooks(now + timedelta(days=9)), deliver(hook_id, now, receiver)) == ([], 0)
    receiver.answers = [200]
    service.resume(esp_id=company, hook_id=hook_id, by=BY, now=now)
    assert delivering._due_hooks(now) == [hook_id]
    assert deliver(hook_id, now, receiver) == 2


def test_one_event_that_is_never_taken_is_given_up_alone_while_others_are(
    company: int, receiver: Receiver, fixed_now: datetime
) -> None:
    hook_id, _ = hooked(company, fixed_now, receiver.url)
    service.tell(news=news(company, "bad"), now=fixed_now)
    now, receiver.answers = fixed_now, [500]
    for number in range(40):
        receiver.answers = [500]
        deliver(hook_id, now, receiver)
        receiver.answers = [200]
        service.tell(news=news(company, f"good:{number}"), now=now)
        Hook.objects.update(quiet_until=None)
        assert deliver(hook_id, now, receiver) == 1
        due = Event.objects.get(cause="bad").try_at
        if due is None:
            break
        now = due
    assert Event.objects.get(cause="bad").state == "FAILED"
    assert Hook.objects.get().set_aside_at is None
    assert Letter.objects.count() == 0


def test_a_redirect_is_not_followed_and_gone_means_gone(company: int, receiver: Receiver, fixed_now: datetime) -> None:
    hook_id, _ = hooked(company, fixed_now, receiver.url)
    receiver.answers = [302, 410]
    service.tell(news=news(company), now=fixed_now)
    deliver(hook_id, fixed_now, receiver)
    assert Hook.objects.get().set_aside_at is None
    deliver(hook_id, fixed_now + timedelta(seconds=5), receiver)
    assert [path for path, _, _ in receiver.got] == ["/tipline?a=b"] * 2
    assert Hook.objects.get().set_aside_at is not None
    assert list(Try.objects.order_by("id").values_list("status", flat=True)) == [302, 410]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "no_https"),
        ("ftp://hooks.example.com/", "no_https"),
        ("https://hooks.example.com:8443/", "no_port"),
        ("https://name:word@hooks.example.com/", "url_userinfo"),
        ("https://127.0.0.1/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://169.254.169.254/latest", "not_public"),
        ("https://localhost/", "url_host"),
        ("https://127.1/", "url_host"),
        ("", "no_https"),
    ],
)
def test_an_address_that_is_no_public_https_one_is_not_taken(company: int, url: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        service.set_hook(esp_id=company, new=NewHook("production", url, ALL), by=BY, now=clock.now())
    assert (refused.value.code, refused.value.field) == (code, "url")


def test_the_sender_s_process_refuses_what_is_not_public_after_the_name_was_resolved(receiver: Receiver) -> None:
    with asking.sender() as ask:
        for url, trouble in (
            ("https://nobody.invalid/", "no_name"),
            ("https://127.0.0.1/", "not_allowed"),
            (f"https://127.0.0.1:{receiver.port}/", "not_allowed"),
            ("http://example.com/", "not_allowed"),
        ):
            answer = ask(url, {"webhook-id": "evt_1"}, b"{}")
            assert (answer.status, answer.trouble) == (0, trouble)
    assert receiver.got == []


def test_a_certificate_that_is_not_the_host_s_is_not_trusted(
    company: int, receiver: Receiver, fixed_now: datetime
) -> None:
    receiver.way = world.Way(receiver.way.policy)  # the common trust store
    hook_id, _ = hooked(company, fixed_now, receiver.url)
    service.tell(news=news(company), now=fixed_now)
    deliver(hook_id, fixed_now, receiver)
    assert receiver.got == []
    assert Try.objects.get().trouble == "tls"


def test_nothing_is_kept_or_sent_where_the_house_has_it_off(
    company: int, receiver: Receiver, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook_id, _ = hooked(company, fixed_now, receiver.url)
    service.tell(news=news(company), now=fixed_now)
    world.switch(monkeypatch, webhooks=False)
    assert not service.tell(news=news(company, "outcome:2"), now=fixed_now)
    assert (service.begin_delivering(now=fixed_now), deliver(hook_id, fixed_now, receiver)) == (0, 0)
    assert receiver.got == []


def finished(esp_id: int, now: datetime, state: ReportState = ReportState.ROUTED) -> ReportHead:
    row = Report.objects.create(
        number=NUMBER, source="ESP_API", state=state, esp_id=esp_id, opened_at=now, changed_at=now
    )
    return reports.load_head(row.id)


def test_the_event_is_of_the_same_commit_as_the_fact(company: int, fixed_now: datetime, as_role: AsRole) -> None:
    hooked(company, fixed_now)
    head = finished(company, fixed_now)
    with as_role("worker"):
        with transaction.atomic():
            assert pipeline._commit(head, Advance(ReportState.MADE_AVAILABLE), fixed_now)
            assert Event.objects.count() == 1
            transaction.set_rollback(True)
        assert (Event.objects.count(), reports.load_head(head.id).state) == (0, ReportState.ROUTED)
        with transaction.atomic():
            assert pipeline._commit(head, Advance(ReportState.MADE_AVAILABLE), fixed_now)
    event = Event.objects.get()
    assert (event.kind, event.report_number, event.state) == (Kind.MADE_AVAILABLE, NUMBER, "WAITING")


def test_an_outcome_and_a_request_to_keep_are_told_when_the_worker_takes_them_up(
    company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    hooked(company, fixed_now)
    head = finished(company, fixed_now, ReportState.MADE_AVAILABLE)
    about = {"referral_id": 1, "report_id": head.id, "report_number": NUMBER, "agency": "icac-az", "at": fixed_now}
    outcome = Outcome.objects.create(case_status="arrest", by="officer", **about)
    asked = KeepRequest.objects.create(agency_name="Arizona", until=fixed_now.date(), by="officer", **about)
    for _ in range(2):  # a job of a killed worker runs again
        with as_role("worker"):
            pipeline.take_outcome(outcome.id)
            pipeline.tell_keep_asked(asked.id)
    assert list(Event.objects.order_by("id").values_list("kind", "report_number")) == [
        (Kind.OUTCOME, NUMBER),
        (Kind.KEEP_ASKED, NUMBER),
    ]


_HANGS = """
import sys, time
from contextlib import nullcontext
import django
django.setup()
from dataclasses import replace
from tipline.platform import clock, config
from tipline.programs.telling import delivering
on = replace(config.settings(), webhooks=True)
delivering.settings = lambda: on
def ask(url, headers, body):
    print(headers["webhook-id"], flush=True)
    time.sleep(60)
delivering.deliver(hook_id=int(sys.argv[1]), clock=clock.now, opened=lambda: nullcontext(ask))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_tells_loses_nothing(
    company: int, receiver: Receiver, role_urls: Callable[[str], str]
) -> None:
    now = clock.now()
    hook_id, secret = hooked(company, now, receiver.url)
    service.tell(news=news(company), now=now)
    environment = {**os.environ, "TIPLINE_ROLE": "worker", "TIPLINE_ROLE_DATABASE_URL": role_urls("worker")}
    environment["PYTHONPATH"] = str(Path(delivering.__file__).parents[3])
    command = [sys.executable, "-c", _HANGS, str(hook_id)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        ident = worker.stdout.readline().strip()
        worker.send_signal(signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    assert Event.objects.get().state == "WAITING"
    assert deliver(hook_id, now, receiver) == 1
    assert verified(secret, receiver.got[0])["id"] == ident


def test_a_company_reaches_its_own_rows_alone_and_makes_no_event_but_a_test(
    company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    hook_id, _ = hooked(company, fixed_now)
    service.tell(news=news(company), now=fixed_now)
    with as_role("esp_web"), agency_scope(esp=company + 1):
        assert (queries.list_hooks(company), queries.list_events(esp_id=company).total) == ((), 0)
        with pytest.raises(Refusal, match="no_hook"):
            service.send_test(esp_id=company + 1, hook_id=hook_id, by=BY, now=fixed_now)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Secret.objects.create(hook_id=hook_id, esp_id=company + 1, sealed=b"x", made_at=fixed_now)
    with as_role("esp_web"), agency_scope(esp=company):
        service.send_test(esp_id=company, hook_id=hook_id, by=BY, now=fixed_now)
        service.add_secret(esp_id=company, hook_id=hook_id, by=BY, now=fixed_now)
        assert queries.list_events(esp_id=company).total == 2
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Event.objects.create(
                hook_id=hook_id, esp_id=company, ident="evt_x", kind=Kind.OUTCOME, environment="production",
                report_number=NUMBER, cause="x", at=fixed_now,
            )  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(Secret.objects.values_list("sealed"))


def test_what_was_told_is_forgotten_after_ninety_days(company: int, fixed_now: datetime) -> None:
    hooked(company, fixed_now)
    service.tell(news=news(company), now=fixed_now)
    service.tell(news=news(company, "outcome:2"), now=fixed_now + timedelta(days=30))
    assert service.forget_old(now=fixed_now + timedelta(days=91)) == 1
    assert json.dumps(list(Event.objects.values_list("cause", flat=True))) == '["outcome:2"]'

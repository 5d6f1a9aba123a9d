"""The outbox against a real mail server on loopback, and the fetcher as the worker starts it."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from tests.integration import notice_world as world

from tipline.platform import config
from tipline.programs.notices import checking, outbox, sending, service
from tipline.programs.notices.models import Answer, Case, Check, Notice
from tipline.programs.notices.rules.moves import Seen
from tipline.programs.notices.service import Look
from tipline.programs.notices.values import NewAnswer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@dataclass
class MailServer:
    """What came in, and what is answered to a recipient."""

    port: int = 0
    recipient_answer: str = "250 OK"
    mails: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    kept = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 mail.example")
            to = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT"):
                    to = line.partition("<")[2].partition(">")[0]
                    self.say(kept.recipient_answer)
                elif verb == "DATA":
                    self.say("354 go on")
                    kept.mails.append((to, self.read_mail()))
                    self.say("250 OK")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 OK")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def read_mail(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Other settings for one test."""

    def to(**values: Any) -> None:
        changed = replace(config.settings(), **values)
        for module in (outbox, sending, checking):
            monkeypatch.setattr(module, "settings", lambda: changed)

    return to


def test_a_notice_goes_out_by_mail_and_the_clock_runs_from_then(fixed_now: datetime, change: Any) -> None:
    number, notice_id = world.prepared(fixed_now)
    later = fixed_now + HOUR
    with mail_server() as server:
        change(smtp_url=f"smtp://127.0.0.1:{server.port}")
        assert service.send_due(now=later) == 1
        assert service.send_due(now=later) == 0
    [(to, raw)] = server.mails
    assert to == "abuse@photos.example"
    mail = message_from_bytes(raw, policy=default)
    row = Notice.objects.get(pk=notice_id)
    assert str(row.report_id) in mail["Message-ID"]
    assert (row.delivery, row.first_sent_at, row.mail_sealed) == ("SENT", later, None)
    assert Case.objects.get(number=number).next_at == later + timedelta(hours=24)


def test_whoever_had_a_notice_is_written_to_once_when_it_is_withdrawn(fixed_now: datetime, change: Any) -> None:
    number, notice_id, _ = world.sent(fixed_now)
    service.give(
        notice_id=notice_id, new=NewAnswer("DISPUTED", "LINK", reason="not_csam"), by=world.ANALYST, now=fixed_now
    )
    service.take(answer_id=Answer.objects.get().pk, now=fixed_now)
    service.withdraw(number=number, note="It shows a landscape.", by=world.ANALYST, now=fixed_now)
    assert b"landscape" in service.download(number=number, notice_id=notice_id, by=world.ANALYST, now=fixed_now)
    service.close(number=number, reason="withdrawn", by=world.ANALYST, now=fixed_now)
    with mail_server() as server:
        change(smtp_url=f"smtp://127.0.0.1:{server.port}")
        assert [service.send_due(now=fixed_now + HOUR) for _ in range(2)] == [1, 0]
    [(_, raw)] = server.mails
    words = message_from_bytes(raw, policy=default).get_content()
    assert "We take it back" in words
    assert "It shows a landscape." in words
    row = Notice.objects.get()
    assert (row.delivery, row.withdrawal, row.mail_sealed) == ("BY_HAND", "SENT", None)


def test_an_outage_is_tried_again_with_growing_pauses_and_nothing_is_lost(fixed_now: datetime, change: Any) -> None:
    _, notice_id = world.prepared(fixed_now)
    with mail_server() as server:
        server.recipient_answer = "451 later"
        change(smtp_url=f"smtp://127.0.0.1:{server.port}")
        now, pauses = fixed_now, []
        for _ in range(3):
            assert service.send_due(now=now) == 0
            row = Notice.objects.get(pk=notice_id)
            assert (row.delivery, row.trouble) == ("WAITING", "outage")
            assert row.try_at is not None
            pauses.append(row.try_at - now)
            now = row.try_at
        assert pauses == sorted(set(pauses))
        server.recipient_answer = "250 OK"
        assert service.send_due(now=now) == 1
    assert len(server.mails) == 1


def test_a_server_that_is_not_there_is_an_outage_too(fixed_now: datetime, change: Any, free_port: int) -> None:
    _, notice_id = world.prepared(fixed_now)
    change(smtp_url=f"smtp://127.0.0.1:{free_port}")
    assert service.send_due(now=fixed_now) == 0
    assert Notice.objects.get(pk=notice_id).trouble == "outage"


def test_a_refusal_for_good_is_told_and_the_mail_can_still_be_sent_by_a_person(
    fixed_now: datetime, change: Any
) -> None:
    number, notice_id = world.prepared(fixed_now)
    with mail_server() as server:
        server.recipient_answer = "550 no such user"
        change(smtp_url=f"smtp://127.0.0.1:{server.port}")
        assert service.send_due(now=fixed_now) == 0
    row = Notice.objects.get(pk=notice_id)
    assert (row.delivery, row.trouble) == ("FAILED", "refused")
    assert service.download(number=number, notice_id=notice_id, by=world.ANALYST, now=fixed_now)
    assert "Notice could not be sent" in world.codes_of(number, fixed_now)


def test_what_waits_is_not_sent_once_the_case_has_ended(fixed_now: datetime, change: Any) -> None:
    number, notice_id = world.prepared(fixed_now)
    service.reject(number=number, reason="not_enough", by=world.ANALYST, now=fixed_now)
    with mail_server() as server:
        change(smtp_url=f"smtp://127.0.0.1:{server.port}")
        assert service.send_due(now=fixed_now) == 0
    assert server.mails == []
    row = Notice.objects.get(pk=notice_id)
    assert (row.delivery, row.mail_sealed) == ("STOPPED", None)


def test_without_the_setting_nothing_is_ever_asked(fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sent(fixed_now)
    monkeypatch.setattr(checking, "ask_fetcher", lambda url: pytest.fail("asked"))
    assert service.check_due(now=fixed_now + timedelta(days=2)) == 0


def test_with_the_setting_two_gone_looks_an_hour_apart_count_as_removed_since_the_first(
    fixed_now: datetime, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _, _ = world.sent(fixed_now)
    change(fetcher=True)
    monkeypatch.setattr(checking, "ask_fetcher", lambda url: Look(Seen.GONE, "4xx"))
    first = fixed_now + 13 * HOUR
    assert service.check_due(now=first) == 1
    assert world.state_of(number) == "SENT"
    assert service.check_due(now=first + HOUR / 2) == 0
    assert service.check_due(now=first + HOUR) == 1
    case = Case.objects.get(number=number)
    assert (case.state, case.removed_at) == ("REMOVED", first)
    for hours in (14, 15):
        service.check_due(now=first + hours * HOUR)
    assert world.state_of(number) == "CLOSED"


def test_the_started_process_has_no_environment_no_descriptor_of_ours_and_refuses_loopback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert checking.ask_fetcher("http://127.0.0.1/") == Look(Seen.NOT_ALLOWED)
    secret = tmp_path / "secret"
    secret.write_text("key")
    spy = "import json, os, sys; print(json.dumps({'seen': 'GONE', 'status_class': str(len(os.environ) + len([f for f in os.listdir('/proc/self/fd') if int(f) > 2]) - 1)}))"  # noqa: E501
    real = checking.subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        # The same way of starting, another program: it counts what it was given.
        return real([command[0], "-E", "-s", "-c", spy], **options)

    monkeypatch.setattr(checking.subprocess, "run", run)
    held = os.open(secret, os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        found = checking.ask_fetcher("http://127.0.0.1/")
    finally:
        os.close(held)
    # One variable may be there: Python itself sets LC_CTYPE where no locale is given.
    assert found.status_class in {"0", "1"}


def test_a_fetcher_that_says_nothing_saw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "SECONDS", 0.001)
    assert checking.ask_fetcher("http://127.0.0.1/") == Look(Seen.UNREACHABLE)
    assert Check.objects.count() == 0

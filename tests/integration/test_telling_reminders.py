"""The preservation clock reminds a company: three times, once a day at most, later where police ask for longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from tests.conftest import AsRole
from tests.integration import telling_world as world
from tests.integration.test_notice_outbox import mail_server

from tipline import pipeline
from tipline.domain.actor import system
from tipline.domain.errors import Refusal
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.programs.telling import letters, queries, reminding, service
from tipline.programs.telling.models import Event, Letter, Reminder
from tipline.programs.telling.rules.calendar import due_reminder
from tipline.programs.telling.rules.kinds import Kind
from tipline.programs.telling.values import NewHook
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reports.models import Report
from tipline.stages.feedback.models import KeepRequest

pytestmark = pytest.mark.django_db
BY = system("test")
END = datetime(2027, 3, 10, 22, 30, tzinfo=UTC)  # the end of the year of most reports here
MORNING = datetime(2027, 1, 1, 6, 7, tzinfo=UTC)


@pytest.fixture
def company(fixed_now: datetime) -> int:
    new = NewEsp("Example", contact_email="safety@example.com")
    return directory.create_esp(new=new, by=BY, now=fixed_now)


def kept(esp_id: int | None, until: datetime = END, **more: Any) -> int:
    """A finished report of a company, as a row."""
    at = until - timedelta(days=365)
    number = 4_000_000_000 + Report.objects.count()
    made = {"source": "ESP_API", "state": "SCORED", "esp_id": esp_id, "opened_at": at, "changed_at": at}
    return Report.objects.create(number=number, preserve_until=until, **(made | more)).number


def ask(number: int, until: date) -> None:
    report_id = Report.objects.get(number=number).id
    KeepRequest.objects.create(
        referral_id=1, report_id=report_id, report_number=number, agency="icac-az", agency_name="Arizona", until=until,
        by="officer", at=MORNING,
    )  # fmt: skip


def walk(since: date, until: date, as_role: AsRole) -> list[tuple[date, str]]:
    """The clock runs, three times a day, with the worker's rights alone; what was written on which day."""
    written, day = [], since
    while day <= until:
        for hour in (6, 7, 23):
            now = datetime(day.year, day.month, day.day, hour, 7, tzinfo=UTC)
            before = Letter.objects.count()
            with as_role("worker"):
                pipeline.remind_companies(now)
            written += [(day, text_of(row)) for row in Letter.objects.order_by("id")[before:]]
        day += timedelta(days=1)
    return written


def text_of(row: Letter) -> str:
    assert row.sealed is not None
    mail = message_from_bytes(letters.open_field(bytes(row.sealed), f"telling:letter:{row.ident}"), policy=default)
    return f"{mail['Subject']}\n{mail.get_body().get_content()}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("left", "reminder"), [(61, None), (60, 60), (59, 60), (15, 60), (14, 14), (4, 14), (3, 3), (0, 3), (-1, None)]
)
def test_which_reminder_should_have_gone_out_by_now(left: int, reminder: int | None) -> None:
    assert due_reminder(date(2027, 3, 10), date(2027, 3, 10) - timedelta(days=left)) == reminder


def test_a_company_is_reminded_sixty_fourteen_and_three_days_before_and_never_twice(
    company: int, as_role: AsRole
) -> None:
    first, second = kept(company), kept(company, END - timedelta(hours=20))
    kept(company, END, environment="test")
    kept(None)
    written = walk(date(2027, 1, 7), date(2027, 3, 12), as_role)
    days = [day for day, _ in written]
    assert days == [date(2027, 1, 9), date(2027, 2, 24), date(2027, 3, 7)]
    subject, _, body = written[1][1].partition("\n")
    assert subject == "2 reports: the time to keep the data ends soon"
    assert "10 March 2027, in 14 days: 2 reports" in body
    assert f"{letters.words.numbers_of([first, second], 2)}" in " ".join(body.split())
    entries = [one for one in list_entries(Wanted(object_kind="esp")) if one.verb == "esp.reminded"]
    assert [(one.details["days"], one.details["reports"], one.details["letters"]) for one in entries] == [
        (3, 2, 1),
        (14, 2, 1),
        (60, 2, 1),
    ]
    shown = queries.list_reminders(esp_id=company, days=[END.date()])[END.date()]
    assert [one.days for one in shown] == [60, 14, 3]


def test_what_a_clearing_house_that_was_down_missed_is_made_up_for_by_one_reminder(
    company: int, as_role: AsRole
) -> None:
    kept(company)
    assert [day for day, _ in walk(date(2027, 3, 1), date(2027, 3, 9), as_role)] == [
        date(2027, 3, 1),
        date(2027, 3, 7),
    ]
    assert list(Reminder.objects.order_by("id").values_list("days", flat=True)) == [14, 3]


def test_a_request_of_police_moves_the_reminders_of_its_report_and_of_no_other(company: int, as_role: AsRole) -> None:
    asked, other, shorter = kept(company), kept(company), kept(company)
    ask(asked, date(2027, 6, 1))
    ask(asked, date(2027, 5, 1))
    ask(shorter, date(2027, 3, 9))  # sooner than its year ends: it is kept for the year
    written = walk(date(2027, 3, 7), date(2027, 3, 11), as_role)
    assert [day for day, _ in written] == [date(2027, 3, 7)]
    flat = " ".join(written[0][1].split())
    assert "10 March 2027, in 3 days: 2 reports" in flat
    assert letters.words.numbers_of([shorter, other], 2) in flat
    assert letters.words.numbers_of([asked], 1) not in flat
    written = walk(date(2027, 5, 18), date(2027, 6, 2), as_role)
    assert [day for day, _ in written] == [date(2027, 5, 18), date(2027, 5, 29)]
    assert "1 June 2027, in 14 days: 1 report (1 of them kept until then because police asked)" in written[0][1]


def test_one_mail_a_day_to_each_address_whatever_comes_on_the_same_day(company: int, as_role: AsRole) -> None:
    for address in ("one@example.com", "two@example.com"):
        service.add_address(esp_id=company, address=address, by=BY, now=MORNING)
    with pytest.raises(Refusal, match="twice"):
        service.add_address(esp_id=company, address="One@example.com", by=BY, now=MORNING)
    with pytest.raises(Refusal, match="bad_mail"):
        service.add_address(esp_id=company, address="one@example.com\nBcc: x@example.com", by=BY, now=MORNING)
    kept(company)
    walk(date(2027, 3, 7), date(2027, 3, 7), as_role)
    late = kept(company, END - timedelta(days=1))
    walk(date(2027, 3, 7), date(2027, 3, 7), as_role)
    assert list(Letter.objects.order_by("id").values_list("to_mail", flat=True)) == [
        "one@example.com",
        "two@example.com",
    ]
    written = walk(date(2027, 3, 8), date(2027, 3, 8), as_role)
    assert len(written) == 2
    assert letters.words.numbers_of([late], 1) in written[0][1]


def test_the_mail_goes_out_through_the_house_s_mail_server_and_is_dropped_then(
    company: int, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(company)
    walk(date(2027, 3, 7), date(2027, 3, 7), as_role)
    now = datetime(2027, 3, 8, tzinfo=UTC)
    with mail_server() as server:
        world.switch(monkeypatch, smtp_url="")
        assert service.send_due(now=now) == 0
        assert Letter.objects.get().trouble == "no_server"
        world.switch(monkeypatch, smtp_url=f"smtp://127.0.0.1:{server.port}")
        with as_role("worker"):
            assert service.send_due(now=now + timedelta(minutes=2)) == 1
            assert service.send_due(now=now + timedelta(minutes=3)) == 0
    [(to, raw)] = server.mails
    assert to == "safety@example.com"
    assert message_from_bytes(raw, policy=default)["Auto-Submitted"] == "auto-generated"
    row = Letter.objects.get()
    assert (row.state, row.sealed) == ("SENT", None)


def test_a_program_that_asked_for_it_is_told_of_each_report_once_for_each_reminder(
    company: int, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.switch(monkeypatch, webhooks=True)
    kinds = (str(Kind.PRESERVATION_ENDS),)
    new = NewHook("production", "https://hooks.example.com/t", kinds)
    service.set_hook(esp_id=company, new=new, by=BY, now=MORNING)
    numbers = {kept(company), kept(company)}
    walk(date(2027, 3, 7), date(2027, 3, 9), as_role)
    events = Event.objects.filter(kind=Kind.PRESERVATION_ENDS)
    assert sorted(events.values_list("report_number", flat=True)) == sorted(numbers)
    assert reminding.BY.kind == "system"

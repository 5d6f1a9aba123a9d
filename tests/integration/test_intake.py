"""The human doors: one record as of every door, a receipt that nobody else can use, facts added later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError
from tests.conftest import AsRole
from tests.unit.cybertip_samples import report

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.answers import Answers
from tipline.domain.cybertip.parse import ParseOptions, parse_report
from tipline.domain.cybertip.violations import ViolationError
from tipline.domain.errors import Refusal
from tipline.domain.findings import FactsAdded, Finding, OutcomeRecorded, ReferralMade
from tipline.domain.receipt import grouped
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.models import Report, Submission
from tipline.stages.intake import queries, service
from tipline.stages.intake.models import Receipt, ReporterNote
from tipline.stages.intake.service import HumanReceipt, HumanReport

NOW = datetime.fromisoformat("2026-05-04T12:00:00+00:00")
ANONYMOUS = parse_report(
    report(
        reporter="<reporter><reportingPerson/></reporter>", tail="<additionalInfo>Words of a reporter</additionalInfo>"
    ),
    now=NOW,
    options=ParseOptions(reporter_email_required=False),
)


def send(now: datetime = NOW) -> HumanReceipt:
    return service.open_from_public(report=HumanReport(ANONYMOUS, Answers("child", danger_now=True)), now=now)


def report_of(receipt: HumanReceipt) -> Report:
    return Report.objects.get(number=receipt.number)


def test_a_public_report_becomes_the_same_record_as_a_companys(db: None, as_role: AsRole) -> None:
    with as_role("public"):
        receipt = send()
    row = report_of(receipt)
    assert (row.source, row.state, row.environment) == ("PUBLIC_FORM", "RECEIVED", "production")
    assert reports.load_raw(row.id).startswith(b"<?xml")
    assert parse_report(
        reports.load_raw(row.id), now=NOW, options=ParseOptions(reporter_email_required=False)
    ) == reports.load_full_document(row.id)
    assert reports.load_answers(row.id).danger_now


def test_a_call_takers_report_is_taken_by_the_desk(db: None, as_role: AsRole) -> None:
    by = Actor(ActorKind.USER, "call-taker", role="CALL_TAKER")
    with as_role("desk"):
        receipt = service.open_from_hotline(report=HumanReport(ANONYMOUS), by=by, now=NOW)
    assert report_of(receipt).source == "HOTLINE"


def test_a_document_that_breaks_the_rules_is_refused_whole(db: None) -> None:
    wrong = {**ANONYMOUS, "incidentSummary": {**ANONYMOUS["incidentSummary"], "incidentDateTime": "yesterday"}}
    with pytest.raises(ViolationError):
        service.open_from_public(report=HumanReport(wrong), now=NOW)
    assert not Report.objects.exists()


def test_a_reporter_comes_back_with_the_code_in_any_writing(db: None, as_role: AsRole) -> None:
    with as_role("public"):
        receipt = send()
        view = service.look(code=grouped(receipt.code).lower(), now=NOW + timedelta(days=1))
    assert (view.status, view.given_at, view.notes_at) == ("received", NOW, ())
    assert Receipt.objects.get().last_seen_at == NOW + timedelta(days=1)


def test_the_code_is_kept_nowhere(db: None) -> None:
    receipt = send()
    kept = Receipt.objects.values().get()
    assert receipt.code not in str({name: bytes(v) if isinstance(v, memoryview) else v for name, v in kept.items()})
    assert len(bytes(kept["code_hmac_sha256"])) == 32


def test_a_typing_mistake_is_told_without_asking_the_database(db: None, django_assert_num_queries: object) -> None:
    code = send().code
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    with django_assert_num_queries(0), pytest.raises(Refusal, match="receipt_typo"):  # type: ignore[operator]
        queries.find_receipt(wrong)


def test_an_unknown_code_is_unknown(db: None) -> None:
    from tipline.domain.receipt import code_of

    with pytest.raises(Refusal, match="receipt_unknown"):
        queries.find_receipt(code_of(b"\x01" * 10))


def test_facts_added_later_become_a_part_of_the_report(db: None, as_role: AsRole) -> None:
    with as_role("public"):
        receipt = send()
        service.add_facts(code=receipt.code, words="  He wrote again.  ", now=NOW + timedelta(hours=2))
        service.add_facts(code=receipt.code, words="And once more.", now=NOW + timedelta(hours=3))
        assert len(service.look(code=receipt.code, now=NOW).notes_at) == 2
    row = report_of(receipt)
    notes = list(ReporterNote.objects.order_by("at").values_list("id", flat=True))
    with as_role("worker"):
        for note_id in (*notes, notes[0]):  # the first one twice: a job may run twice
            service.take_facts(note_id=note_id, now=NOW + timedelta(hours=4))
        assert [reports.load_raw(row.id, part) for part in (2, 3)] == [b"He wrote again.", b"And once more."]
        assert reports.load_parts(row.id)[1]["additionalInfo"] == "He wrote again."
        parts = [found.body for found in reports.current_findings(row.id, "facts_added")]
    assert parts == [FactsAdded(2), FactsAdded(3)]
    assert {bytes(note.words_sealed) for note in ReporterNote.objects.all()} == {b""}
    assert Submission.objects.filter(report_id=row.id).count() == 3


def test_added_words_rest_sealed_until_the_worker_takes_them(db: None) -> None:
    service.add_facts(code=send().code, words="canary words", now=NOW)
    assert b"canary" not in bytes(ReporterNote.objects.get().words_sealed)


@pytest.mark.parametrize(("words", "code"), [("  ", "words_missing"), ("x" * 10_001, "words_too_long")])
def test_what_cannot_be_added_is_named(db: None, words: str, code: str) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        service.add_facts(code=send().code, words=words, now=NOW)
    assert refused.value.field == "words"


def test_the_status_follows_what_happens(db: None, as_role: AsRole) -> None:
    receipt = send()
    row = report_of(receipt)
    by = system("test")
    later = NOW + timedelta(days=3)
    for body, status in (
        (ReferralMade("icac-az", "PRIMARY", 1), "with_police"),
        (OutcomeRecorded("icac-az", "arrest"), "arrest"),
    ):
        finding = Finding("icac-az", body, by=str(by), tool="test", at=later)
        record.append_findings(report_id=row.id, findings=(finding,), by=by, now=later)
        with as_role("worker"):
            service.project_receipt(report_id=row.id, now=later)
        view = queries.find_receipt(receipt.code)
        assert (view.status, view.status_at) == (status, later)
    assert "arrested" in view.sentence


def test_a_report_without_a_receipt_has_no_status(db: None) -> None:
    service.project_receipt(report_id=12345, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT document FROM reports_submission",
        "SELECT headline FROM reports_report",
        "SELECT body FROM reports_findingrow",
        "SELECT value FROM reports_identifierrow",
        "SELECT words_sealed FROM intake_reporternote",
        "SELECT wrapped_key FROM vault_blobkey",
        "UPDATE reports_report SET esp_name = 'x'",
        "UPDATE intake_receipt SET status = 'arrest'",
        "DELETE FROM reports_report",
        "DELETE FROM intake_receipt",
    ],
)
def test_the_public_door_reads_and_changes_nothing_it_has_no_need_of(db: None, as_role: AsRole, statement: str) -> None:
    from django.db import connection

    send()
    with pytest.raises(DatabaseError, match="permission denied"), as_role("public"), connection.cursor() as cursor:
        cursor.execute(statement)

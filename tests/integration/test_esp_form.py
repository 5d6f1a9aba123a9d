"""The form for small companies, with the rights of its process: drafts, files, review, and the same intake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conftest import AsRole
from tests.integration.test_esp_console import person
from tests.unit.cybertip_samples import NOW
from tests.unit.test_cybertip_form import everything

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.cybertip import outline
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.errors import Refusal
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.vault.incoming import Incoming, IncomingWriter
from tipline.platform.vault.store import configured_store
from tipline.reference.directory import service as directory
from tipline.reference.directory.service import NewEsp
from tipline.reports import queries as reports
from tipline.reports.models import File, Report
from tipline.stages.intake import drafts, sending
from tipline.stages.intake.models import FormDraft, FormFile

pytestmark = pytest.mark.django_db
BY = Actor(ActorKind.USER, "sam", role="ESP_REPORTER")


@pytest.fixture
def fixed_now() -> datetime:
    """After the times that are typed."""
    return NOW


@pytest.fixture
def company(fixed_now: datetime) -> int:
    """A company in the directory."""
    return directory.create_esp(new=NewEsp("Example"), by=system("test"), now=fixed_now)


@pytest.fixture
def pages(company: int, as_role: AsRole) -> Iterator[None]:
    """The rights and the scope of the company pages."""
    with as_role("esp_web"), agency_scope(esp=company):
        yield


def stored(data: bytes) -> Incoming:
    writer = IncomingWriter.begin()
    writer.write(data)
    return writer.finish()


def drafted(company: int, now: datetime, *, data: bytes = b"a pattern with a number") -> drafts.Draft:
    """A draft in which everything is told, and one file of which everything is said."""
    draft_id = drafts.begin(esp_id=company, author="sam", values=everything(REPORT, "report"), now=now)
    draft = drafts.load(esp_id=company, draft_id=draft_id)
    file_id = drafts.add_file(draft=draft, upload_name="a.png", incoming=stored(data), now=now)
    said = everything(FILE_DETAILS, f"file{file_id}")
    said = {name: text for name, text in said.items() if not name.endswith(("/reportId", "/fileId"))}
    drafts.save(draft=draft, under=(f"file{file_id}/",), values=said, now=now)
    return drafts.load(esp_id=company, draft_id=draft_id)


def test_a_draft_goes_through_the_intake_as_one_report_with_its_file(
    pages: None, company: int, fixed_now: datetime
) -> None:
    draft = drafted(company, fixed_now)
    looked = sending.look_through(draft, now=fixed_now)
    assert looked.wrong == ()
    sent = sending.send(draft=draft, esp_name="Example", by=BY, now=fixed_now)
    assert looked.quality == sent.finished.quality
    row = Report.objects.only("state", "source", "quality").get(number=sent.number)
    assert (row.state, row.source, row.quality) == ("RECEIVED", "ESP_FORM", sent.finished.quality.score)
    with pytest.raises(Refusal, match="no_such_draft"):
        sending.send(draft=draft, esp_name="Example", by=BY, now=fixed_now)
    assert Report.objects.filter(esp_id=company).count() == 1
    assert not FormFile.objects.exists()


def test_what_was_sent_is_the_document_and_the_file_that_were_typed(
    company: int, as_role: AsRole, fixed_now: datetime
) -> None:
    with as_role("esp_web"), agency_scope(esp=company):
        draft = drafted(company, fixed_now)
        number = sending.send(draft=draft, esp_name="Example", by=BY, now=fixed_now).number
    head = reports.find_head(number)
    assert head is not None
    document = reports.load_full_document(head.id)
    assert document["incidentSummary"]["platform"] == "x"
    assert document["reporter"]["reportingPerson"]["email"][0]["#"] == "a@example.com"
    (file,) = reports.list_files(head.id)
    assert (file.sha256, file.details["originalFileName"]) == (draft.files[0].incoming.sha256, "x")
    assert configured_store().exists(File.objects.get(report_id=head.id).incoming_name)


def test_a_draft_lies_sealed_and_belongs_to_its_company(company: int, as_role: AsRole, fixed_now: datetime) -> None:
    with as_role("esp_web"), agency_scope(esp=company):
        draft = drafted(company, fixed_now)
        kept = bytes(FormDraft.objects.values_list("sealed", flat=True).get())
    assert b"192.0.2.1" not in kept
    with as_role("esp_web"), agency_scope(esp=company + 1):
        assert not FormDraft.objects.exists()
        with pytest.raises(Refusal, match="no_such_draft"):
            drafts.load(esp_id=company, draft_id=draft.id)
    # A sealed draft under another's number is no draft.
    FormDraft.objects.create(
        id="b" * 32, esp_id=company, author="x", sealed=kept, begun_at=fixed_now, saved_at=fixed_now
    )
    with pytest.raises(Refusal, match="draft_damaged"):
        drafts.load(esp_id=company, draft_id="b" * 32)


def test_the_pages_write_no_report_of_another_company_and_none_of_the_api(
    company: int, as_role: AsRole, fixed_now: datetime
) -> None:
    base: dict[str, Any] = {"state": "OPEN", "opened_at": fixed_now, "changed_at": fixed_now}
    wrong = (
        {"source": "ESP_API", "esp_id": company, "number": 5},
        {"source": "ESP_FORM", "esp_id": company + 1, "number": 6},
    )
    for told in wrong:
        with pytest.raises(Exception, match="row-level security"), as_role("esp_web"), agency_scope(esp=company):
            Report(id=10**12 + told["number"], **base, **told).save(force_insert=True)
    with pytest.raises(Exception, match="opens reports in state OPEN"), as_role("esp_web"), agency_scope(esp=company):
        Report(id=10**12, **{**base, "state": "SCORED"}, source="ESP_FORM", esp_id=company, number=7).save(
            force_insert=True
        )


def test_a_finished_report_of_the_form_takes_nothing_more(company: int, as_role: AsRole, fixed_now: datetime) -> None:
    with as_role("esp_web"), agency_scope(esp=company):
        draft = drafted(company, fixed_now)
        number = sending.send(draft=draft, esp_name="Example", by=BY, now=fixed_now).number
    with pytest.raises(Exception, match="no longer open"), as_role("esp_web"), agency_scope(esp=company):
        Report.objects.filter(number=number).update(quality=100)


def test_everything_wrong_is_named_and_nothing_is_stored(pages: None, company: int, fixed_now: datetime) -> None:
    event = "report/personOrUserReported[1]/ipCaptureEvent[1]"
    values = {
        f"{event}/ipAddress": "192.0.2.1",
        f"{event}/port": "many",
        "report/personOrUserReported[1]/deviceId[1]/idType": "IMEI",
    }
    draft_id = drafts.begin(esp_id=company, author="sam", values=values, now=fixed_now)
    draft = drafts.load(esp_id=company, draft_id=draft_id)
    paths = {one.path for one in sending.look_through(draft, now=fixed_now).wrong}
    assert {
        "report/incidentSummary/incidentType",
        "report/incidentSummary/incidentDateTime",
        "report/personOrUserReported/deviceId/idValue",
        "report/personOrUserReported/ipCaptureEvent/port",
    } <= paths
    with pytest.raises(Refusal):
        sending.send(draft=draft, esp_name="Example", by=BY, now=fixed_now)
    assert drafts.load(esp_id=company, draft_id=draft_id).values == values


def test_forgotten_drafts_go_with_their_files_and_others_are_awaited(
    company: int, as_role: AsRole, fixed_now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with as_role("esp_web"), agency_scope(esp=company):
        old = drafted(company, fixed_now - timedelta(days=40))
        new = drafted(company, fixed_now)
        FormDraft.objects.filter(pk=old.id).update(saved_at=fixed_now - timedelta(days=31))
    with as_role("worker"):
        names = [old.files[0].incoming.name, new.files[0].incoming.name]
        assert drafts.find_awaited(names) == set(names)
        with django_capture_on_commit_callbacks(execute=True):
            assert drafts.clear_forgotten(now=fixed_now) == 1
    assert {one.id for one in FormDraft.objects.all()} == {new.id}
    left = set(configured_store().names("incoming"))
    assert names[1] in left
    assert names[0] not in left


def test_the_companys_programs_read_of_reports_of_the_form(company: int, as_role: AsRole, fixed_now: datetime) -> None:
    from tipline.interfaces.esp_api.own_reports import list_reports

    with as_role("esp_web"), agency_scope(esp=company):
        number = sending.send(draft=drafted(company, fixed_now), esp_name="Example", by=BY, now=fixed_now).number
    with as_role("esp_api"):
        told = json.loads(json.dumps(list_reports(company, "production", after=0, size=10)))
    assert [one["report"] for one in told["reports"]] == [number]


@pytest.mark.urls("tipline.interfaces.esp_web.urls")
def test_a_batch_is_written_with_its_accounts_pasted_and_one_file(
    company: int, fixed_now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    client = person(company, fixed_now, Role.ESP_REPORTER)
    start = {
        "report/incidentSummary/incidentType": "Misleading Domain Name",
        "report/incidentSummary/incidentDateTime": "2026-02-20 08:30 UTC",
        "report/reporter/reportingPerson/email[1]/#": "trust@example.com",
        "report/victim[1]/schoolName": "somewhere",
    }
    draft_id = drafts.begin(esp_id=company, author="sam", values=start, now=fixed_now)
    names = "\r\n".join(["acc-1", " acc-2 ", "", "acc-1", *(f"more-{n}" for n in range(40))])
    page = client.post(f"/write/{draft_id}/batchedReport/", {"accounts": names, "more": "yes"}).content.decode()
    assert "42 are in the report already" in page
    page = client.get(f"/write/{draft_id}/personOrUserReported/").content.decode()
    assert page.count("/espIdentifier") == 43  # a blank one waits
    assert "screenName" not in page
    draft = drafts.load(esp_id=company, draft_id=draft_id)
    for name in ("a.png", "b.png"):
        drafts.add_file(draft=draft, upload_name=name, incoming=stored(name.encode()), now=fixed_now)
    first, second = drafts.load(esp_id=company, draft_id=draft_id).files
    said = {f"file{first.id}/fileViewedByEsp": "true", f"file{first.id}/originalFileName": "a.png"}
    drafts.save(draft=draft, under=(f"file{first.id}/",), values=said, now=fixed_now)
    wrong = sending.look_through(drafts.load(esp_id=company, draft_id=draft_id), now=fixed_now).wrong
    assert {one.path for one in wrong} >= {"report/victim", "files", f"file{first.id}/originalFileName"}
    drafts.remove_file(draft=draft, file_id=second.id)
    drafts.save(draft=draft, under=("report/victim[",), values={}, now=fixed_now)
    marked = {f"file{first.id}/fileViewedByEsp": "true", f"file{first.id}/fileAnnotations/viral": "true"}
    drafts.save(draft=draft, under=(f"file{first.id}/",), values=marked, now=fixed_now)
    assert client.post(f"/write/{draft_id}/send/").status_code == 302
    row = Report.objects.get(esp_id=company)
    assert (row.state, row.batched, len(reports.load_document(row.id)["personOrUserReported"])) == (
        "RECEIVED",
        True,
        42,
    )


def test_a_country_is_not_called_by_the_name_of_a_state() -> None:
    def labels(box: outline.Box, element: str) -> set[str]:
        own = {words for one in box.fields if one.element == element for value, words in one.choices if value == "AL"}
        return own.union(*(labels(inner, element) for inner in box.boxes))

    box = outline.outline(REPORT, "report", {}, {})
    assert (labels(box, "state"), labels(box, "country")) == ({"Alabama"}, {"AL"})

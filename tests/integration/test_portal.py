"""The portal's pages: the own agency's alone, nothing lost of what an officer writes, everything written down first."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pypdf import PdfReader
from tests.integration import desk_world, referral_world
from tests.integration.desk_world import PASSWORD, SECRET, log_in
from tests.integration.kept_files import empty_store
from tests.integration.referral_world import ANALYST, ARIZONA, FLORIDA, OPEN_BYTES, World

from tipline import pipeline
from tipline.domain.actor import system
from tipline.domain.findings import FactsAdded, Finding
from tipline.domain.report import Source
from tipline.domain.states import ReferralState, ReportState
from tipline.domain.steps import Advance
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.custody import list_custody
from tipline.reports.values import Opening
from tipline.stages.feedback import queries as feedback
from tipline.stages.feedback import service as feedback_service
from tipline.stages.feedback.models import Outcome
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import service as referral

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.portal.urls")]
ELSEWHERE = "icac-tx-north"
UNKNOWN = 1234567890


class Watch:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> Watch:
    made = Watch(fixed_now)
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def world(watch: Watch) -> Iterator[World]:
    yield referral_world.referred(watch.at)
    empty_store()


def officer_of(agency: str, watch: Watch, name: str = "") -> Client:
    """A window in which an officer of an agency has logged in."""
    username = name or f"officer-{agency}"
    person = accounts.NewUser(
        username=username,
        full_name="Robin Example",
        role=Role.OFFICER,
        password=PASSWORD,
        agency_id=agency,
        totp_secret=SECRET,
    )
    accounts.create_user(new=person, by=system("test"), now=watch.at)
    client = Client()
    log_in(client, username, watch.at)
    return client


@pytest.fixture
def florida(world: World, watch: Watch) -> Client:
    return officer_of(FLORIDA, watch)


def audited(verb: str) -> list[Any]:
    return [entry for entry in list_entries(Wanted(), limit=500) if entry.verb == verb]


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def page_of(client: Client, world: World) -> str:
    return text(client.get(f"/reports/{world.number}/"))


def tell_more(world: World, words: str, watch: Watch) -> None:
    """The reporter comes back, and every agency gets a supplement."""
    now = watch.pass_time(minutes=5)
    opening = Opening(Source.ESP_API, words.encode(), "text/plain", {"additionalInfo": words})
    record.add_part(report_id=world.id, part=2, opening=opening, by=ANALYST, now=now)
    told = Finding("", FactsAdded(2), by="public:reporter", tool="person", at=now)
    record.append_findings(report_id=world.id, findings=(told,), by=ANALYST, now=now)
    assert referral.supplement(report_id=world.id, now=watch.pass_time(minutes=1)) > 0


# --- the inbox and the page ---------------------------------------------------------------------------------------


def test_the_inbox_lists_the_own_agencys_reports_and_no_others(florida: Client, world: World, watch: Watch) -> None:
    assert f"/reports/{world.number}/" in text(florida.get("/"))
    assert "/reports/" not in text(officer_of(ELSEWHERE, watch).get("/"))


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("state=MADE_AVAILABLE", True),
        ("state=ANSWERED", False),
        ("part=PRIMARY", True),
        ("part=COPY", False),
        ("number=1", False),
        ("from=99999999999", True),
        ("state=NONSENSE&priority=9", True),
        ("number=%00", True),
        ("from=-1", True),
        ("number=99999999999999999999", False),
    ],
)
def test_the_inbox_is_filtered_and_odd_filters_do_no_harm(
    query: str, is_there: bool, florida: Client, world: World
) -> None:
    answer = florida.get(f"/?{query}")
    assert answer.status_code == 200
    assert (f"/reports/{world.number}/" in text(answer)) is is_there


def test_the_number_is_found_with_blanks_in_it(florida: Client, world: World) -> None:
    number = str(world.number)
    assert f"/reports/{number}/" in text(florida.get("/", {"number": f"{number[:4]} {number[4:]}"}))


def test_the_page_begins_with_why_this_agency_got_it(florida: Client, world: World) -> None:
    page = page_of(florida, world)
    why = page.index("Why you got this")
    for later in ("We will talk at noon.", "IP addresses", "Timeline", "Files, 2", "What came of it?"):
        assert why < page.index(later), later
    assert "18 U.S.C." in page or "18 USC" in page


def test_the_first_look_marks_the_report_opened_and_every_look_is_written_down(
    florida: Client, world: World, watch: Watch
) -> None:
    page_of(florida, world)
    opened = referrals.find_referral(agency=FLORIDA, number=world.number)
    watch.pass_time(minutes=3)
    page_of(florida, world)
    again = referrals.find_referral(agency=FLORIDA, number=world.number)
    assert opened is not None
    assert again is not None
    assert (opened.state, again.opened_at) == (ReferralState.OPENED, opened.opened_at)
    assert len(audited("referral.opened")) == 2


def test_both_sources_of_an_address_stand_side_by_side(florida: Client, world: World) -> None:
    page = page_of(florida, world)
    heads = re.findall(r'<th scope="col">([^<]+)</th>', page)
    assert {"First source", "Second source"} <= set(heads)
    assert "An address names a subscriber" in page


def test_nothing_of_the_programs_own_notation_is_shown(florida: Client, world: World) -> None:
    page = page_of(florida, world)
    assert "No threats of any kind." in page
    assert not re.search(r"\{&#x27;|&#x27;: |None\b|\bPRIMARY\b(?!\")", re.sub(r'value="[^"]*"', "", page))


def test_an_existence_only_report_says_whom_to_ask_and_nothing_else(world: World, watch: Watch) -> None:
    row = referral.Referral.objects.get(report_number=world.number, agency=ARIZONA)
    row.pk, row.agency, row.part, row.headline, row.why = None, ELSEWHERE, "EXISTENCE_ONLY", "", ""
    row.place, row.incident, row.tags = "", "", []
    row.primary_agency, row.primary_contact = "North Florida ICAC", "904 555 0100"
    row.save(force_insert=True)
    client = officer_of(ELSEWHERE, watch)
    for page in (text(client.get("/")), page_of(client, world)):
        assert "North Florida ICAC" in page
        assert "904 555 0100" in page
        assert "nightowl_77" not in page
        assert "We will talk" not in page
    assert client.get(f"/reports/{world.number}/package.zip").status_code == 404
    refused = client.post(f"/reports/{world.number}/outcome/", {"case_status": "arrest"})
    assert refused.status_code == 422
    assert "The agency that has this report answers for it." in text(refused)
    assert not Outcome.objects.exists()


# --- what is not the agency's own ---------------------------------------------------------------------------------

PATHS = ("", "package.zip", "documents/report.pdf", "files/" + "a" * 32)


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_and_an_unknown_report_answer_and_are_audited_alike(path: str, world: World, watch: Watch) -> None:
    client = officer_of(ELSEWHERE, watch)
    answers = [client.get(f"/reports/{number}/{path}") for number in (world.number, UNKNOWN)]
    assert [one.status_code for one in answers] == [404, 404]
    first, second = (re.sub(r'value="[^"]*"|content="[^"]*"', "", text(one)) for one in answers)
    assert first == second
    assert answers[0].headers.items() == answers[1].headers.items()
    one, other = audited("referral.refused")
    assert {one.object_id, other.object_id} == {str(world.number), str(UNKNOWN)}
    shapes = [(e.verb, e.outcome, e.object_kind, dict(e.details), e.actor) for e in (one, other)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("form", ["outcome", "contacts"])
def test_nobody_answers_for_a_report_that_is_not_theirs(form: str, world: World, watch: Watch) -> None:
    client = officer_of(ELSEWHERE, watch)
    for number in (world.number, UNKNOWN):
        answer = client.post(f"/reports/{number}/{form}/", {"case_status": "arrest", "rows": "night_1"})
        assert answer.status_code == 404
    assert len(audited("referral.refused")) == 2
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("digits", [19, 20, 70, 1000, 5000])
def test_a_number_of_any_length_is_merely_not_found(digits: int, florida: Client) -> None:
    assert florida.get(f"/reports/{'9' * digits}/").status_code == 404


def test_the_database_shows_nothing_foreign_when_the_pages_own_filter_is_gone(
    world: World, watch: Watch, as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = referrals.find_referral(agency=FLORIDA, number=world.number)
    assert theirs is not None
    client = officer_of(FLORIDA, watch)
    page_of(client, world)
    with as_role("portal", agency=ELSEWHERE), connection.cursor() as cursor:
        for table in ("referral_referral", "referral_package", "referral_look", "feedback_outcome"):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE id = id OR true")
            assert cursor.fetchone() == (0,), table
        assert referrals.find_referral(agency=FLORIDA, number=world.number) is None
        assert referrals.find_versions_seen(reader=f"officer-{FLORIDA}", referral_ids=[theirs.id]) == {}


# --- downloads ----------------------------------------------------------------------------------------------------


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_package_carries_its_size_and_digest_and_is_never_shown_inline(florida: Client, world: World) -> None:
    answer = florida.get(f"/reports/{world.number}/package.zip")
    data = body(answer)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert answer["Repr-Digest"] == f"sha-256=:{digest}:"
    assert answer["Content-Length"] == str(len(data))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_each_document_of_the_package_can_be_had_alone_and_is_the_same(florida: Client, world: World) -> None:
    package = zipfile.ZipFile(io.BytesIO(body(florida.get(f"/reports/{world.number}/package.zip"))))
    page = page_of(florida, world)
    for name in ("report.pdf", "report.json", "tipline.json", "submission.xml", "README.txt"):
        answer = florida.get(f"/reports/{world.number}/documents/{name}")
        data = body(answer)
        assert data == package.read(name), name
        assert answer["Content-Length"] == str(len(data))
        assert f"/reports/{world.number}/documents/{name}" in page
        assert hashlib.sha256(data).hexdigest() in page
    assert len(PdfReader(io.BytesIO(body(florida.get(f"/reports/{world.number}/documents/report.pdf")))).pages) > 0
    assert json.loads(package.read("report.json").decode("utf-8-sig"))["reportId"] == world.number


def test_a_document_is_written_down_before_its_first_byte(florida: Client, world: World) -> None:
    answer = florida.get(f"/reports/{world.number}/documents/report.pdf")
    (entry,) = audited("referral.downloaded")
    assert entry.details["digest"] == hashlib.sha256(body(answer)).hexdigest()


@pytest.mark.parametrize("name", ["files", "MANIFEST.json", "nothing.pdf", "..", "report.pdf%00"])
def test_what_is_no_document_of_the_package_is_not_found(name: str, florida: Client, world: World) -> None:
    assert florida.get(f"/reports/{world.number}/documents/{name}").status_code == 404


def test_an_open_file_is_handed_out_and_a_sealed_one_says_what_is_needed(florida: Client, world: World) -> None:
    opened, sealed = reports.list_files(world.id)
    got = florida.get(f"/reports/{world.number}/files/{opened.file_id}")
    assert body(got) == OPEN_BYTES
    refused = florida.get(f"/reports/{world.number}/files/{sealed.file_id}")
    assert refused.status_code == 403
    assert "A warrant is needed" in text(refused)
    (entry,) = audited("file.refused")
    assert (entry.object_id, entry.details["reason"]) == (sealed.file_id, "warrant_needed")
    assert [one.act for one in list_custody(world.id) if one.agency == FLORIDA] == ["DOWNLOADED"]


# --- what is new --------------------------------------------------------------------------------------------------


def test_a_reader_sees_what_is_new_since_they_last_looked_and_a_colleague_their_own(
    florida: Client, world: World, watch: Watch
) -> None:
    new = "New since you last looked"
    assert new not in page_of(florida, world)
    tell_more(world, "It was on Tuesday.", watch)
    assert "new since you looked" in text(florida.get("/"))
    page = page_of(florida, world)
    assert new in page
    assert "1 new account in words" in page
    assert new not in page_of(florida, world)
    assert "new since you looked" not in text(florida.get("/"))
    # Who never looked has nothing to compare with: everything is new to them.
    colleague = officer_of(FLORIDA, watch, "officer-two")
    assert new not in page_of(colleague, world)


# --- what came of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["conviction", "arrest", "ongoing", "referred_onward"])
def test_an_outcome_takes_one_click(status: str, florida: Client, world: World) -> None:
    page = page_of(florida, world)
    assert f'name="case_status" value="{status}"' in page
    answer = florida.post(f"/reports/{world.number}/outcome/", {"case_status": status})
    assert answer.status_code == 302
    assert [one.case_status for one in feedback.list_outcomes(world.id)] == [status]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({}, "case_status", "Choose how the case stands."),
        ({"case_status": "closed"}, "closing_reason", "Say why the case was closed."),
        ({"case_status": "ongoing", "further_victims": "3"}, "further_victims", "after an arrest or a conviction"),
        ({"case_status": "arrest", "further_victims": "-1"}, "further_victims", "greater than or equal to 0"),
        ({"case_status": "arrest", "useful": "no"}, "not_useful_reason", "Say what made it of little use."),
        ({"case_status": "arrest", "closing_reason": "no_crime"}, "closing_reason", "belongs to a closed case"),
        ({"case_status": "acquittal"}, "case_status", "Select a valid choice"),
    ],
)
def test_a_wrong_answer_names_its_field_and_loses_nothing(
    given: dict[str, str], field: str, sentence: str, florida: Client, world: World
) -> None:
    answer = florida.post(f"/reports/{world.number}/outcome/", {"note": "Case 12, our own words.", **given})
    assert answer.status_code == 422
    errors = answer.context["outcome_form"].errors
    assert list(errors) == [field]
    assert sentence in " ".join(errors[field])
    page = text(answer)
    assert "Case 12, our own words." in page
    assert "Nothing is lost." in page
    if "further_victims" in given:
        assert f'value="{given["further_victims"]}"' in page
    assert not Outcome.objects.exists()


def test_answering_again_starts_from_the_last_answer_and_keeps_the_history(
    florida: Client, world: World, watch: Watch
) -> None:
    first = {"case_status": "arrest", "child_identified": "true", "further_victims": "4", "useful": "yes"}
    florida.post(f"/reports/{world.number}/outcome/", first)
    watch.pass_time(minutes=3)
    shown = florida.get(f"/reports/{world.number}/").context["outcome_form"].initial
    assert {name: str(shown[name]) for name in first} == first
    florida.post(f"/reports/{world.number}/outcome/", {**first, "case_status": "conviction"})
    page = page_of(florida, world)
    history = page[page.index("All answers") :]
    assert history.index("Conviction") < history.index("Arrest")


def test_one_agency_does_not_read_anothers_answers(florida: Client, world: World, watch: Watch) -> None:
    florida.post(f"/reports/{world.number}/outcome/", {"case_status": "arrest", "note": "Case 12."})
    page = page_of(officer_of(ARIZONA, watch), world)
    assert "All answers" not in page
    assert "Case 12." not in page
    assert f"officer-{FLORIDA}" not in page


# --- the seized list ----------------------------------------------------------------------------------------------


def hand_in(client: Client, world: World, **given: Any) -> Any:
    return client.post(f"/reports/{world.number}/contacts/", given, follow=True)


def test_rows_that_cannot_be_read_are_named_and_none_is_lost(florida: Client, world: World) -> None:
    page = text(hand_in(florida, world, rows="desert_star\n\na b c, d, e\n+1 602 555 0142\ndesert_star"))
    assert "2 contacts taken. 2 rows need another look" in page
    assert "Row 3" in page
    assert "More than one contact on the line" in page
    assert "Row 5" in page
    (kept,) = feedback.list_contact_lists(world.id)
    assert (kept.rows_total, kept.rows_read) == (4, 2)


def test_pasted_rows_and_a_file_are_both_taken(florida: Client, world: World) -> None:
    file = SimpleUploadedFile("list.csv", b"kind,value\nhandle,harbor_1\nemail,moor@example.org\n", "text/csv")
    page = text(hand_in(florida, world, rows="desert_star", file=file))
    assert "3 contacts taken." in page


def test_one_contact_and_one_row_are_no_plural(florida: Client, world: World) -> None:
    page = text(hand_in(florida, world, rows="desert_star\na b c, d, e"))
    assert "1 contact taken. 1 row needs another look, see below. It is compared with every report." in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_writing_that_office_programs_use(encoding: str, florida: Client, world: World) -> None:
    file = SimpleUploadedFile("list.csv", "contact\nstraße_9\nharbor_1\n".encode(encoding))
    assert "2 contacts taken." in text(hand_in(florida, world, file=file))
    (kept,) = feedback.list_contact_lists(world.id)
    feedback_service.take_contacts(list_id=kept.id, now=clock.now())
    values = {row.value for row in feedback_service.ContactRow.objects.all()}
    assert "harbor_1" in values
    assert any("9" in value and "\ufffd" not in value for value in values - {"harbor_1"})


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({}, "rows", "Paste the contacts here, or choose a file."),
        ({"rows": "contact\n"}, "rows", "Paste at least one contact"),
        ({"rows": "a_\x00b"}, "rows", "Null characters"),
        ({"file": SimpleUploadedFile("list.xlsx", b"PK\x03\x04\x00\x00\x81\x00")}, "file", "not a text file"),
        ({"rows": "kept_1", "file": SimpleUploadedFile("l.csv", b"x" * 2_000_001)}, "file", "at most 2"),
        ({"rows": "\n".join(f"name_{n}" for n in range(20_001))}, "rows", "at most 20000"),
    ],
)
def test_a_list_that_cannot_be_taken_names_its_field_and_loses_nothing(
    given: dict[str, Any], field: str, sentence: str, florida: Client, world: World
) -> None:
    answer = hand_in(florida, world, **given)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["list_form"].errors[field])
    assert str(given.get("rows", ""))[:6].strip("\x00") in text(answer)
    assert feedback.list_contact_lists(world.id) == ()


def test_a_seized_contact_that_another_report_knows_is_counted(florida: Client, world: World, watch: Watch) -> None:
    desk_world.seed(watch.at, with_pictures=False, passing=0)
    hand_in(florida, world, rows="harbor_fox\nnobody_ever_3")
    (kept,) = feedback.list_contact_lists(world.id)
    feedback_service.take_contacts(list_id=kept.id, now=watch.at)
    assert "1 stands in other reports" in page_of(florida, world)


# --- the end ------------------------------------------------------------------------------------------------------


def test_a_purged_report_still_answers_and_says_that_its_content_is_gone(
    florida: Client, world: World, watch: Watch
) -> None:
    closed = Advance(to_state=ReportState.CLOSED, code="test")
    made = ReportState.MADE_AVAILABLE
    record.advance(report_id=world.id, result=closed, by=ANALYST, now=watch.at, from_state=made)
    pipeline.purge(watch.at + timedelta(days=400))
    answer = florida.get(f"/reports/{world.number}/")
    assert answer.status_code == 200
    assert "destroyed at the end of retention" in text(answer)
    for path in ("package.zip", "documents/report.pdf", "files/" + "a" * 32):
        assert florida.get(f"/reports/{world.number}/{path}").status_code == 404, path
    assert florida.post(f"/reports/{world.number}/outcome/", {"case_status": "ongoing"}).status_code == 302

"""The company's console: quality and its trend, search, the clock, colleagues, log-ins, the form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import AsRole
from tests.integration.desk_world import PASSWORD, SECRET, log_in

from tipline.domain.actor import Actor, ActorKind, system
from tipline.domain.errors import Refusal
from tipline.domain.referral import Part, ReferralRef
from tipline.domain.report import Source
from tipline.domain.viewing import UNEXPLAINED, WORDS, Viewed, words_of
from tipline.platform import clock
from tipline.platform.accounts import colleagues
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.colleagues import NewColleague
from tipline.platform.accounts.models import User
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.audit.queries import Wanted as WantedEntries
from tipline.platform.audit.queries import list_entries
from tipline.reference.directory import credentials as rotation
from tipline.reference.directory import service as directory
from tipline.reference.directory import viewing
from tipline.reference.directory.models import EspCredential
from tipline.reference.directory.service import NewEsp
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports import trend
from tipline.reports.company import Wanted, list_own_reports
from tipline.reports.models import File, Report
from tipline.reports.values import Opening
from tipline.stages.feedback import keeping
from tipline.stages.feedback.models import EspNews
from tipline.stages.feedback.queries import numbers_answered
from tipline.stages.referral.models import Referral

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
BY = system("test")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any, monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    """Argon2 is slow on purpose; and the clock stands."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)


@pytest.fixture
def company(fixed_now: datetime) -> int:
    """A company in the directory."""
    return directory.create_esp(new=NewEsp("Example"), by=BY, now=fixed_now)


def person(esp_id: int, now: datetime, role: Role = Role.ESP_USER, name: str = "sam") -> Client:
    """Somebody of a company, signed in with both factors."""
    new = accounts.NewUser(name, "Sam Example", role, PASSWORD, esp_id=esp_id, totp_secret=SECRET)
    accounts.create_user(new=new, by=BY, now=now)
    client = Client()
    log_in(client, name, now)
    return client


def graded(esp_id: int, at: datetime, score: int, product: str = "Chat", **more: Any) -> int:
    """A finished report with a score, as a row."""
    made = {
        "source": "ESP_API",
        "state": "SCORED",
        "esp_id": esp_id,
        "esp_name": "Example",
        "product": product,
        "quality": score,
        "lacks": [["ip_port", 0, 0], ["file_details", 1, 3]] if score < 100 else [],
        "opened_at": at,
        "changed_at": at,
        "received_at": at,
        "preserve_until": at + timedelta(days=365),
    }
    number = 4_000_000_000 + Report.objects.count()
    return Report.objects.create(number=number, **(made | more)).number


def text(got: Any) -> str:
    return " ".join(str(got.content.decode()).split())


def test_the_page_of_a_report_says_what_an_officer_would_need(company: int, fixed_now: datetime) -> None:
    number = graded(company, fixed_now, 86)
    page = text(person(company, fixed_now).get(f"/reports/{number}/"))
    assert "86 of 100" in page
    assert "Thousands share an address" in page
    assert "1 of 3 files" in page
    assert "personOrUserReported/ipCaptureEvent/port" in page


def test_the_list_is_searched_by_number_product_state_and_score(company: int, fixed_now: datetime) -> None:
    good, thin = graded(company, fixed_now, 95), graded(company, fixed_now, 40, product="Mail", state="CLOSED")
    client = person(company, fixed_now)
    for query, found in (
        (f"number={thin}", {thin}),
        ("product=chat", {good}),
        ("standing=closed", {thin}),
        ("below=50", {thin}),
        ("environment=test", set()),
        ("number=seven", set()),
        ("", {good, thin}),
    ):
        page = text(client.get(f"/?{query}"))
        assert {one for one in (good, thin) if f"/reports/{one}/" in page} == found, query


def test_the_list_is_searched_by_what_law_enforcement_said(company: int, fixed_now: datetime, as_role: AsRole) -> None:
    useful, thin, silent = (graded(company, fixed_now, 95) for _ in range(3))
    for number, said, child in ((useful, "yes", True), (thin, "no", None)):
        EspNews.objects.create(
            outcome_id=number, esp_id=company, report_number=number, case_status="arrest", useful=said,
            child_identified=child, at=fixed_now,
        )  # fmt: skip
    client = person(company, fixed_now)
    for answer, found in (
        ("any", {useful, thin}),
        ("useful", {useful}),
        ("not_useful", {thin}),
        ("child", {useful}),
        ("other", {useful, thin, silent}),
    ):
        page = text(client.get(f"/?answer={answer}"))
        assert {one for one in (useful, thin, silent) if f"/reports/{one}/" in page} == found, answer
    with as_role("esp_web"), agency_scope(esp=company):
        wanted = Wanted(among=numbers_answered(company, "any"))
        assert list_own_reports(esp_id=company, wanted=wanted).total == 2


def test_the_trend_counts_each_product_by_week_and_only_ones_own(company: int, fixed_now: datetime) -> None:
    for at, score in ((fixed_now, 90), (fixed_now, 70), (fixed_now - timedelta(weeks=2), 40)):
        graded(company, at, score)
    graded(company, fixed_now, 55, product="Mail")
    graded(company, fixed_now - timedelta(weeks=30), 1)
    graded(company, fixed_now, 2, environment="test")
    graded(company + 1, fixed_now, 3)
    weeks = trend.list_weeks(esp_id=company, now=fixed_now)
    assert [(week.product, week.reports, week.mean) for week in weeks] == [
        ("Chat", 1, 40.0),
        ("Chat", 2, 80.0),
        ("Mail", 1, 55.0),
    ]
    often = trend.list_often_missing(esp_id=company, now=fixed_now)
    assert [(one.code, one.reports, one.of_reports) for one in often] == [("file_details", 4, 4), ("ip_port", 4, 4)]
    page = text(person(company, fixed_now).get("/quality/"))
    assert "Chat" in page
    assert "up 40 since the first week" in page


def test_the_page_of_the_trend_works_with_the_rights_of_its_process(
    company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    graded(company, fixed_now, 86)
    graded(company + 1, fixed_now, 86)
    with as_role("esp_web"), agency_scope(esp=company):
        assert [week.reports for week in trend.list_weeks(esp_id=company, now=fixed_now)] == [1]
        assert trend.list_weeks(esp_id=company + 1, now=fixed_now) == ()


# -- what a "No" means -----------------------------------------------------------------------------------


def with_file(esp_id: int, at: datetime, **details: Any) -> int:
    """A report with one file of which the company says something; its id."""
    number = graded(esp_id, at, 90)
    report_id = Report.objects.only("id").get(number=number).id
    File.objects.create(
        report_id=report_id, file_id="a" * 32, position=1, size=1, md5="", sha1="", sha256="", details=details,
        received_at=at,
    )  # fmt: skip
    return report_id


def test_a_no_means_what_the_company_stated_for_that_day_and_opens_nothing(company: int, fixed_now: datetime) -> None:
    report_id = with_file(company, fixed_now, fileViewedByEsp=False)
    (file,) = reports.list_files(report_id)
    assert (file.viewed, file.legal_state.name) == (Viewed.NOT_SAID, "SEALED")
    assert words_of(file.viewed, file.viewed_by_esp) == UNEXPLAINED
    day = timedelta(days=1)
    for meaning, since in (("viewed_same_hash_before", fixed_now - 5 * day), ("not_viewed", fixed_now - 50 * day)):
        new = viewing.NewStatement(meaning, since.date())
        viewing.state_meaning(esp_id=company, new=new, by=BY, now=fixed_now)
    (file,) = reports.list_files(report_id)
    assert (file.viewed, file.legal_state.name) == (Viewed.SAME_HASH_BEFORE, "SEALED")
    assert words_of(file.viewed, file.viewed_by_esp) == WORDS[Viewed.SAME_HASH_BEFORE]
    assert viewing.meaning_of_no(company, fixed_now - 10 * day) is Viewed.NOT_VIEWED
    assert viewing.meaning_of_no(company, fixed_now - 60 * day) is None
    assert viewing.meaning_of_no(company + 1, fixed_now) is None


@pytest.mark.parametrize(
    ("details", "viewed", "state"),
    [
        ({}, Viewed.NOT_SAID, "SEALED"),
        ({"fileViewedByEsp": True}, Viewed.VIEWED_NOW, "OPEN"),
        ({"publiclyAvailable": True}, Viewed.NOT_SAID, "OPEN"),
        ({"fileViewedByEsp": False, "publiclyAvailable": True}, Viewed.SIMILAR_BEFORE, "OPEN"),
    ],
)
def test_the_gate_opens_for_a_viewed_copy_or_a_public_one(
    company: int, fixed_now: datetime, details: dict[str, bool], viewed: Viewed, state: str
) -> None:
    new = viewing.NewStatement("viewed_similar_before", fixed_now.date())
    viewing.state_meaning(esp_id=company, new=new, by=BY, now=fixed_now)
    (file,) = reports.list_files(with_file(company, fixed_now, **details))
    assert (file.viewed, file.legal_state.name) == (viewed, state)


def test_the_administrator_states_it_and_a_reader_cannot(company: int, fixed_now: datetime) -> None:
    told = {"meaning": "not_viewed", "since": f"{fixed_now:%Y-%m-%d}", "words": "Never seen."}
    assert person(company, fixed_now).post("/profile/state/", told).status_code == 403
    client = person(company, fixed_now, Role.ESP_ADMIN, "admin")
    assert client.post("/profile/state/", told).status_code == 302
    assert "Never seen." in text(client.get("/profile/"))
    wrong = client.post("/profile/state/", told | {"since": f"{fixed_now + timedelta(days=9):%Y-%m-%d}"})
    assert (wrong.status_code, "Give a day that has come." in text(wrong)) == (400, True)
    verbs = [one.verb for one in list_entries(WantedEntries(object_kind="esp", object_id=str(company)))]
    assert verbs.count("esp.viewing_stated") == 1


# -- log-ins ---------------------------------------------------------------------------------------------


def test_two_log_ins_live_side_by_side_and_the_old_one_ends(company: int, fixed_now: datetime, as_role: AsRole) -> None:
    with as_role("esp_web"), agency_scope(esp=company):
        first = rotation.issue_next(esp_id=company, environment="production", by=BY, now=fixed_now)
        rotation.issue_next(esp_id=company, environment="production", by=BY, now=fixed_now + timedelta(seconds=1))
        with pytest.raises(Refusal, match="two_live"):
            rotation.issue_next(esp_id=company, environment="production", by=BY, now=fixed_now)
        rotation.issue_next(esp_id=company, environment="test", by=BY, now=fixed_now)
        rotation.end_own(esp_id=company, credential_id=first.id, by=BY, now=fixed_now)
        rotation.issue_next(esp_id=company, environment="production", by=BY, now=fixed_now + timedelta(seconds=2))
    assert EspCredential.objects.filter(revoked_at=None, environment="production").count() == 2


def test_a_company_ends_no_log_in_of_another(company: int, fixed_now: datetime, as_role: AsRole) -> None:
    foreign = directory.create_esp(new=NewEsp("Foreign"), by=BY, now=fixed_now)
    issued = directory.issue_credential(esp_id=foreign, username="f", environment="test", by=BY, now=fixed_now)
    with as_role("esp_web"), agency_scope(esp=company):
        with pytest.raises(Refusal):
            rotation.end_own(esp_id=company, credential_id=issued.id, by=BY, now=fixed_now)
        # Past the pages, the database itself.
        assert EspCredential.objects.filter(pk=issued.id).update(revoked_at=fixed_now) == 0


def test_the_secret_is_shown_once_and_only_an_administrator_makes_one(company: int, fixed_now: datetime) -> None:
    assert person(company, fixed_now).post("/credentials/new/", {"environment": "test"}).status_code == 403
    client = person(company, fixed_now, Role.ESP_ADMIN, "admin")
    page = text(client.post("/credentials/new/", {"environment": "test"}))
    assert "Copy the secret now." in page
    kept = EspCredential.objects.get(esp_id=company)
    again = text(client.get("/credentials/"))
    assert kept.username in again
    assert "Copy the secret" not in again
    assert client.post(f"/credentials/{kept.id}/end/").status_code == 302
    assert client.post(f"/credentials/{kept.id}/end/").status_code == 400


# -- colleagues ------------------------------------------------------------------------------------------


def test_a_colleague_joins_once_with_the_code_and_is_let_go(company: int, fixed_now: datetime) -> None:
    admin = person(company, fixed_now, Role.ESP_ADMIN, "admin")
    asked = {"username": "New.Person", "full_name": "New Person", "role": "ESP_REPORTER"}
    page = text(admin.post("/people/invite/", asked))
    code = page.split('class="gate__code mono">')[1].split("<")[0]
    new, joined = Client(), {"code": code.lower(), "password": "harbour lantern 42", "again": "harbour lantern 42"}
    assert new.post("/join/", joined | {"again": "other"}).status_code == 400
    assert new.post("/join/", joined).status_code == 302
    assert new.post("/join/", joined).status_code == 400
    made = User.objects.get(username="new.person")
    assert (made.role, made.realm, made.esp_id) == ("ESP_REPORTER", "esp_web", company)
    assert admin.post(f"/people/{made.pk}/", {"role": "ESP_USER"}).status_code == 302
    assert admin.post(f"/people/{made.pk}/", {"role": "ADMIN"}).status_code == 400
    assert admin.post(f"/people/{made.pk}/", {"role": "go"}).status_code == 302
    made.refresh_from_db()
    assert (made.role, made.is_active) == ("ESP_USER", False)
    own = User.objects.get(username="admin")
    assert admin.post(f"/people/{own.pk}/", {"role": "go"}).status_code == 400


def test_the_process_of_the_pages_can_make_and_change_accounts_of_its_company_alone(
    company: int, fixed_now: datetime, as_role: AsRole
) -> None:
    by = Actor(ActorKind.USER, "admin", role="ESP_ADMIN")
    foreign = accounts.NewUser("theirs", "T", Role.ESP_USER, PASSWORD, esp_id=company + 1)
    theirs = accounts.create_user(new=foreign, by=BY, now=fixed_now)
    with as_role("esp_web"):
        with agency_scope(esp=company):
            code = colleagues.invite(
                esp_id=company, new=NewColleague("ours", "O", Role.ESP_ADMIN), by=by, now=fixed_now
            )
        assert colleagues.accept(code=code, password=PASSWORD, by=by, now=fixed_now) == "ours"
        with pytest.raises(Refusal), agency_scope(esp=company):
            colleagues.let_go(esp_id=company, account_id=theirs, by=by, now=fixed_now)
    for role, esp in ((Role.ESP_USER, company + 1), (Role.ESP_ADMIN, company + 1)):
        new = accounts.NewUser(f"x{esp}{role}", "X", role, PASSWORD, esp_id=esp)
        with pytest.raises(Exception, match="keeps its own"), as_role("esp_web"), agency_scope(esp=company):
            accounts.create_user(new=new, by=by, now=fixed_now)
    with pytest.raises(Exception, match="keeps its own"), as_role("esp_web"), agency_scope(esp=company):
        User.objects.filter(pk=theirs).update(is_active=False)


def test_an_invitation_that_ended_was_taken_back_or_is_guessed_opens_nothing(company: int, fixed_now: datetime) -> None:
    new = NewColleague("late", "Late", Role.ESP_USER)
    code = colleagues.invite(esp_id=company, new=new, by=BY, now=fixed_now)
    with pytest.raises(Refusal, match="no_invitation"):
        colleagues.accept(code=code, password=PASSWORD, by=BY, now=fixed_now + timedelta(days=4))
    (line,) = colleagues.list_invitations(esp_id=company, now=fixed_now)
    colleagues.withdraw(esp_id=company, invitation_id=line.id, by=BY, now=fixed_now)
    with pytest.raises(Refusal, match="no_invitation"):
        colleagues.accept(code=code, password=PASSWORD, by=BY, now=fixed_now)
    assert not User.objects.filter(username="late").exists()


# -- the clock, and one story ----------------------------------------------------------------------------


def test_the_clock_reminds_and_shows_what_police_ask_for(company: int, fixed_now: datetime, as_role: AsRole) -> None:
    ending = graded(company, fixed_now, 90, preserve_until=fixed_now + timedelta(days=20))
    later = graded(company, fixed_now, 90)
    report_id = Report.objects.only("id").get(number=later).id
    row = Referral.objects.create(
        report_id=report_id, report_number=later, agency="icac-az", agency_name="Arizona ICAC Task Force",
        part=Part.PRIMARY, state="OPENED", why="", certainty="high", received_at=fixed_now,
        made_available_at=fixed_now, news_at=fixed_now,
    )  # fmt: skip
    ref = ReferralRef(row.id, report_id, later, "icac-az", Part.PRIMARY)
    officer = Actor(ActorKind.USER, "officer", role="OFFICER", agency="icac-az")
    until = (fixed_now + timedelta(days=500)).date()
    with as_role("portal"), agency_scope(agency="icac-az"):
        keeping.ask_to_keep(referral=ref, agency_name=row.agency_name, until=until, by=officer, now=fixed_now)
        with pytest.raises(Refusal, match="bad_day"):
            keeping.ask_to_keep(referral=ref, agency_name="", until=fixed_now.date(), by=officer, now=fixed_now)
    with as_role("esp_web"):
        with agency_scope(esp=company):
            assert [one.report_number for one in keeping.list_open_asked(now=fixed_now)] == [later]
        with agency_scope(esp=company + 1):
            assert keeping.list_open_asked(now=fixed_now) == ()
    client = person(company, fixed_now)
    first = text(client.get("/"))
    assert "Police ask you to keep the data of 1 report longer." in first
    assert "The year of 1 report ends within 60 days." in first
    page = text(client.get("/keep/"))
    assert "Arizona ICAC Task Force" in page
    assert f"/reports/{ending}/" in page
    assert "asks you to keep it until" in text(client.get(f"/reports/{later}/"))


def test_a_supplement_and_what_it_adds_to_are_linked_both_ways(company: int, fixed_now: datetime) -> None:
    def opened(**person_reported: Any) -> int:
        document = {
            "incidentSummary": {"incidentType": "Child Sex Tourism"},
            "personOrUserReported": [person_reported],
        }
        opening = Opening(Source.ESP_API, b"<report/>", "text/xml", document, esp_id=company, esp_name="Example")
        return record.open_report(opening=opening, by=BY, now=fixed_now).number

    first = opened(espIdentifier="1")
    second = opened(priorCTReports=[first, first, 7])
    client = person(company, fixed_now)
    assert f'Added to by <a href="/reports/{second}/"' in text(client.get(f"/reports/{first}/"))
    assert f'It adds to <a href="/reports/{first}/"' in text(client.get(f"/reports/{second}/"))

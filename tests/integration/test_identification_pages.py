"""The pages of victim identification, with the rights of life: what examiners, officers and analysts see and do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.integration.desk_world import PASSWORD, SECRET, log_in, make_person
from tests.integration.identification_world import ARIZONA, FLORIDA, hand_in, known_series, md5, media, vics

from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.vault.store import configured_store
from tipline.programs.identification import queries, reading, rosters
from tipline.programs.identification.formats.vics_in import read_vics
from tipline.programs.identification.models import Collection, CollectionEvent, NewChild, RosterChild, Series
from tipline.reference.hashlists.values import Print

pytestmark = pytest.mark.django_db


class Watch:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> Watch:
    made = Watch(fixed_now)
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    store = configured_store()
    for name in list(store.names("incoming")):
        store.delete(name)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tipline.interfaces.portal.urls"):
        yield


@pytest.fixture
def desk() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tipline.interfaces.desk.urls"):
        yield


def person(role: Role, agency: str, watch: Watch) -> Client:
    name = f"{role}-{agency}".lower()
    new = accounts.NewUser(name, "Robin Example", role, PASSWORD, agency_id=agency, totp_secret=SECRET)
    accounts.create_user(new=new, by=system("test"), now=watch.at)
    client = Client()
    log_in(client, name, watch.at)
    return client


@pytest.fixture
def examiner(portal: None, watch: Watch) -> Client:
    return person(Role.EXAMINER, FLORIDA, watch)


@pytest.fixture
def analyst(desk: None, watch: Watch) -> Client:
    make_person("analyst-1", Role.ANALYST, watch.at)
    client = Client()
    log_in(client, "analyst-1", watch.at)
    return client


def text(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(data.decode().split())


CASE = {"case_number": "24-0001", "legal_basis": "Search warrant", "kind": "HASHES", "exhibit": "7b"}


def upload(client: Client, data: bytes, **more: str) -> Any:
    return client.post("/collections/new/", {**CASE, **more, "file": SimpleUploadedFile("x.json", data)})


def read(now: datetime) -> Collection:
    made = Collection.objects.latest("id")
    reading.read_collection(collection_id=made.pk, clock=lambda: now)
    return made


def test_an_examiner_sees_the_collections_and_never_the_inbox(examiner: Client) -> None:
    assert examiner.get("/").headers["Location"] == "/collections/"
    page = text(examiner.get("/collections/"))
    assert "No collection yet" in page
    assert "Inbox" not in page
    for path in ("/reports/1/", "/reports/1/package.zip", "/?state=OPENED"):
        answer = examiner.get(path)
        assert answer.status_code in (302, 403), path
        assert "/collections/" in answer.headers.get("Location", "/collections/")


def test_an_officer_uses_both(portal: None, watch: Watch) -> None:
    officer = person(Role.OFFICER, FLORIDA, watch)
    assert "Most urgent first" in text(officer.get("/"))
    assert officer.get("/collections/").status_code == 200


def test_a_collection_goes_in_sealed_and_comes_out_in_three_forms(examiner: Client, watch: Watch) -> None:
    known_series(watch.at, Print("MD5", md5(1)))
    answer = upload(examiner, vics([media(1), media(2), {"MD5": "bad"}]))
    assert answer.status_code == 302
    [name] = configured_store().names("incoming")
    assert md5(1).encode() not in b"".join(configured_store().get(name))
    assert "Being compared" in text(examiner.get(answer.headers["Location"]))
    made = read(watch.at)
    page = text(examiner.get(f"/collections/{made.pk}/"))
    for words in ("Preliminary", "Series KFT2345", "Example Sheriff", "Row 3, MD5", "Chain of custody", "handed in"):
        assert words in page
    assert text(examiner.get(f"/collections/{made.pk}/?class=UNRECOGNISED")).count(md5(2)) == 1
    table = text(examiner.get(f"/collections/{made.pk}/report/csv/"))
    assert f"{md5(1)},,,,identified child,Series KFT2345" in table
    told = examiner.get(f"/collections/{made.pk}/report/vics/?version=1.3")
    back = [one.file for one in read_vics([text(told).encode()])]
    assert [file and (file.md5, file.series) for file in back] == [(md5(1), "Series KFT2345"), (md5(2), "")]
    assert examiner.get(f"/collections/{made.pk}/report/pdf/").content.startswith(b"%PDF")
    assert examiner.get(f"/collections/{made.pk}/report/exe/").status_code == 404
    downloads = CollectionEvent.objects.filter(collection=made, act="DOWNLOADED").values_list("detail", flat=True)
    assert list(downloads) == ["csv", "vics", "pdf"]


@pytest.mark.parametrize(
    ("data", "more", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", {}, "never a picture"),
        (b"PK\x03\x04", {}, "archive"),
        (b"", {}, "empty"),
        (b"MD5\n", {"case_number": ""}, "required"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence_and_leaves_nothing(
    data: bytes, more: dict[str, str], words: str, examiner: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(examiner, data, **more)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Collection.objects.exists()
    assert not list(configured_store().names("incoming"))


def test_a_forged_upload_is_refused(portal: None, watch: Watch) -> None:
    person(Role.EXAMINER, FLORIDA, watch)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = person(Role.OFFICER, FLORIDA, watch).cookies
    assert upload(strict, vics([media(1)])).status_code == 403
    assert not Collection.objects.exists()


@pytest.mark.parametrize("path", ["collections/{}/", "collections/{}/report/csv/", "new-children/{}/", "rosters/{}/"])
def test_a_foreign_and_an_unknown_one_answer_alike(path: str, examiner: Client, watch: Watch) -> None:
    made = hand_in(vics([media(1)]), watch.at, agency=ARIZONA)
    answers = [examiner.get("/" + path.format(number)) for number in (made, 10**9, 10**30)]
    assert {one.status_code for one in answers} == {404}


def test_a_quick_check_answers_in_one_go(examiner: Client, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    known_series(watch.at, Print("MD5", md5(1)))
    case = {"case_number": "24-2", "legal_basis": "Consent"}
    answer = examiner.post("/quick-check/", {**case, "values": f"{md5(1)}\n{md5(2)}"})
    read(watch.at)
    page = text(examiner.get(answer.headers["Location"]))
    assert "identified child" in page
    assert "Preliminary" in page
    many = "\n".join(md5(number) for number in range(102))
    assert "at most 100" in text(examiner.post("/quick-check/", {**case, "values": many}))
    assert "No column" in text(examiner.post("/quick-check/", {**case, "values": "who is this"}))


def test_the_ten_business_days_of_a_newly_identified_child(examiner: Client, watch: Watch) -> None:
    told = {
        **{"case_number": "24-3", "identified_on": "2026-01-02", "notification": "IN", "country": "us"},
        **{"wish": "By telephone, mornings", "relationship": "uncle", "age_band": "7-10", "sex": "female"},
    }
    path = examiner.post("/new-children/new/", told).headers["Location"]
    assert "Due on 16 Jan 2026, 3 business days left" in text(examiner.get(path))
    kept = NewChild.objects.get()
    assert (kept.due_on.isoformat(), kept.country, kept.state) == ("2026-01-16", "US", "ANNOUNCED")
    assert b"telephone" not in bytes(kept.notification_sealed or b"")
    late = examiner.post("/new-children/new/", {**told, "case_number": "24-4", "identified_on": "2025-12-22"})
    assert "Overdue since 7 Jan 2026" in text(examiner.get(late.headers["Location"]))
    assert "overdue" in text(examiner.get("/new-children/"))
    assert "whom other agencies ask" in text(examiner.post(path, {"prints": md5(1)}))
    both = {**told, "case_number": "24-5", "identified_on": "2026-01-02", "prints": md5(1)}
    assert "whom other agencies ask" in text(examiner.post("/new-children/new/", both))
    assert not NewChild.objects.filter(case_number="24-5").exists()
    whom = {"contact_agency": "Example Sheriff", "contact": "+1 850 555 0100", "prints": f"{md5(1)}\nnonsense"}
    examiner.post(path, whom)
    assert "Line 2, MD5" in text(examiner.get(path))
    assert "lie in the future" in text(examiner.post("/new-children/new/", {**told, "identified_on": "2026-02-01"}))


def test_a_child_with_fingerprints_gets_a_series_and_is_found_from_then_on(watch: Watch) -> None:
    with override_settings(ROOT_URLCONF="tipline.interfaces.portal.urls"):
        examiner = person(Role.EXAMINER, FLORIDA, watch)
        told = {
            **{"case_number": "24-3", "identified_on": "2026-01-12", "notification": "IN", "wish": "By letter"},
            **{"contact_agency": "Example Sheriff", "contact": "+1 850 555 0100", "prints": f"{md5(1)}\nnonsense\n"},
        }
        path = examiner.post("/new-children/new/", told).headers["Location"]
        assert "An analyst gives the series its name" in text(examiner.get(path))
    with override_settings(ROOT_URLCONF="tipline.interfaces.desk.urls"):
        make_person("analyst-1", Role.ANALYST, watch.at)
        analyst = Client()
        log_in(analyst, "analyst-1", watch.at)
        assert "1 waits for a series" in text(analyst.get("/identification/"))
        number = NewChild.objects.get().pk
        answer = analyst.post(f"/identification/children/{number}/", {"name": "Series BCD2222", "distributed": "no"})
        page = answer.headers["Location"]
        shown = text(analyst.get(page))
        assert "By letter" not in shown
        assert "By letter" not in text(analyst.post(page, {"act": "reveal", "reason": ""}))
        assert "By letter" in text(analyst.post(page, {"act": "reveal", "reason": "notify"}))
    hand_in(vics([media(1)]), watch.at, agency=ARIZONA)
    made = read(watch.at)
    [(series, files)] = queries.list_series_found(made.pk)
    assert (series.name, series.contact, files) == ("Series BCD2222", "+1 850 555 0100", 1)


def test_the_analyst_judges_and_issues(analyst: Client, watch: Watch) -> None:
    child = known_series(watch.at, Print("MD5", md5(1)))
    hand_in(vics([media(1), media(2)]), watch.at)
    made = read(watch.at)
    path = f"/identification/collections/{made.pk}/"
    assert "not judged yet" in text(analyst.get(path))
    analyst.post(f"{path}issue/")
    assert "Judge the files of every series first." in text(analyst.get(path))
    analyst.post(f"{path}judge/", {"series": child, "verdict": "CONFIRMED", "note": "Same room."})
    analyst.post(f"{path}judge/", {"row": 2, "verdict": "NOT_RELEVANT"})
    analyst.post(f"{path}judge/", {"row": 2, "verdict": "NONSENSE"})
    analyst.post(f"{path}issue/")
    page = text(analyst.get(path))
    assert "Child Identification Report, issued 2026-01-13" in page
    assert "analyst-1" in page


def test_the_registry_is_kept_on_the_desk(analyst: Client, watch: Watch) -> None:
    form = {"name": "Series QQQ3333", "status": "IDENTIFIED", "notification": "UNKNOWN", "prints": md5(5)}
    refused = analyst.post("/identification/series/new/", form)
    assert "names the agency to ask" in text(refused)
    form |= {"contact_agency": "Example Sheriff", "contact": "+1 850 555 0100", "wish": "Never by letter"}
    path = analyst.post("/identification/series/new/", form).headers["Location"]
    assert "Never by letter" not in text(analyst.get(path))
    analyst.post(path, {**form, "act": "change", "distributed": "yes", "wish": ""})
    analyst.post(path, {"act": "extend", "prints": f"{md5(6)}\n{md5(5)}"})
    kept = Series.objects.get()
    assert (kept.is_distributed, kept.prints.count()) == (True, 2)
    assert "Never by letter" in text(analyst.post(path, {"act": "reveal", "reason": "notify"}))
    assert "Series QQQ3333" in text(analyst.get("/identification/series/?q=qqq&status=IDENTIFIED"))
    assert "No series fits" in text(analyst.get("/identification/series/?q=zzz"))


def test_counts_of_identified_children_carry_date_source_and_certainty(analyst: Client) -> None:
    said = {"value": "27400", "as_of": "2024-04-30", "source": "Example source", "certainty": "D"}
    analyst.post("/identification/", said)
    page = text(analyst.get("/identification/"))
    assert "30 Apr 2024" in page
    assert "Example source" in page
    assert "read at the source" in page
    assert "can be true" in text(analyst.post("/identification/", {**said, "as_of": "2031-01-01"}))


ROSTER = "handle,status,country,agency\n" + "".join(
    f"kid_{number},{'safe' if number % 10 == 0 else 'sought'},{('US', 'CA', 'GB')[number % 3]},Example Police\n"
    for number in range(350)
)


def test_a_roster_of_350_children_in_three_countries(examiner: Client, watch: Watch) -> None:
    from tests.integration import referral_world

    referral_world.queued(watch.at, handle="kid_7")
    path = examiner.post("/rosters/", {"case_number": "24-9", "rows": ROSTER}).headers["Location"]
    number = int(path.strip("/").split("/")[1])
    assert rosters.search_roster(roster_id=number, now=watch.at) == 1
    page = text(examiner.get(path))
    for words in ("350 contacts", "<dt>CA</dt>", "<dt>GB</dt>", "<dt>US</dt>", "1 to 100 of 350"):
        assert words in page
    found = text(examiner.get(f"{path}?in_reports=on"))
    assert "kid_7<" in found
    assert "kid_8<" not in found
    child = RosterChild.objects.get(value="kid_7")
    examiner.post(
        f"{path}contacts/{child.pk}/", {"status": "IDENTIFIED", "country": "ca", "with_agency": "Example RCMP"}
    )
    child.refresh_from_db()
    assert (child.status, child.country, child.with_agency) == ("IDENTIFIED", "CA", "Example RCMP")
    examiner.post(f"{path}contacts/{child.pk}/", {"status": "GONE"})
    assert "Choose one of those" in text(examiner.get(path))


def test_nobody_changes_a_child_of_another_agency(examiner: Client, watch: Watch) -> None:
    from tests.integration.identification_world import examiner as actor

    theirs = rosters.hand_in_roster(case_number="1", text="kid_1", by=actor(ARIZONA), now=watch.at)
    own = rosters.hand_in_roster(case_number="2", text="kid_2", by=actor(FLORIDA), now=watch.at)
    child = RosterChild.objects.get(roster_id=theirs)
    examiner.post(f"/rosters/{own}/contacts/{child.pk}/", {"status": "SAFE"})
    child.refresh_from_db()
    assert child.status == "SOUGHT"


def test_the_desk_sees_in_which_reports_a_contact_stands(analyst: Client, watch: Watch) -> None:
    from tests.integration import referral_world
    from tests.integration.identification_world import examiner as actor

    world = referral_world.queued(watch.at, handle="kid_7")
    made = rosters.hand_in_roster(case_number="1", text="kid_7\nkid_8", by=actor(FLORIDA), now=watch.at)
    rosters.search_roster(roster_id=made, now=watch.at)
    assert f"/reports/{world.number}/" in text(analyst.get(f"/identification/rosters/{made}/?in_reports=on"))

"""A seized collection from the hand-over to the report, on the real database, each process under its own role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from tests.integration import identification_world as world
from tests.integration.identification_world import (
    ANALYST,
    ARIZONA,
    FLORIDA,
    hand_in,
    known_series,
    md5,
    media,
    vics,
)

from tipline.domain.errors import Refusal
from tipline.platform.vault.store import configured_store
from tipline.programs.identification import later, queries, reading, report_out, rules, series, service
from tipline.programs.identification.models import Collection, CollectionEvent, Decision, SeizedRow
from tipline.programs.identification.values import NewCollection, Verdict
from tipline.reference.hashlists.values import Print

AsRole = Callable[..., AbstractContextManager[None]]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    store = configured_store()
    for name in list(store.names("incoming")):
        store.delete(name)


@pytest.fixture
def now(fixed_now: datetime) -> datetime:
    return fixed_now


def read(collection_id: int, now: datetime) -> bool:
    return reading.read_collection(collection_id=collection_id, clock=lambda: now)


def line_of(collection_id: int) -> Any:
    found = queries.find_collection(collection_id)
    assert found
    return found


def classes(collection_id: int) -> dict[int, str]:
    return dict(SeizedRow.objects.filter(collection_id=collection_id).order_by("row").values_list("row", "found"))


def test_the_three_classes_come_out_right_under_the_roles_of_life(now: datetime, as_role: AsRole) -> None:
    child = known_series(now, Print("MD5", md5(1)), Print("PDQ", "f0" * 32, 100))
    seen = known_series(now, Print("MD5", md5(2)), name="Series QRS6789", status="UNIDENTIFIED")
    near = {"MediaID": 4, "MD5": md5(4), "AlternativeHashes": [{"HashName": "PDQ", "HashValue": "f1" + "f0" * 31}]}
    with as_role("portal", agency=FLORIDA):
        made = hand_in(vics([media(1), media(2), media(3), near, {"MD5": "x"}]), now)
    with as_role("worker"):
        assert read(made, now)
    with as_role("portal", agency=FLORIDA):
        page = queries.list_answers(made)
        line = line_of(made)
    said = [(one.row, one.found, one.series and one.series.id, one.how, one.distance) for one in page.rows]
    assert said == [
        (1, "IDENTIFIED", child, "MD5", 0),
        (2, "RECOGNISED", seen, "MD5", 0),
        (3, "UNRECOGNISED", None, "", 0),
        (4, "IDENTIFIED", child, "PDQ", 1),
    ]
    assert (line.identified, line.recognised, line.unrecognised, line.rows_bad) == (2, 1, 1, 1)
    assert [(one.row, one.field) for one in queries.list_problems(made)] == [(5, "MD5")]


def test_the_upload_is_sealed_while_it_waits_and_destroyed_when_it_is_read(now: datetime) -> None:
    made = hand_in(vics([media(1), {"MD5": md5(2), "RelativeFilePath": "secret-name"}]), now)
    store = configured_store()
    [name] = list(store.names("incoming"))
    assert b"secret-name" not in b"".join(store.get(name))
    assert service.find_awaited([name]) == {name}
    read(made, now)
    assert [one.act for one in queries.list_events(made)] == ["HANDED_IN", "READ", "DESTROYED"]
    kept = Collection.objects.get(pk=made)
    assert (kept.incoming_name, kept.wrapped_key, len(kept.sha256)) == ("", None, 64)
    row = SeizedRow.objects.filter(collection=made).values().last()
    assert "secret-name" not in str(row)


def test_a_killed_reader_goes_on_after_the_last_committed_row(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 10)
    known_series(now, Print("MD5", md5(17)), Print("MD5", md5(3)))
    made = hand_in(vics([*(media(number) for number in range(1, 36)), {}]), now)
    taken, calls = reading._take, []

    def dies(place: Any, chunk: Any, at: datetime) -> bool:
        calls.append(len(chunk))
        if len(calls) == 3:
            raise MemoryError
        return taken(place, chunk, at)

    monkeypatch.setattr(reading, "_take", dies)
    with pytest.raises(MemoryError):
        read(made, now)
    assert (line_of(made).state, line_of(made).rows_read, len(classes(made))) == ("READING", 20, 20)
    monkeypatch.setattr(reading, "_take", taken)
    assert read(made, now)
    line = line_of(made)
    assert list(classes(made)) == list(range(1, 36))
    assert (line.state, line.rows_read, line.identified, line.unrecognised, line.rows_bad) == ("READ", 36, 2, 33, 1)
    assert not read(made, now)


def test_what_a_row_says_is_kept_sign_for_sign_and_what_it_does_not_say_stays_empty(now: datetime) -> None:
    odd = [r"\N", "NULL", "a,b{}", 'it\'s "7" \\n', "%s", " "]
    rows: list[dict[str, object]] = [{"MediaID": name, "MD5": md5(at)} for at, name in enumerate(odd)]
    full = {"MediaID": 7, "SHA1": "b2" * 20, "MediaSize": 12, "Category": 2, "PDQQuality": 81,
            "AlternativeHashes": [{"HashName": "PDQ", "HashValue": "d4" * 32}]}  # fmt: skip
    for made, expected in ((hand_in(vics(rows), now), odd[:-1]), (hand_in(vics([{"SHA256": "c3" * 32}]), now), [])):
        read(made, now)
        assert [one.media_id for one in SeizedRow.objects.filter(collection=made).order_by("row")] == [*expected, ""]
    made = hand_in(vics([full]), now)
    read(made, now)
    kept = SeizedRow.objects.filter(collection=made).values().get()
    said = {name: value for name, value in kept.items() if value not in ("", None, 0)}
    assert {name: said.pop(name) for name in ("id", "collection_id", "agency", "row", "found")}["row"] == 1
    assert said == {
        "media_id": "7", "sha1": "b2" * 20, "size": 12, "category": 2, "pdq": "d4" * 32, "pdq_quality": 81,
    }  # fmt: skip


def test_of_two_readers_one_keeps_each_chunk(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 5)
    made = hand_in(vics([media(number) for number in range(1, 21)]), now)
    taken = reading._take

    def beside(place: Any, chunk: Any, at: datetime) -> bool:
        monkeypatch.setattr(reading, "_take", taken)
        assert read(made, now)
        return taken(place, chunk, at)

    monkeypatch.setattr(reading, "_take", beside)
    assert not read(made, now)
    assert list(classes(made)) == list(range(1, 21))
    assert line_of(made).unrecognised == 20


def test_a_file_that_breaks_off_says_so_and_keeps_what_was_read(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    whole = vics([media(1), media(2), media(3)])
    made = hand_in(whole[: whole.rindex(b'"MD5"')], now)
    with django_capture_on_commit_callbacks(execute=True):
        assert read(made, now)
    line = line_of(made)
    assert (line.state, line.rows_read, line.unrecognised) == ("FAILED", 2, 2)
    assert "breaks off" in line.failure
    assert not list(configured_store().names("incoming"))


def test_a_reader_that_never_gets_on_gives_up(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hand_in(vics([media(1)]), now)

    def dies(*_: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(reading, "_take", dies)
    for _ in range(reading.MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            read(made, now)
    assert not read(made, now)
    assert line_of(made).state == "FAILED"


def test_reading_that_stands_still_is_woken(now: datetime) -> None:
    hand_in(vics([media(1)]), now)
    assert service.wake_waiting(now=now + timedelta(minutes=1)) == 0
    assert service.wake_waiting(now=now + timedelta(minutes=5)) == 1


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewCollection("HASHES", "", "warrant"), "case_number"),
        (NewCollection("HASHES", "1", " "), "legal_basis"),
        (NewCollection("OTHER", "1", "warrant"), "kind"),
        (NewCollection("HASHES", "1" * 81, "warrant"), "case_number"),
        (NewCollection("HASHES", "1", "warrant", device="a\x00b"), "device"),
    ],
)
def test_a_collection_without_its_case_is_refused_by_field(new: NewCollection, field: str, now: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        hand_in(vics([]), now, new=new)
    assert caught.value.field == field


# --- row-level security -------------------------------------------------------------------------------------------

TABLES = (
    "collection",
    "seizedrow",
    "rowproblem",
    "collectionevent",
    "newchild",
    "newchildprint",
    "roster",
    "rosterchild",
)


def test_an_agency_sees_its_own_alone_with_the_filter_removed(now: datetime, as_role: AsRole) -> None:
    made = hand_in(vics([media(1), {"MD5": "x"}]), now)
    read(made, now)
    counts = {}
    for agency in (FLORIDA, ARIZONA):
        with as_role("portal", agency=agency), connection.cursor() as cursor:
            for table in TABLES[:4]:
                cursor.execute(f"SELECT count(*) FROM identification_{table} WHERE id = id OR true")
                counts[agency, table] = cursor.fetchone()[0]
            assert bool(queries.find_collection(made)) is (agency == FLORIDA)
            assert bool(queries.list_answers(made).total) is (agency == FLORIDA)
    assert [counts[FLORIDA, table] for table in TABLES[:4]] == [1, 1, 1, 3]
    assert {counts[ARIZONA, table] for table in TABLES[:4]} == {0}


@pytest.mark.parametrize("table", ["seriesprint", "decision", "rostersighting", "identifiedcount"])
def test_the_portal_has_no_fingerprints_and_no_reviews(table: str, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal", agency=FLORIDA):
        connection.cursor().execute(f"SELECT 1 FROM identification_{table}")


def test_the_portal_never_reads_a_wish(as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal", agency=FLORIDA):
        connection.cursor().execute("SELECT notification_sealed FROM identification_series")


def test_nobody_hands_in_for_another_agency(now: datetime, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), as_role("portal", agency=ARIZONA):
        hand_in(vics([media(1)]), now, agency=FLORIDA)


@pytest.mark.parametrize("role", ["public", "esp_api", "esp_web", "survivors", "hash_sharing", "open_data"])
def test_no_other_door_reaches_a_collection(role: str, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        connection.cursor().execute("SELECT 1 FROM identification_collection")


def test_custody_and_decisions_are_never_changed(now: datetime) -> None:
    made = hand_in(vics([media(1)]), now)
    for change in (CollectionEvent.objects.filter(collection=made).delete, lambda: Decision.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            change()
    assert len(queries.list_events(made)) == 1


# --- review and report --------------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(now: datetime) -> tuple[int, int, int]:
    one = known_series(now, Print("MD5", md5(1)), Print("MD5", md5(2)))
    other = known_series(now, Print("MD5", md5(3)), name="Series XYZ4444")
    made = hand_in(vics([media(number) for number in range(1, 6)]), now)
    read(made, now)
    return made, one, other


def test_a_report_is_issued_once_every_series_is_judged(
    reviewed: tuple[int, int, int], now: datetime, as_role: AsRole
) -> None:
    made, one, other = reviewed
    with as_role("desk"):
        with pytest.raises(Refusal, match="not_judged"):
            service.issue_report(collection_id=made, by=ANALYST, now=now)
        service.judge(collection_id=made, said=Verdict("CONFIRMED", series=one, note="Same room."), by=ANALYST, now=now)
        service.judge(collection_id=made, said=Verdict("REJECTED", series=other), by=ANALYST, now=now)
        service.judge(collection_id=made, said=Verdict("NOT_RELEVANT", row=5), by=ANALYST, now=now)
        groups = queries.list_groups(made)
        service.issue_report(collection_id=made, by=ANALYST, now=now)
    assert [(group.series.id, group.verdict, group.reviewer) for group in groups] == [
        (one, "CONFIRMED", "analyst-1"),
        (other, "REJECTED", "analyst-1"),
    ]
    line = line_of(made)
    assert (line.state, line.identified, line.recognised, line.unrecognised, line.not_relevant) == (
        "REVIEWED",
        2,
        1,
        1,
        1,
    )
    with as_role("portal", agency=FLORIDA):
        assert [(shown.id, files) for shown, files in queries.list_series_found(made)] == [(one, 2)]
        assert queries.list_answers(made, found="RECOGNISED").rows[0].series is None
    with pytest.raises(Refusal, match="wrong_state"):
        service.judge(collection_id=made, said=Verdict("REJECTED", series=one), by=ANALYST, now=now)


@pytest.mark.parametrize(
    "said",
    [Verdict("CONFIRMED"), Verdict("CONFIRMED", row=1), Verdict("NOPE", series=1), Verdict("REJECTED", series=10**6)],
)
def test_a_verdict_about_nothing_is_refused(said: Verdict, reviewed: tuple[int, int, int], now: datetime) -> None:
    with pytest.raises(Refusal):
        service.judge(collection_id=reviewed[0], said=said, by=ANALYST, now=now)


def test_a_verdict_can_be_taken_back_until_the_report_is_issued(reviewed: tuple[int, int, int], now: datetime) -> None:
    made, one, _ = reviewed
    before = line_of(made)
    service.judge(collection_id=made, said=Verdict("REJECTED", series=one), by=ANALYST, now=now)
    assert line_of(made).identified == 1
    service.judge(collection_id=made, said=Verdict("CONFIRMED", series=one), by=ANALYST, now=now)
    after = line_of(made)
    assert (after.identified, after.recognised) == (before.identified, before.recognised)


def test_the_report_says_preliminary_until_it_is_issued_and_carries_no_wish(
    reviewed: tuple[int, int, int], now: datetime
) -> None:
    import io

    from pypdf import PdfReader

    made, one, other = reviewed
    texts = []
    for _ in range(2):
        line = line_of(made)
        pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(report_out.pdf_report(line, now))).pages)
        table = b"".join(report_out.csv_report(line)).decode()
        form = report_out.Form("1.3", "Cases")
        told = json.loads(b"".join(report_out.vics_report(line, form)))
        texts.append((pdf, table, json.dumps(told)))
        if line.state == "READ":
            for group in (one, other):
                service.judge(collection_id=made, said=Verdict("CONFIRMED", series=group), by=ANALYST, now=now)
            service.issue_report(collection_id=made, by=ANALYST, now=now)
    for text in texts[0]:
        assert "reliminary" in text
        assert "Series KFT2345" in text
        assert "850 555 0100" in text
    for text in texts[1]:
        assert "reliminary" not in text
    assert "Child Identification Report" in texts[1][0]
    assert told["value"][0]["TotalMediaFiles"] == 5
    assert [one["VictimIdentified"] for one in told["value"][0]["Media"][:3]] == ["true"] * 3
    assert "VictimIdentified" not in told["value"][0]["Media"][3]


def test_a_series_that_comes_later_is_found_in_what_was_answered_before(now: datetime, as_role: AsRole) -> None:
    near = {"MediaID": 2, "MD5": md5(2), "AlternativeHashes": [{"HashName": "PDQ", "HashValue": "f1" + "f0" * 31}]}
    made = hand_in(vics([media(1), near, media(3), media(4)]), now)
    read(made, now)
    service.judge(collection_id=made, said=Verdict(rules.NOT_RELEVANT, row=4), by=ANALYST, now=now)
    service.issue_report(collection_id=made, by=ANALYST, now=now)
    child = known_series(now, Print("MD5", md5(1)), Print("PDQ", "f0" * 32, 100), Print("MD5", md5(4)))
    with as_role("worker"):
        assert [later.look_again(series_id=child, now=now) for _ in range(2)] == [2, 0]
    with as_role("portal", agency=FLORIDA):
        line = line_of(made)
        [told] = queries.list_found_later(agency=FLORIDA, since=now)
    assert (line.state, line.identified, line.unrecognised, line.not_relevant) == ("READ", 2, 1, 1)
    assert (told.collection, told.detail) == (made, "2 files: Series KFT2345, identified child")
    [group] = queries.list_groups(made)
    assert group.verdict == ""


def test_facts_count_what_happened_on_the_day(reviewed: tuple[int, int, int], now: datetime) -> None:
    facts = [(fact.kind, dict(fact.labels), fact.amount) for fact in queries.list_facts(day=now.date())]
    assert ("collection_received", {"agency": FLORIDA, "kind": "HASHES"}, 1) in facts
    assert ("collection_files", {"class": "identified"}, 3) in facts
    child = {"relationship": "uncle", "age_band": "7-10", "sex": "female", "country": "US"}
    assert facts.count(("child_identified", child, 1)) == 2
    assert list(queries.list_facts(day=now.date() + timedelta(days=1))) == []


def test_a_quick_check_takes_a_hundred_values_and_no_more(now: datetime, as_role: AsRole) -> None:
    known_series(now, Print("MD5", md5(7)))
    quick = NewCollection("QUICK", "24-1", "Consent")
    listed = "\n".join(md5(number) for number in range(101))
    with as_role("portal", agency=FLORIDA):
        made = hand_in(listed.encode(), now, new=quick)
    with as_role("worker"):
        read(made, now)
    line = line_of(made)
    assert (line.state, line.identified, line.unrecognised) == ("FAILED", 1, 99)
    assert "100" in line.failure
    assert queries.list_collections(agency=FLORIDA)[1] == 0
    assert queries.list_collections(agency=FLORIDA, kind=rules.QUICK)[1] == 1


def test_a_file_of_an_earlier_report_is_recognised(now: datetime, as_role: AsRole) -> None:
    from tests.integration import referral_world

    from tipline.reports import service as record
    from tipline.reports.models import File

    opened, _ = referral_world.open_report(now)
    referral_world.add_file(opened, b"a coloured pattern", viewed=True, now=now)
    kept = File.objects.get()
    listed = f"sha1,md5\n{kept.sha1},\n,{kept.md5}\n{'0' * 40},\n".encode()
    early, made = hand_in(listed, now), hand_in(listed, now)
    with as_role("worker"):
        read(early, now)
        # As long as its sender may still withdraw it, nobody learns of a report.
        assert set(classes(early).values()) == {"UNRECOGNISED"}
        record.receive(report_id=opened.id, by=ANALYST, now=now)
        read(made, now)
    assert list(classes(made).values()) == ["RECOGNISED", "RECOGNISED", "UNRECOGNISED"]
    assert {row.source for row in SeizedRow.objects.filter(found="RECOGNISED")} == {"report"}


def test_the_name_of_a_series_is_taken_once_and_an_identified_child_has_a_contact(now: datetime) -> None:
    known_series(now, Print("MD5", md5(1)))
    with pytest.raises(Refusal, match="name_taken"):
        known_series(now, name="series kft2345")
    with pytest.raises(Refusal, match="contact_missing"):
        series.create_series(new=world.NewSeries("Other", "IDENTIFIED"), prints=(), by=ANALYST, now=now)

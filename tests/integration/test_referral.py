"""From a routed report to an officer's download, on the real database, under the portal's own role."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from pypdf import PdfReader
from tests.integration.kept_files import empty_store
from tests.integration.referral_world import (
    ANALYST,
    ARIZONA,
    FLORIDA,
    OPEN_BYTES,
    World,
    decide,
    judge,
    officer,
    queued,
    referred,
)

from tipline import pipeline
from tipline.domain.errors import Refusal
from tipline.domain.findings import FactsAdded, Finding
from tipline.domain.referral import Part
from tipline.domain.report import ReportHead, Source
from tipline.domain.states import ReferralState, ReportState
from tipline.domain.steps import Advance
from tipline.platform import jobs
from tipline.platform.vault.errors import Damaged, ObjectMissing
from tipline.reference.directory import service as directory
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.custody import list_custody
from tipline.reports.models import Report
from tipline.reports.values import Opening
from tipline.stages.referral import gathering, queries, service
from tipline.stages.referral.material import Recipient
from tipline.stages.referral.queries import InboxFilter
from tipline.stages.referral.rules import Facts

pytestmark = pytest.mark.django_db
AsRole = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    yield
    empty_store()


@pytest.fixture
def now() -> datetime:
    from tipline.platform import clock

    return clock.now()


def referral_of(world: World, agency: str) -> queries.ReferralLine:
    found = queries.find_referral(agency=agency, number=world.number)
    assert found is not None
    return found


def tell_more(report_id: int, words: str, now: datetime) -> None:
    """The reporter comes back: a further part, told as late news."""
    opening = Opening(Source.ESP_API, words.encode(), "text/plain", {"additionalInfo": words})
    record.add_part(report_id=report_id, part=2, opening=opening, by=ANALYST, now=now)
    told = Finding("", FactsAdded(2), by="public:reporter", tool="person", at=now)
    record.append_findings(report_id=report_id, findings=(told,), by=ANALYST, now=now)


def test_two_agencies_get_their_part_and_the_report_is_made_available(now: datetime) -> None:
    world = referred(now)
    assert reports.load_head(world.id).state is ReportState.MADE_AVAILABLE
    lines = queries.list_referrals(world.id)
    assert [(line.agency, line.part) for line in lines[:1]] == [(FLORIDA, Part.PRIMARY)]
    assert (ARIZONA, Part.COPY) in [(line.agency, line.part) for line in lines]
    assert all(line.state is ReferralState.MADE_AVAILABLE for line in lines)
    first = lines[0]
    assert "Duval" in first.place
    assert first.headline
    assert first.version == 1


def test_the_workers_rights_are_enough_for_all_of_it(now: datetime, as_role: AsRole) -> None:
    directory.load_reference(now=now)
    world = queued(now)
    decide(world.id, now)
    with as_role("worker"):
        pipeline.refer_early(world.id, now)
        pipeline.walk(world.id)
        tell_more(world.id, "It was on Tuesday.", now)
        assert service.supplement(report_id=world.id, now=now) > 0
        service.mark_answered(report_id=world.id, now=now)
        service.shred_purged(now=now + timedelta(days=400))
    assert reports.load_head(world.id).state is ReportState.MADE_AVAILABLE


def test_the_desk_sees_who_has_a_report_and_what_they_were_told(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    with as_role("desk"):
        line = queries.list_referrals(world.id)[0]
        assert line.ref.agency == FLORIDA
        assert queries.list_packages(line.id)[0].kind == "FULL"
        assert service.read_package_document(referral_id=line.id) is not None
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("public"):
        queries.list_referrals(world.id)


def test_an_officer_opens_reads_and_downloads_a_complete_package(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    with as_role("portal", agency=FLORIDA):
        line = referral_of(world, FLORIDA)
        service.open_referral(referral_id=line.id, by=officer(FLORIDA), now=now)
        document = service.read_package_document(referral_id=line.id)
        download = service.stream_package(referral_id=line.id, by=officer(FLORIDA), now=now)
        data = b"".join(download.chunks)
        assert referral_of(world, FLORIDA).state is ReferralState.OPENED
    assert document is not None
    assert document["number"] == world.number
    assert (len(data), hashlib.sha256(data).hexdigest()) == (download.size, download.sha256)
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = json.loads(archive.read("MANIFEST.json"))
    for name, said in manifest["members"].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == said["sha256"], name
    assert archive.read("submission.xml") == world.raw
    assert [archive.read(n) for n in archive.namelist() if n.startswith("files/")] == [OPEN_BYTES]
    assert "nightowl_77" in PdfReader(io.BytesIO(archive.read("report.pdf"))).pages[0].extract_text()
    assert json.loads(archive.read("report.json").decode("utf-8-sig"))["reportId"] == world.number


def test_custody_and_audit_stand_before_the_first_byte_is_read(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    with as_role("portal", agency=FLORIDA):
        line = referral_of(world, FLORIDA)
        download = service.stream_package(referral_id=line.id, by=officer(FLORIDA), now=now)
    # Not one chunk was taken yet.
    acts = [(entry.act, entry.agency) for entry in list_custody(world.id)]
    assert acts.count(("DOWNLOADED", FLORIDA)) == 1
    assert acts.count(("PACKAGED", "")) >= 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb FROM audit_entry WHERE actor_ident = %s", [officer(FLORIDA).ident])
        assert ("referral.downloaded",) in cursor.fetchall()
    assert sum(map(len, download.chunks)) == download.size


def test_one_open_file_can_be_downloaded_and_a_sealed_one_cannot(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    opened, sealed = reports.list_files(world.id)
    with as_role("portal", agency=FLORIDA):
        line = referral_of(world, FLORIDA)
        got = service.stream_file(referral_id=line.id, file_id=opened.file_id, by=officer(FLORIDA), now=now)
        assert b"".join(got.chunks) == OPEN_BYTES
        for file_id, code in ((sealed.file_id, "warrant_needed"), ("a" * 32, "no_such_file")):
            with pytest.raises(Refusal, match=code):
                service.stream_file(referral_id=line.id, file_id=file_id, by=officer(FLORIDA), now=now)


def test_another_agencys_report_looks_like_one_that_does_not_exist(now: datetime, as_role: AsRole) -> None:
    world = referred(now)
    line = referral_of(world, FLORIDA)
    with as_role("portal", agency="icac-tx-north"):
        by = officer("icac-tx-north")
        assert queries.find_referral(agency="icac-tx-north", number=world.number) is None
        assert queries.find_referral(agency="icac-tx-north", number=1) is None
        assert queries.list_inbox(agency="icac-tx-north").total == 0
        assert service.read_package_document(referral_id=line.id) is None
        for referral_id in (line.id, 10**12):
            with pytest.raises(Refusal, match="no_such_referral"):
                service.open_referral(referral_id=referral_id, by=by, now=now)
            with pytest.raises(Refusal, match="no_such_referral"):
                service.stream_package(referral_id=referral_id, by=by, now=now)


def test_with_the_applications_filter_removed_the_database_still_returns_nothing(
    now: datetime, as_role: AsRole
) -> None:
    world = referred(now)
    line = referral_of(world, FLORIDA)
    tables = ("referral_referral", "referral_package", "vault_blobkey", "vault_blob")
    with as_role("portal", agency=ARIZONA), connection.cursor() as cursor:
        for table in tables[:3]:
            cursor.execute(f"SELECT DISTINCT agency FROM {table} WHERE agency <> 'x' OR true")
            assert cursor.fetchall() == [(ARIZONA,)], table
        cursor.execute("UPDATE referral_referral SET state = 'OPENED' WHERE id = %s OR true", [line.id])
        assert cursor.rowcount == 1  # its own
    for agency in ("", "icac-tx-north"):
        with as_role("portal", agency=agency), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE id = id OR true")
                assert cursor.fetchone() == (0,), (agency, table)
    # The application's own claim about the agency is worth nothing without the database's.
    with as_role("portal", agency="icac-tx-north"):
        assert queries.find_referral(agency=FLORIDA, number=world.number) is None
        with pytest.raises(Refusal, match="no_such_referral"):
            service.stream_package(referral_id=line.id, by=officer(FLORIDA), now=now)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO referral_referral (report_id) VALUES (1)",
        "INSERT INTO referral_package (version) VALUES (1)",
        "UPDATE referral_referral SET agency = 'icac-az'",
        "DELETE FROM referral_referral",
        "SELECT * FROM reports_report",
        "SELECT * FROM reports_submission",
        "SELECT actor FROM reports_custodyentry",
        "INSERT INTO vault_blobkey (holder) VALUES ('x')",
    ],
)
def test_the_portal_may_neither_make_referrals_nor_read_the_record(statement: str, as_role: AsRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal", agency=FLORIDA):
        connection.cursor().execute(statement)


def test_the_inbox_is_ordered_by_urgency_and_can_be_filtered(now: datetime, as_role: AsRole) -> None:
    first, second = referred(now), referred(now, handle="other_handle")
    with as_role("portal", agency=FLORIDA):
        page = queries.list_inbox(agency=FLORIDA)
        assert page.total == 2
        keys = [(row.priority, -row.score) for row in page.rows]
        assert keys == sorted(keys)
        number = f"{str(first.number)[:4]} {str(first.number)[4:]}"
        by_number = queries.list_inbox(agency=FLORIDA, filters=InboxFilter(number=number))
        assert [row.report_number for row in by_number.rows] == [first.number]
        assert queries.list_inbox(agency=FLORIDA, filters=InboxFilter(number="nothing")).total == 0
        assert queries.list_inbox(agency=FLORIDA, filters=InboxFilter(part="COPY")).total == 0
        small = queries.list_inbox(agency=FLORIDA, size=1)
        assert (len(small.rows), small.next_offset) == (1, 1)
        assert queries.count_inbox(FLORIDA)["MADE_AVAILABLE"] == 2
    assert second.id != first.id


def test_a_supplement_is_sent_only_when_something_changed(now: datetime) -> None:
    world = referred(now)
    assert service.supplement(report_id=world.id, now=now) == 0
    tell_more(world.id, "It was on Tuesday.", now + timedelta(minutes=5))
    told = service.supplement(report_id=world.id, now=now + timedelta(minutes=6))
    assert told == len([line for line in queries.list_referrals(world.id) if line.has_content])
    assert service.supplement(report_id=world.id, now=now + timedelta(minutes=7)) == 0
    line = referral_of(world, FLORIDA)
    newest, first = queries.list_packages(line.id)
    assert (newest.version, newest.kind) == (2, "SUPPLEMENT")
    assert "1 new account in words" in newest.news
    assert first.version == 1
    assert "submission-part2.txt" in newest.manifest
    document = service.read_package_document(referral_id=line.id)
    assert document is not None
    assert document["story"][-1]["text"] == "It was on Tuesday."


def test_a_new_link_names_the_other_report_only_where_the_agency_has_it(now: datetime) -> None:
    first = referred(now)
    second = queued(now)  # the same handle, still in the analysts' queue
    pipeline.news(first.id, ["link_found"])
    document = service.read_package_document(referral_id=referral_of(first, FLORIDA).id)
    assert document is not None
    assert document["links"]["named"] == []
    assert document["links"]["others"] == 1
    assert str(second.number) not in json.dumps(document)
    judge(second.id, now)
    document = service.read_package_document(referral_id=referral_of(second, FLORIDA).id)
    assert document is not None
    assert [row["number"] for row in document["links"]["named"]] == [first.number]


def named_in(world: World, agency: str = FLORIDA) -> list[int]:
    document = service.read_package_document(referral_id=referral_of(world, agency).id)
    assert document is not None
    return [row["number"] for row in document["links"]["named"]]


def named_later() -> int:
    """This function will make again the packages that leave out a report, as the worker does a minute later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE queueing_lock LIKE 'later:%%' AND priority = %s "
            "AND scheduled_at > now() + interval '30 seconds' RETURNING (args->>'report_id')::bigint",
            [jobs.Priority.NEWS],
        )
        waiting = [report_id for (report_id,) in cursor.fetchall()]
    for report_id in waiting:
        pipeline.news(report_id)
    return len(waiting)


def test_linked_reports_learn_of_a_hand_over_even_when_other_news_came_in_between(now: datetime) -> None:
    first, second = referred(now), referred(now)
    assert named_in(first) == []
    assert named_in(second) == [first.number]
    # A supplement overtakes the news of the hand-over itself: the report stands at version 2 when it is told.
    tell_more(second.id, "It was on Tuesday.", now)
    service.supplement(report_id=second.id, now=now)
    pipeline.news(second.id)
    assert named_later() == 1
    assert named_in(first) == [second.number]


def test_a_hand_over_on_the_ordinary_way_is_news_of_which_linked_reports_learn(now: datetime) -> None:
    first = referred(now)
    pipeline.news(first.id)
    second = referred(now)
    assert [kind for _, kind in reports.list_news(second.id)] == ["referral_made", "handed_over"]
    pipeline.news(second.id)
    assert named_later() == 1
    assert named_in(first) == [second.number]
    assert not reports.list_news(second.id)
    pipeline.news(first.id)  # a package that only names one more report starts nothing further
    assert named_later() == 0


def test_a_group_that_is_handed_over_at_once_is_named_once_each(now: datetime) -> None:
    directory.load_reference(now=now)
    group = [queued(now) for _ in range(5)]
    for act in (pipeline.news, lambda one: judge(one, now), pipeline.news):
        for world in group:
            act(world.id)
    assert named_later() == 4  # the last one was handed over when the agency had all others
    for world in group:
        assert set(named_in(world)) == {one.number for one in group if one is not world}
    assert max(line.version for world in group for line in queries.list_referrals(world.id)) == 2


def test_what_is_wrong_with_a_linked_report_holds_up_that_one_alone(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = referred(now), referred(now)

    def damaged(*, report_id: int, now: datetime) -> int:
        raise Damaged("unreadable")

    made = service.supplement
    monkeypatch.setattr(service, "supplement", damaged)
    pipeline.news(second.id)
    with pytest.raises(Damaged):
        named_later()
    assert not reports.list_news(second.id)
    pipeline.give_up(first.id, Damaged("unreadable"))
    monkeypatch.setattr(service, "supplement", made)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        record.release_hold(report_id=first.id, by=ANALYST, now=now)
        cursor.execute("SELECT task_name, (args->>'report_id')::bigint, scheduled_at FROM procrastinate_jobs")
        assert cursor.fetchall() == [(record.NEWS, first.id, None)]
    pipeline.news(first.id)
    assert named_in(first) == [second.number]


def test_what_is_overtaken_by_another_version_is_looked_at_once_more(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = queued(now), referred(now)
    pipeline.news(first.id)
    judge(first.id, now)
    tell_more(second.id, "It was on Tuesday.", now)
    build = gathering.build

    def overtaken(head: ReportHead, recipients: tuple[Recipient, ...]) -> Facts:
        facts = build(head, recipients)
        monkeypatch.setattr(gathering, "build", build)
        service.supplement(report_id=head.id, now=now)
        return facts

    monkeypatch.setattr(gathering, "build", overtaken)
    assert service.supplement(report_id=second.id, now=now) == 0
    assert "untold" in [kind for _, kind in reports.list_news(second.id)]
    pipeline.news(second.id)
    assert named_in(second) == [first.number]


def test_closed_reports_crowd_out_no_other_that_has_still_to_be_told(now: datetime) -> None:
    directory.load_reference(now=now)
    older, closed, last = (queued(now) for _ in range(3))
    for act in (pipeline.news, lambda one: judge(one, now)):
        for world in (older, closed):
            act(world.id)
    Report.objects.filter(pk=closed.id).update(state=ReportState.CLOSED)
    judge(last.id, now)
    assert service.find_untold(report_id=last.id, most=1) == (older.id,)


def test_two_hand_overs_at_the_same_time_name_each_other_in_the_end(now: datetime) -> None:
    directory.load_reference(now=now)
    first, second = queued(now), queued(now)
    pipeline.news(first.id, ["link_found"])
    for world in (first, second):
        decide(world.id, now)
        assert pipeline.step(world.id, now)
    # Both are gathered before either is handed over: neither package can name the other report.
    heads = [reports.load_head(world.id) for world in (first, second)]
    gathered = [service.gather(head) for head in heads]
    for head, facts in zip(heads, gathered, strict=True):
        result = service.decide(head, facts, now)
        service.save(head, result, now)
        record.advance(report_id=head.id, result=result, by=ANALYST, now=now, from_state=ReportState.ROUTED)
    assert named_in(first) == named_in(second) == []
    for world in (second, first):
        pipeline.news(world.id, ["handed_over"])
    named_later()
    assert (named_in(first), named_in(second)) == ([second.number], [first.number])
    newest = queries.list_packages(referral_of(second, FLORIDA).id)[0]
    assert newest.news == ("1 linked report is in your inbox now",)
    before = [line.version for world in (first, second) for line in queries.list_referrals(world.id)]
    for world in (first, second):
        pipeline.news(world.id, ["handed_over"])
    assert named_later() == 0
    assert [line.version for world in (first, second) for line in queries.list_referrals(world.id)] == before


def test_an_early_referral_goes_beside_the_way_and_the_full_one_follows(now: datetime) -> None:
    directory.load_reference(now=now)
    world = queued(now)
    pipeline.escalate(report_id=world.id, why="a child may be in danger", by=ANALYST, now=now)
    pipeline.news(world.id, ["escalated"])
    line = referral_of(world, FLORIDA)
    assert line.early is True
    assert reports.load_head(world.id).state is ReportState.SCORED
    assert [package.kind for package in queries.list_packages(line.id)] == ["EARLY"]
    assert any(found.kind == "referral_made" for found in reports.current_findings(world.id))
    tell_more(world.id, "It was on Tuesday.", now)
    judge(world.id, now)
    assert reports.load_head(world.id).state is ReportState.MADE_AVAILABLE
    assert [package.kind for package in queries.list_packages(line.id)] == ["FULL", "EARLY"]
    assert referral_of(world, FLORIDA).early is False


def test_doing_it_twice_hands_over_once(now: datetime) -> None:
    directory.load_reference(now=now)
    world = queued(now)
    pipeline.escalate(report_id=world.id, why="a child may be in danger", by=ANALYST, now=now)
    head = reports.load_head(world.id)
    routed = reports.current_findings(world.id, "recipient_chosen")
    assert routed == ()
    pipeline.refer_early(world.id, now)
    pipeline.refer_early(world.id, now)
    assert len(queries.list_packages(referral_of(world, FLORIDA).id)) == 1
    # A worker that lost the race: its package is thrown away, nothing is written twice.
    judge(world.id, now)
    tell_more(world.id, "More.", now)
    wanted = service.gathering.chosen(reports.current_findings(world.id))
    late = service.gathering.build(head, service.gathering.recipients_of(head, wanted))
    assert service.supplement(report_id=world.id, now=now) > 0
    assert service.hand_over(head, late, now) == ()


def test_purging_a_report_takes_the_agencies_packages_with_it(now: datetime) -> None:
    world = referred(now)
    line = referral_of(world, FLORIDA)
    closed = Advance(to_state=ReportState.CLOSED, code="test")
    record.advance(report_id=world.id, result=closed, by=ANALYST, now=now, from_state=ReportState.MADE_AVAILABLE)
    pipeline.purge(now + timedelta(days=400))
    assert reports.load_head(world.id).state is ReportState.PURGED
    with pytest.raises((Refusal, ObjectMissing)):
        service.stream_package(referral_id=line.id, by=officer(FLORIDA), now=now)
    assert referral_of(world, FLORIDA).headline == ""


def test_reports_of_a_test_account_are_never_referred(now: datetime) -> None:
    directory.load_reference(now=now)
    world = queued(now)
    from tipline.reports.models import Report

    Report.objects.filter(pk=world.id).update(environment="test")
    pipeline.refer_early(world.id, now)
    assert queries.list_referrals(world.id) == ()

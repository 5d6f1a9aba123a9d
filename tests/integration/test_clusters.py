"""Clusters in the database and at the desk: kept as reports come, merged and parted by people, one page for 350."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.integration import cluster_world, desk_world
from tests.integration.test_way import received

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.findings import Finding, LinkFound, RingFound
from tipline.domain.number import groups
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.programs.identification import rosters
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.files import find_looks
from tipline.reports.models import File, Fingerprint, IdentifierRow, Report, Submission
from tipline.stages.linking import keeping, people, queries, service, watching
from tipline.stages.linking.models import Cluster, ClusterAct, Member
from tipline.stages.linking.rules import Shared

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
ANALYST = Actor(ActorKind.USER, "analyst", role="ANALYST")
Desk = Callable[..., Any]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    return fixed_now


@pytest.fixture
def desk(settings: Any, as_role: Callable[..., AbstractContextManager[None]], now: datetime) -> Desk:
    """An analyst at the desk, with the desk's rights in the database."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client, name = Client(), desk_world.make_person("robin", Role.ANALYST, now)
    with as_role("desk"):
        desk_world.log_in(client, name, now)

    def ask(path: str, data: dict[str, Any] | None = None) -> str:
        with as_role("desk"):
            answer = client.get(path, follow=True) if data is None else client.post(path, data, follow=True)
        return re.sub(r"\s+", " ", answer.content.decode())

    return ask


def members(top: int) -> set[int]:
    return set(Member.objects.filter(cluster__top_id=top, left_at=None).values_list("report_id", flat=True))


def walked(now: datetime, many: int) -> list[int]:
    found = [received(now) for _ in range(many)]
    for report_id in found:
        pipeline.walk(report_id)
    return found


def cluster_of(report_id: int) -> int:
    return queries.clusters_of([report_id])[report_id][0].id


def add_picture(report_id: int, digit: str, pdq: str, now: datetime) -> str:
    """A picture of a report, as the evidence stage leaves it: its SHA-256."""
    sha256 = digit * 64
    file = File.objects.create(
        report_id=report_id, file_id=digit * 32, position=1, size=1, md5=digit * 32, sha1=digit * 40, sha256=sha256,
        received_at=now, media_type="image/png",
    )  # fmt: skip
    Fingerprint.objects.create(file=file, algorithm="pdq", value=pdq, quality=100)
    return sha256


def test_pictures_that_look_alike_tie_reports_though_no_list_holds_them(now: datetime) -> None:
    one, two, three, four = found = [received(now) for _ in range(4)]
    for report_id in (*found, *found):
        pipeline.step(report_id, now)
    first = add_picture(one, "1", "f" * 32 + "0" * 32, now)
    add_picture(two, "2", "f" * 32 + "0" * 30 + "ff", now)
    add_picture(three, "3", "f" * 30 + "0" * 34, now)
    add_picture(four, "4", "0" * 32 + "f" * 32, now)
    for report_id in (two, one, three, four):  # the second is linked before the first
        pipeline.step(report_id, now)
        service.relink(report_id=report_id, now=now)
    ties = {
        (tie.other_report_id, tie.why)
        for found in reports.current_findings(three, "link_found")
        if (tie := found.body).identifier_kind == IdentifierKind.LOOK  # type: ignore[union-attr]
    }
    assert ties == {(one, "Looks like the same picture"), (two, "Looks like the same picture")}
    assert find_looks(three) == {"3" * 32: first}
    assert find_looks(four) == {"4" * 32: "4" * 64}
    kinds = {line.kind: line for line in queries.clusters_of([three])[three]}
    assert "SERIES" in kinds


def test_reports_of_one_suspect_become_a_cluster_that_a_worker_may_keep(
    now: datetime, as_role: Callable[..., AbstractContextManager[None]]
) -> None:
    first = walked(now, 2)
    third = received(now)
    for _ in range(3):
        pipeline.step(third, now)
    head = reports.load_head(third)
    with as_role("worker"):
        result = service.decide(head, service.gather(head), now)
        service.save(head, result, now)
        service.save(head, result, now)  # a step may run twice
    top = cluster_of(third)
    assert members(top) == {*first, third}
    assert Cluster.objects.get(pk=top).size == 3
    # What triage reads of the person, kept once.
    rings = [found.body for found in reports.all_findings(third) if found.kind == RingFound.kind]
    assert rings == [RingFound(cluster=top, reports=3, children=0, lately=2)]


def test_a_purged_report_leaves_its_cluster_and_nothing_of_it_behind(now: datetime) -> None:
    first, second = walked(now, 2)
    top = cluster_of(first)
    keeping.forget(report_id=first, now=now)
    assert not Member.objects.filter(report_id=first).exists()
    assert Cluster.objects.get(pk=top).size == 1
    assert members(top) == {second}


def test_what_people_say_wins_and_unmerge_restores_exactly(now: datetime) -> None:
    ours = walked(now, 3)
    top, other = cluster_of(ours[0]), cluster_world.make(now, many=4)
    before = {one: (members(one), Cluster.objects.get(pk=one).size) for one in (top, other)}
    people.merge(cluster_id=top, into_id=other, by=ANALYST, now=now)
    assert members(other) == before[top][0] | before[other][0]
    assert Cluster.objects.get(pk=other).size == 7
    people.unmerge(cluster_id=top, by=ANALYST, now=now)
    assert {one: (members(one), Cluster.objects.get(pk=one).size) for one in (top, other)} == before
    number = reports.load_head(ours[0]).number
    people.remove_report(cluster_id=top, number=number, by=ANALYST, now=now)
    service.relink(report_id=ours[0], now=now)
    service.relink(report_id=ours[1], now=now)
    assert ours[0] not in members(top)
    people.add_report(cluster_id=top, number=number, by=ANALYST, now=now)
    assert ours[0] in members(top)
    assert [act.code for act in ClusterAct.objects.filter(cluster_id=top).order_by("id")] == [
        "merged", "unmerged", "removed", "added",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="is_member"):
        people.add_report(cluster_id=top, number=number, by=ANALYST, now=now)


def test_a_cluster_that_reaches_another_agency_raises_one_alert(now: datetime) -> None:
    top = cluster_world.make(now, many=10)
    one = next(iter(members(top)))
    assert len(watching.agencies_of(watching.reports_in(top))) == 2
    assert watching.look(report_id=one, now=now) == 1
    assert watching.look(report_id=one, now=now) == 0
    assert [alert.code for alert in queries.list_alerts(now=now)] == ["crosses"]


def test_one_page_carries_350_children_in_three_countries(desk: Desk, now: datetime) -> None:
    top = cluster_world.make(now, named="Heron")
    page = desk(f"/clusters/{top}/")
    for words in ("Heron: 350 reports, 350 children", "1 to 50 of 350", "nobody was told of", ">CA</a>", ">GB</a>"):
        assert words in page
    assert desk(f"/clusters/{top}/?country=GB&part=children").count('data-label="Known as"') == 35
    listed = desk("/clusters/")
    assert "Heron" in listed
    assert "It grows: from 310 to 350 reports" in listed
    assert "Arizona ICAC Task Force, rcmp-ncecc" in listed


def test_people_work_on_a_cluster_at_the_desk(desk: Desk, now: datetime) -> None:
    one, other = cluster_world.make(now, many=4, named="Heron"), cluster_world.make(now, many=3, mark="owl")
    proposal = cluster_world.propose(one, other, now)
    assert "It is yours now" in desk(f"/clusters/{one}/act/take/", {"row": one})
    assert Cluster.objects.get(pk=one).owner == "robin"
    assert "They are one now" in desk(f"/clusters/{one}/merge/", {"other": other})
    assert "Heron: 7 reports" in desk(f"/clusters/{other}/")  # whoever asks for the one comes to the other
    assert "stand apart again" in desk(f"/clusters/{one}/act/unmerge/", {"row": other})
    assert f"took cluster {other} out again" in desk(f"/clusters/{one}/")
    assert f"taken apart from cluster {one}" in desk(f"/clusters/{other}/")
    assert "There is no such roster" in desk(f"/clusters/{one}/act/add-roster/", {"row": 999_999})
    assert "Somebody said that these two are not one" in desk(f"/clusters/{one}/merge/?other={other}")
    assert "This is settled already" in desk(f"/clusters/{one}/act/apart/", {"row": proposal})
    number = reports.load_head(next(iter(members(other)))).number
    assert groups(number) in desk(f"/clusters/{other}/act/remove/", {"row": number})
    assert "has ten digits" in desk(f"/clusters/{one}/act/add/", {"number": "12"})
    assert "The report is in." in desk(f"/clusters/{one}/act/add/", {"number": groups(number)})
    assert "at most 120" in desk(f"/clusters/{one}/act/name/", {"name": "x" * 200})
    assert "no other cluster" in desk(f"/clusters/{one}/merge/?other={one}")
    assert "no other cluster" in desk(f"/clusters/{one}/merge/?other=999999999")


def test_a_report_that_is_tied_too_weakly_to_join_is_shown_and_a_person_puts_it_in(desk: Desk, now: datetime) -> None:
    top, other = cluster_world.make(now, many=4), cluster_world.make(now, many=3, mark="owl")
    alone, elsewhere, inside, of_a_file = received(now), min(members(other)), min(members(top)), received(now)
    ties = ((alone, "HANDLE", 55), (elsewhere, "HANDLE", 30), (of_a_file, "FILE_SHA256", 90))
    for tied, kind, weight in (*ties, (max(members(top)), "HANDLE", 70)):
        head = reports.load_head(tied)
        body = LinkFound(tied, head.number, kind, "ab12", weight, "The same, somehow")
        made = Finding(f"{head.number}:{kind}:ab12", body, by="system:linking", tool="test", at=now)
        record.keep_findings(report_id=inside, findings=[made])

    def list_nearby() -> str:
        return desk(f"/clusters/{top}/").partition("Tied to its reports, but not in it")[2].partition("</section>")[0]

    shown = list_nearby()
    order = [shown.find(groups(reports.load_head(one).number)) for one in (alone, elsewhere, of_a_file)]
    assert order == sorted(order)
    assert min(order) > 0
    assert shown.count("The same, somehow: ab12, with") == 2  # of a file no digest is written out
    assert groups(reports.load_head(max(members(top))).number) not in shown
    assert groups(reports.load_head(inside).number) in shown
    assert f">suspect {other}</a>, and would leave it" in shown
    people.merge(cluster_id=other, into_id=top, by=ANALYST, now=now)
    people.unmerge(cluster_id=other, by=ANALYST, now=now)
    kept_apart = list_nearby()  # who parted two clusters is not asked about their reports again
    assert groups(reports.load_head(elsewhere).number) not in kept_apart
    assert groups(reports.load_head(alone).number) in kept_apart
    assert "The report is in." in desk(f"/clusters/{top}/act/add/", {"number": reports.load_head(alone).number})
    assert alone in members(top)
    desk(f"/clusters/{top}/act/remove/", {"row": reports.load_head(alone).number})
    assert groups(reports.load_head(alone).number) not in list_nearby()  # a person said that it does not belong


def test_a_child_told_of_without_a_name_stands_in_the_roster(desk: Desk, now: datetime) -> None:
    top = cluster_world.make(now, many=4)
    one, other, *_ = sorted(members(top))
    IdentifierRow.objects.filter(report_id__in=(one, other), role="VICTIM").delete()
    told = {one: {"victim": [{"victimPerson": {"age": 14}}]}, other: {"intendedRecipient": [{}]}}
    for report_id, document in told.items():
        Submission.objects.filter(report_id=report_id).update(document=document)
    page = desk(f"/clusters/{top}/")
    assert "4 reports, 4 children" in page
    assert "not named, aged 14" in page


def test_a_roster_that_meets_in_the_reports_is_laid_to_the_cluster(desk: Desk, now: datetime) -> None:
    from tests.integration.identification_world import FLORIDA, examiner

    top = cluster_world.make(now, many=6)
    text = "contact,status,country\nkid_1,safe,US\nkid_9000,sought,DE\n"
    made = rosters.hand_in_roster(case_number="24-9", text=text, by=examiner(FLORIDA), now=now)
    rosters.search_roster(roster_id=made, now=now)
    assert "1 of 2 contacts stand in these reports" in desk(f"/clusters/{top}/")
    page = desk(f"/clusters/{top}/act/add-roster/", {"row": made})
    assert "6 reports, 7 children" in page
    assert "kid_9000" in page
    assert ">DE</a>" in page


def test_the_report_page_names_its_cluster(desk: Desk, now: datetime) -> None:
    first, _ = walked(now, 2)
    page = desk(f"/reports/{reports.load_head(first).number}/")
    assert f'href="/clusters/{cluster_of(first)}/"' in page


def test_a_second_weak_bridge_adds_to_what_was_proposed(now: datetime) -> None:
    one, other = cluster_world.make(now, many=4), cluster_world.make(now, many=4, mark="owl")
    mine, theirs = min(members(one)), min(members(other))
    head = reports.load_head(mine)
    number = reports.load_head(theirs).number
    value = Identifier(IdentifierKind.HANDLE, PersonRole.SUSPECT, "grey_heron_77", "grey_heron_77")
    weak = Identifier(IdentifierKind.HANDLE, PersonRole.SUSPECT, "grey_heron_78", "grey_heron_78")
    for _ in range(2):  # the same weak tie again adds nothing
        keeping.place(head, [Shared(weak, theirs, number, weak, 2)], now)
        (proposed,) = queries.list_proposals(one, now=now)
        assert (proposed.other.id, proposed.weight) == (other, 70)
    keeping.place(head, [Shared(value, theirs, number, value, 2)], now)
    top = cluster_of(mine)  # 70 and 70 make 91 of 100: enough to merge
    assert {mine, theirs} <= members(top)
    assert Cluster.objects.get(pk=top).size == 8
    assert not queries.list_proposals(top, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_one_cluster(now: datetime) -> None:
    ids = [received(now) for _ in range(6)]
    Report.objects.filter(id__in=ids).update(state="ENRICHED")
    start = Barrier(2)

    def work(several: list[int]) -> None:
        start.wait()
        for report_id in several:
            head = reports.load_head(report_id)
            result = service.decide(head, service.gather(head), now)
            service.save(head, result, now)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (ids[::2], ids[1::2])))
    top = cluster_of(ids[0])
    assert members(top) == set(ids)
    assert Cluster.objects.get(pk=top).size == len(ids)
    with (
        connection.cursor() as cursor
    ):  # the queue is no table of ours: nobody else empties it after what was committed
        cursor.execute("DELETE FROM procrastinate_jobs")

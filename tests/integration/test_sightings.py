"""Where a value was seen: the newest first, whatever half the world shares; tests' values stand apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration import cluster_world
from tests.integration.test_way import ANALYST

from tipline.domain.report import Identifier, IdentifierKind, PersonRole, Source
from tipline.platform.database.rows import ask, ask_in_order
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports import sightings
from tipline.reports.models import Report
from tipline.reports.values import Opening

pytestmark = pytest.mark.django_db
SHARED = Identifier(IdentifierKind.HANDLE, PersonRole.SUSPECT, cluster_world.SUSPECT, cluster_world.SUSPECT)
KEY = (SHARED.kind, SHARED.value)


def opened(now: datetime, environment: str) -> int:
    document = {"personOrUserReported": [{"screenName": SHARED.value}]}
    opening = Opening(
        source=Source.ESP_API, raw=b"<report/>", media_type="text/xml", document=document, esp_id=1,
        environment=environment,
    )  # fmt: skip
    found = record.open_report(opening=opening, by=ANALYST, now=now).id
    record.receive(report_id=found, by=ANALYST, now=now)
    return found


def test_the_newest_are_found_and_counting_ends_where_it_is_told_to(fixed_now: datetime) -> None:
    cluster_world.make(fixed_now, many=30)
    newest = list(Report.objects.order_by("-id").values_list("id", flat=True))
    found = sightings.find_keys([KEY], besides=newest[0], environment="production", most=5)
    assert [one.report_id for one in found[KEY]] == newest[1:6]
    asked = {"besides": newest[0], "environment": "production"}
    assert sightings.count_keys({KEY: 7}, **asked) == {KEY: 7}
    assert sightings.count_keys({KEY: 1000}, **asked) == {KEY: 29}
    first = Report.objects.get(id=newest[-1])
    assert sightings.first_of_keys([KEY], **asked) == {KEY: first.opened_at}


def test_a_report_counts_once_however_many_of_its_rows_hold_a_value(fixed_now: datetime) -> None:
    cluster_world.make(fixed_now, many=5)
    last = Report.objects.order_by("-id").values_list("id", flat=True)[0]
    again = [replace(SHARED, at=fixed_now - timedelta(minutes=one)) for one in range(20)]
    record.add_identifiers(head=reports.load_head(last), identifiers=again)
    assert sightings.count_keys({KEY: 4}, besides=0, environment="production") == {KEY: 4}
    assert sightings.count_keys({KEY: 50}, besides=0, environment="production") == {KEY: 5}


@pytest.mark.parametrize(("mine", "other"), [("production", "test"), ("test", "production")])
def test_a_test_and_life_neither_find_nor_count_each_other(fixed_now: datetime, mine: str, other: str) -> None:
    for environment in (mine, mine, other, other, other):
        opened(fixed_now, environment)
    later = opened(fixed_now, mine)
    record.add_identifiers(head=reports.load_head(later), identifiers=[SHARED])
    asked = {"besides": later, "environment": mine}
    assert len(sightings.find_keys([KEY], **asked, most=10)[KEY]) == 2
    assert sightings.count_keys({KEY: 10}, **asked) == {KEY: 2}


def sorting() -> str:
    return str(ask("SHOW enable_sort", [])[0][0])


def test_no_sort_of_a_value_that_half_the_world_shares() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    values = sightings._asked({KEY: 40}, 1, "production")
    plan = "\n".join(str(row[0]) for row in ask_in_order(f"EXPLAIN {sightings._NEWEST}", values))
    assert "Merge Append" in plan, plan
    assert "_hash64_report_id_idx" in plan
    assert sorting() == "on"


def test_what_was_set_for_a_plan_ends_with_an_error_too() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ask_in_order("SELECT 1 / %s::int", [0])
    assert sorting() == "on"

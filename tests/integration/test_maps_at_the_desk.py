"""Maps at the desk: every mark of a report's and of a cluster's page stands in the list beside it, clues among them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration import cluster_world, desk_world

from tipline.domain.findings import BestPlace, Finding, RankedPlace
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.stages.enrichment import queries
from tipline.stages.enrichment.models import EnrichmentClue
from tipline.stages.linking import watching

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
Ask = Callable[[str], str]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    return fixed_now


@pytest.fixture
def ask(settings: Any, as_role: Callable[..., AbstractContextManager[None]], now: datetime) -> Ask:
    """An analyst at the desk, with the desk's rights in the database."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client, name = Client(), desk_world.make_person("robin", Role.ANALYST, now)
    with as_role("desk"):
        desk_world.log_in(client, name, now)

    def asked(path: str) -> str:
        with as_role("desk"):
            return re.sub(r"\s+", " ", client.get(path).content.decode())

    return asked


def card(page: str) -> str:
    return page[page.index('<h2 class="card__title">Where') :].partition("</section>")[0]


def marks(drawn: str, shape: str) -> int:
    """How many marks of a shape a map or a list holds."""
    return drawn.count(f"mark--{shape}")


def _clue(report_id: int, now: datetime, place: tuple[str, str, str], *, is_withdrawn: bool = False) -> None:
    country, state, city = place
    EnrichmentClue.objects.create(
        report_id=report_id, at=now, by="user:robin", kind="sign", seen_in="file 1", says="a bus stop", role="VICTIM",
        country=country, state=state, city=city, withdrawn_at=now if is_withdrawn else None,
    )  # fmt: skip


def test_a_report_shows_its_best_places_with_circles_and_every_mark_in_its_list(ask: Ask, now: datetime) -> None:
    head = reports.load_head(watching.reports_in(cluster_world.make(now, many=1), 1)[0])
    bodies = (
        BestPlace(
            "SUSPECT", "US", "FL", "12031", "Duval County", "Jacksonville", "likely", lat=30.33, lon=-81.66,
            radius_km=400.0, ranked=(RankedPlace("US", "GA", probability=0.2, why="by a number"),),
        ),
        BestPlace("VICTIM", "CA", confidence="possible", lat=45.5, lon=-73.6, radius_km=1500.0),
    )  # fmt: skip
    found = [Finding(one.role, one, "system:test", "test", now) for one in bodies]
    record.keep_findings(report_id=head.id, findings=found)
    shown = card(ask(f"/reports/{head.number}/"))
    drawn, listed = shown.split("</figure>")
    assert 'role="img" aria-label="A map about ' in drawn
    # The country has a mark and no circle: nothing more exact is known.
    assert [drawn.count(f"map__circle--{shape}") for shape in ("circle", "diamond")] == [1, 0]
    for shape, many in (("circle", 2), ("diamond", 1)):
        assert marks(drawn, shape) == marks(listed, shape) == many
    assert drawn.count("mark--whole") == listed.count("mark--whole") == 2
    assert "land.svg#land" in drawn
    assert "states.svg#states" in drawn


def test_a_cluster_shows_suspects_children_and_clues_with_their_reports(ask: Ask, now: datetime) -> None:
    top = cluster_world.make(now, many=10)
    ids = watching.reports_in(top, 100)
    for report_id in ids[:3]:
        _clue(report_id, now, ("US", "Arizona", "Tucson"))
    _clue(ids[0], now, ("US", "Arizona", "Tucson"))
    _clue(ids[1], now, ("DE", "", "Hamburg"), is_withdrawn=True)
    shown = card(ask(f"/clusters/{top}/"))
    drawn, listed = shown.split("</figure>")
    assert re.search(r"NV <small[^>]*>suspect</small></span> ?<span[^>]*>10 reports", listed)
    assert re.search(r"Tucson, AZ <small[^>]*>an analyst&#x27;s clue ?</small></span> ?<span[^>]*>3 reports", listed)
    assert "Hamburg" not in shown
    for shape in ("circle", "diamond", "square"):
        assert marks(drawn, shape) == marks(listed, shape) >= 1
    with CaptureQueriesContext(connection) as asked:
        found = queries.list_hinted_places(ids, 1)
    assert len(asked) == 1
    assert [(one.city, one.reports) for one in found] == [("Tucson", 3)]

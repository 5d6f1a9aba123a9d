"""The desk's page of hand-overs: covered until opened, opened in writing, a day to look again, no more of a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import AsRole
from tests.integration.desk_world import log_in, make_person
from tests.integration.survivors_world import SOMEBODY, a_case, seed

from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.models import Entry as AuditEntry
from tipline.programs.survivors import queries, service

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def number(now: datetime) -> str:
    partner = seed(now)
    opened = a_case(now)
    wishes = service.Wishes("my aunt", "202-555-0117", may_tell=True)
    service.keep_wishes(number=opened.number, wishes=wishes, by=SOMEBODY, now=now)
    reach = service.Reach(partner, "Fox", "fox@example.com", "after four", wants_news=True)
    service.ask_support(number=opened.number, reach=reach, by=SOMEBODY, now=now)
    return opened.number


@pytest.fixture
def ident(number: str) -> str:
    return queries.list_hand_overs()[0].id


@pytest.fixture
def analyst(client: Client, now: datetime, settings: Any) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    log_in(client, make_person("analyst-1", Role.ANALYST, now), now)
    return client


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_a_hand_over_is_listed_and_covered(analyst: Client, ident: str, number: str) -> None:
    pages = [analyst.get(path).content.decode() for path in ("/support/", f"/support/{ident}/")]
    assert "Harbour Support" in pages[0]
    assert "survivor.support_listed" in verbs()
    for page in pages:
        for word in ("fox@example.com", "my aunt", "Fox", number):
            assert word not in page


def test_opening_it_is_written_down_and_shows_whom_the_person_trusts(
    analyst: Client, ident: str, as_role: AsRole
) -> None:
    page = analyst.post(f"/support/{ident}/reach/").content.decode()
    for word in ("fox@example.com", "my aunt", "202-555-0117", "after four"):
        assert word in page
    assert verbs()[-1] == "survivor.support_opened"
    with as_role("desk"):
        assert queries.open_reach(ident) == queries.ReachLine("Fox", "fox@example.com", "after four")
        assert queries.open_trusted(ident) == queries.TrustedLine("my aunt", "202-555-0117", may_tell=True)


def test_a_step_needs_a_day_and_the_end_deletes_what_was_given(analyst: Client, ident: str, now: datetime) -> None:
    refused = analyst.post(f"/support/{ident}/", {"go": "move", "state": "TAKEN", "follow_up_on": ""})
    assert "Give the day on which somebody looks again" in refused.content.decode()
    day = (now + timedelta(days=7)).date()
    assert analyst.post(f"/support/{ident}/", {"go": "move", "state": "TAKEN", "follow_up_on": day}).status_code == 302
    assert queries.list_hand_overs()[0].follow_up_on == day
    assert analyst.post(f"/support/{ident}/", {"go": "move", "state": "ENDED"}).status_code == 302
    page = analyst.post(f"/support/{ident}/reach/").content.decode()
    assert "Deleted" in page
    assert "fox@example.com" not in page
    assert "my aunt" not in page


def test_what_was_taken_back_can_no_longer_be_opened(analyst: Client, ident: str, number: str, now: datetime) -> None:
    service.revoke_support(number=number, by=SOMEBODY, now=now)
    page = analyst.post(f"/support/{ident}/reach/").content.decode()
    assert "taken back" in page
    assert "fox@example.com" not in page


def test_an_unknown_hand_over_is_not_there(analyst: Client, ident: str) -> None:
    assert analyst.get(f"/support/{'a' * 32}/").status_code == 404
    assert analyst.get("/support/words/").status_code == 404


def test_a_call_taker_sees_none_of_it(client: Client, ident: str, now: datetime, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    log_in(client, make_person("caller-1", Role.CALL_TAKER, now), now)
    assert client.get("/support/").status_code == 403
    assert client.post(f"/support/{ident}/reach/").status_code == 403

"""The desk's pages of partners: who may keep them, what is shown once, and nothing issued without an agreement."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.integration import desk_world

from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reference.directory import queries as esps
from tipline.reference.directory import service as directory
from tipline.reference.directory.queries import Ways
from tipline.reference.directory.service import NewEsp
from tipline.reference.hashlists import canaries, service
from tipline.reference.hashlists.models import EntryPrint
from tipline.reference.partners import queries as partners

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
AGREEMENT = {"reference": "MOU 12", "signed_on": "2025-11-01", "requests_per_minute": "60"}
Desk = Callable[..., Any]


@pytest.fixture(autouse=True)
def prepared(settings: Any, monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    service.ensure_lists(now=fixed_now)


def signed_in(role: Role, now: datetime) -> Client:
    client = Client()
    desk_world.log_in(client, desk_world.make_person("robin", role, now), now)
    return client


@pytest.fixture
def desk(as_role: Callable[..., AbstractContextManager[None]], fixed_now: datetime) -> Desk:
    """A supervisor at the desk, with the desk's rights in the database."""
    client, name = Client(), desk_world.make_person("robin", Role.SUPERVISOR, fixed_now)
    with as_role("desk"):  # a session belongs to the role that began it
        desk_world.log_in(client, name, fixed_now)

    def ask(path: str, data: dict[str, str] | None = None) -> Any:
        with as_role("desk"):
            return client.get(path) if data is None else client.post(path, data, follow=True)

    return ask


def entered(desk: Desk, name: str = "Example Photos") -> str:
    answer = desk("/partners/new/", {"name": name, "kind": "COMPANY", "country": "us"})
    return str(answer.redirect_chain[-1][0])


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def number_of(page: str) -> int:
    return int(page.strip("/").rpartition("/")[2])


def test_a_log_in_needs_an_agreement_and_its_secret_is_shown_once(desk: Desk) -> None:
    page = entered(desk)
    assert "A log-in can be issued as soon as an agreement lives." in text(desk(page))
    wanted = {"place": "HASH_SHARING|industry", "username": "example-photos"}
    assert desk(f"{page}credential/", wanted).status_code == 400
    desk(f"{page}agreement/", {"scope": "HASH_SHARING", **AGREEMENT})
    shown = text(desk(f"{page}credential/", wanted))
    secret = re.search(r'id="secret">([^<]+)<', shown)
    assert secret is not None
    assert secret[1] not in text(desk(page))
    found = partners.check_credential(
        username="example-photos", secret=secret[1], scope="HASH_SHARING", environment="industry", now=clock.now()
    )
    assert found is not None
    assert found.requests_per_minute == 60
    assert desk(f"{page}credential/", wanted).status_code == 400  # the name is taken: a reload issues nothing


def test_every_consumer_gets_canaries_and_the_page_says_so(desk: Desk) -> None:
    page = entered(desk)
    desk(f"{page}agreement/", {"scope": "HASH_SHARING", **AGREEMENT})
    desk(f"{page}credential/", {"place": "HASH_SHARING|industry", "username": "example-photos"})
    assert "3 canary entries on list industry" in text(desk(page))
    value = EntryPrint.objects.filter(entry__canary_of_id=number_of(page), type="SHA1").values_list("value", flat=True)[
        0
    ]
    assert "made up for Example Photos, list industry" in text(desk("/partners/", {"value": f" {value.upper()} "}))
    assert "none of our canaries" in text(desk("/partners/", {"value": "0" * 40}))
    assert [one.total for one in canaries.count(number_of(page))] == [3]


def test_what_ends_is_the_partners_own_row(desk: Desk) -> None:
    one, other = entered(desk), entered(desk, "Example Clips")
    desk(f"{one}agreement/", {"scope": "SHIELD", **AGREEMENT})
    desk(f"{one}contact/", {"purpose": "HASHES", "email": "trust@example.com"})
    desk(f"{one}key/", {"kind": "OPENPGP", "fingerprint": "AB12", "public": "made up"})
    loaded = partners.load_page(number_of(one), on=clock.now().date())
    assert loaded is not None
    assert (len(loaded.contacts), len(loaded.keys)) == (1, 1)
    row = {"row": str(loaded.agreements[0].id)}
    assert "This is gone already." in text(desk(f"{other}end-agreement/", row))
    assert "The agreement has ended" in text(desk(f"{one}end-agreement/", row))
    assert "The contact is removed." in text(desk(f"{one}end-contact/", {"row": str(loaded.contacts[0].id)}))
    again = partners.load_page(number_of(one), on=clock.now().date())
    assert again is not None
    assert ([each.lives for each in again.agreements], again.contacts) == ([False], ())


def test_wrong_fields_are_named_and_nothing_is_kept(desk: Desk) -> None:
    page = entered(desk)
    answer = desk(f"{page}agreement/", {"scope": "SHIELD", **AGREEMENT, "requests_per_minute": "0", "signed_on": ""})
    assert answer.status_code == 400
    assert '<details class="card__foot" open><summary>Put an agreement on record' in text(answer)
    assert desk(f"{page}contact/", {"purpose": "HASHES"}).status_code == 400
    assert desk("/partners/new/", {"name": "example", "kind": "COMPANY", "country": "USA"}).status_code == 400
    assert desk("/partners/new/", {"name": "Example Photos", "kind": "COMPANY"}).status_code == 400
    assert desk(f"{page}nothing/", {}).status_code == 404
    assert desk("/partners/99999/").status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.ANALYST, 403), (Role.CALL_TAKER, 403)])
def test_supervisors_and_administrators_alone_keep_partners(role: Role, status: int, fixed_now: datetime) -> None:
    client = signed_in(role, fixed_now)
    assert client.get("/partners/").status_code == status
    if status == 200:
        assert "Urgent" not in client.get("/partners/").content.decode()


def test_looking_and_issuing_are_written_down_without_a_name(desk: Desk) -> None:
    page = entered(desk)
    desk(f"{page}agreement/", {"scope": "HASH_SHARING", **AGREEMENT})
    desk(f"{page}credential/", {"place": "HASH_SHARING|industry", "username": "example-photos"})
    desk("/partners/")
    said = {one.sentence: one for one in reversed(list_entries(Wanted(), limit=50))}
    for sentence in ("entered a partner", "issued a partner's credential", "planted canary entries for a partner"):
        assert said[sentence].object_id == str(number_of(page))
    assert "listed partners" in said
    assert "Example" not in "".join(f"{one.object_id}{dict(one.details)}" for one in said.values())


def test_how_a_companys_reports_are_read_is_set_at_the_desk_and_shown_to_the_company(
    desk: Desk, as_role: Callable[..., AbstractContextManager[None]], fixed_now: datetime
) -> None:
    esp_id = directory.create_esp(new=NewEsp("Example Mail"), by=system("test"), now=fixed_now)
    assert f"/partners/companies/{esp_id}/" in text(desk("/partners/companies/?name=example+mail"))
    page = f"/partners/companies/{esp_id}/"
    assert "<strong>required</strong>" in text(desk(page))
    wrong = desk(page, {"reporter_email_required": "no", "strict_attributes": "yes", "calls_a_minute": "-1"})
    assert wrong.status_code == 400
    desk(page, {"reporter_email_required": "no", "strict_attributes": "yes", "calls_a_minute": "600"})
    assert esps.find_ways(esp_id) == Ways(False, True, 600)
    said = {one.sentence: one for one in list_entries(Wanted(), limit=50)}
    entry = said["set what a company's programs may do"]
    assert entry.object_id == str(esp_id)
    with as_role("esp_web"), agency_scope(esp=esp_id):
        assert esps.find_ways(esp_id).strict_attributes


def test_only_who_keeps_partners_sets_how_reports_are_read(fixed_now: datetime) -> None:
    client = signed_in(Role.ANALYST, fixed_now)
    assert client.get("/partners/companies/").status_code == 403
    assert client.post("/partners/companies/1/", {"calls_a_minute": "1"}).status_code == 403

"""The desk: what an analyst sees and does, and what is written down before anything is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.integration import desk_world
from tests.integration.desk_world import World, counted, log_in, make_person
from tests.integration.kept_files import empty_store

from tipline import pipeline
from tipline.domain.states import ReportState
from tipline.media import sandbox
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reports import queries as reports
from tipline.reports.custody import list_custody
from tipline.stages.evidence import service as evidence
from tipline.stages.routing import queries as routings
from tipline.stages.triage import queries as triage

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
needs_sandbox = pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine")


class Watch:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
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
def world(watch: Watch) -> World:
    return desk_world.seed(watch.at, with_pictures=False)


@pytest.fixture
def pictured(watch: Watch) -> Iterator[World]:
    yield desk_world.seed(watch.at, passing=0)
    empty_store()


@pytest.fixture
def analyst(client: Client, watch: Watch) -> Client:
    log_in(client, make_person("analyst-1", Role.ANALYST, watch.at), watch.at)
    return client


def as_person(role: Role, watch: Watch) -> Client:
    client = Client()
    log_in(client, make_person(f"{role.lower()}-9", role, watch.at), watch.at)
    return client


def audited(verb: str) -> list[Any]:
    return [entry for entry in list_entries(Wanted(), limit=500) if entry.verb == verb]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def act(client: Client, number: int, name: str, **fields: str) -> Any:
    return client.post(f"/reports/{number}/act/{name}/", fields)


def test_the_queue_shows_the_most_urgent_report_first(analyst: Client, world: World) -> None:
    shown = [item.number for item in analyst.get("/lists/new/").context["list"].items]
    heads = {head.number: head for head in (world.parent, world.teen, world.company, *world.passing)}
    assert shown[0] == world.parent.number
    assert shown == sorted(shown, key=lambda number: (heads[number].priority, -heads[number].score))
    assert len(shown) == 8


def test_a_longer_queue_asks_the_database_no_more(analyst: Client, watch: Watch) -> None:
    desk_world.seed(watch.at, with_pictures=False, passing=1)
    with counted() as few:
        analyst.get("/lists/new/")
    desk_world.seed(watch.at, with_pictures=False, passing=5)
    with counted() as many:
        analyst.get("/lists/new/")
    assert len(many) == len(few) <= 16


def test_a_report_page_shows_story_points_places_links_and_agencies(analyst: Client, world: World) -> None:
    page = text(analyst.get(f"/reports/{world.parent.number}/?in=urgent"))
    for words in (
        "My daughter is 14.",
        "<mark>harbor_fox</mark>",
        "Contact goes on today",
        "Maricopa County, AZ",
        "The same handle",
        "Who would get it",
        "As received",
        "incidentSummary",
    ):
        assert words in page, words
    assert "Dana" not in page, "the reporter is sealed"


def test_the_made_up_place_source_is_named_as_such(analyst: Client, world: World) -> None:
    page = text(analyst.get(f"/reports/{world.company.number}/"))
    assert "demo place source (made up)" in page
    assert "A made-up place of the demo." in page


def test_every_view_of_a_report_is_audited(analyst: Client, world: World) -> None:
    analyst.get(f"/reports/{world.parent.number}/")
    (entry,) = audited("report.viewed")
    assert (entry.actor, entry.object_id) == ("user:analyst-1", str(world.parent.number))
    assert entry.details == {"page": "report"}


@pytest.mark.parametrize("path", ["/reports/1234567890/", "/reports/1/act/refer/", "/lists/nothing/", "/reports/x/"])
def test_unknown_pages_are_not_found(analyst: Client, path: str) -> None:
    assert analyst.get(path).status_code == 404


def test_a_report_that_is_still_open_does_not_exist_for_the_desk(analyst: Client, world: World) -> None:
    from tipline.reports.models import Report

    Report.objects.filter(pk=world.teen.id).update(state=ReportState.OPEN)
    assert analyst.get(f"/reports/{world.teen.number}/").status_code == 404


def test_a_decision_is_undone_and_made_again_and_then_counts(analyst: Client, world: World, watch: Watch) -> None:
    number, report_id = world.parent.number, world.parent.id
    assert act(analyst, number, "informational", reason="too_thin").status_code == 302
    page = text(analyst.get(f"/reports/{number}/"))
    assert "Too little was said to act on" in page
    assert "act/undo/" in page
    assert "act/refer/" not in page
    assert act(analyst, number, "undo").status_code == 302
    assert triage.find_pending(report_id) is None
    assert act(analyst, number, "refer", reason="child_in_danger", note="Called the family").status_code == 302
    assert "Then it goes to" in text(analyst.get(f"/reports/{number}/"))
    watch.at += timedelta(minutes=1)
    pipeline.apply_due_decisions(watch.at)
    pipeline.walk(report_id)
    assert reports.load_head(report_id).state is ReportState.MADE_AVAILABLE
    page = text(analyst.get(f"/reports/{number}/?in=decided"))
    assert "Called the family" in page
    assert "At the agencies" in page
    assert act(analyst, number, "undo").status_code == 400


def test_a_second_decision_is_refused_in_words(analyst: Client, world: World) -> None:
    number = world.parent.number
    act(analyst, number, "refer", reason="child_in_danger")
    answer = act(analyst, number, "informational", reason="too_thin")
    assert answer.status_code == 400
    assert "Somebody decided about this report a moment ago." in text(answer)


def test_a_decision_without_a_reason_names_the_field_and_loses_nothing(analyst: Client, world: World) -> None:
    answer = act(analyst, world.parent.number, "refer", note="My careful note")
    assert answer.status_code == 400
    assert "My careful note" in text(answer)
    assert "This field is required" in text(answer)


def test_the_form_of_an_act_comes_alone_to_a_script_and_on_the_page_without(analyst: Client, world: World) -> None:
    url = f"/reports/{world.parent.number}/act/refer/"
    part = text(analyst.get(url, headers={"HX-Request": "true"}))
    whole = text(analyst.get(url))
    assert part.lstrip().startswith("<section")
    assert "A child may be in danger now" in part
    assert "A child may be in danger now" in whole
    assert "<html" in whole


def test_escalating_makes_early_news(analyst: Client, world: World) -> None:
    assert act(analyst, world.teen.number, "escalate", why="The next meeting is tonight").status_code == 302
    assert any(found.kind == "escalated" for found in reports.current_findings(world.teen.id))


def test_a_hold_stops_and_a_release_frees(analyst: Client, world: World) -> None:
    number = world.teen.number
    act(analyst, number, "hold", reason="wait_company")
    page = text(analyst.get(f"/reports/{number}/"))
    assert "Waits for an answer from the company" in page
    assert number in [item.number for item in analyst.get("/lists/held/").context["list"].items]
    act(analyst, number, "release")
    assert reports.load_head(world.teen.id).hold is None


def test_an_act_that_does_not_fit_any_more_is_refused_in_words(analyst: Client, world: World) -> None:
    act(analyst, world.teen.number, "hold", reason="wait_company")
    answer = act(analyst, world.teen.number, "refer", reason="suspect_identifiable")
    assert answer.status_code == 400
    assert "has moved on meanwhile" in text(answer)
    assert triage.find_pending(world.teen.id) is None


def test_what_an_analyst_may_not_do_is_audited(analyst: Client, world: World) -> None:
    assert act(analyst, world.teen.number, "lift-legal-hold").status_code == 404
    assert [entry.verb for entry in list_entries(Wanted(), limit=5)].count("report.refused") == 1


@pytest.mark.parametrize("path", ["/audit/?who=%00", "/reports/1/files/%00/", "/hotline/calls/%00/"])
def test_a_nul_in_an_address_is_no_accident_of_ours(path: str, analyst: Client) -> None:
    assert analyst.get(path).status_code in {403, 404}


def test_a_legal_hold_is_set_by_an_analyst_and_lifted_by_a_supervisor(
    analyst: Client, world: World, watch: Watch
) -> None:
    number = world.teen.number
    act(analyst, number, "legal-hold", reason="Superior Court, file 12")
    assert "Superior Court, file 12" in text(analyst.get(f"/reports/{number}/"))
    assert act(analyst, number, "lift-legal-hold").status_code == 404
    assert act(as_person(Role.SUPERVISOR, watch), number, "lift-legal-hold").status_code == 302
    assert not reports.load_head(world.teen.id).legal_hold


def test_agencies_are_chosen_by_hand(analyst: Client, world: World) -> None:
    number = world.company.number
    fields = {"agency_0": "icac-ga", "part_0": "PRIMARY", "agency_1": "icac-az", "part_1": "COPY"}
    assert act(analyst, number, "recipients", reason="Known case in Georgia", **fields).status_code == 302
    chosen = {one.agency: str(one.part) for one in routings.list_recipients(world.company.id)}
    assert chosen == {"icac-ga": "PRIMARY", "icac-az": "COPY"}
    assert "Known case in Georgia" in text(analyst.get(f"/reports/{number}/"))
    twice = {"agency_0": "icac-ga", "part_0": "PRIMARY", "agency_1": "icac-az", "part_1": "PRIMARY"}
    answer = act(analyst, number, "recipients", reason="x", **twice)
    assert "Choose exactly one primary agency." in text(answer)


def test_search_finds_by_number_handle_mail_and_phone(analyst: Client, world: World) -> None:
    number = str(world.parent.number)
    spaced = f"{number[:4]} {number[4:7]} {number[7:]}"
    assert analyst.post("/search/", {"q": spaced})["Location"] == f"/reports/{number}/"
    found = analyst.post("/search/", {"q": "@Harbor_FOX"}).context["found"]
    assert {item.number for item in found.items} == {world.parent.number, world.teen.number, world.company.number}
    assert "handle of the suspect" in found.found_as
    mail = analyst.post("/search/", {"q": "harbor.fox@example.com"}).context["found"]
    assert {item.number for item in mail.items} == {world.parent.number, world.company.number}
    assert "Nothing found" in text(analyst.post("/search/", {"q": "nobody_at_all"}))
    assert all("fox" not in str(entry.details) for entry in audited("report.searched"))


def test_the_reporter_is_shown_for_a_reason_that_is_written_down(analyst: Client, world: World) -> None:
    url = f"/reports/{world.parent.number}/reporter/"
    assert analyst.post(url, {}).status_code == 400
    assert not audited("report.reporter_revealed")
    assert "Dana" in text(analyst.post(url, {"reason": "call_back"}))
    (entry,) = audited("report.reporter_revealed")
    assert entry.basis == "call_back"


def test_the_submission_is_handed_over_byte_for_byte_and_audited(analyst: Client, world: World) -> None:
    url = f"/reports/{world.company.number}/submission/1/"
    assert analyst.post(url, {}).status_code == 400
    answer = analyst.post(url, {"reason": "wrong_data"})
    assert answer.content == b"<report/>"
    assert "attachment" in answer["Content-Disposition"]
    assert any(entry.details.get("page") == "submission" for entry in audited("report.viewed"))
    assert analyst.post(f"/reports/{world.company.number}/submission/7/", {"reason": "wrong_data"}).status_code == 404


@needs_sandbox
@pytest.mark.parametrize(("how", "act_done"), [("blurred", "LOOKED_AT"), ("grey", "REVEALED"), ("colour", "REVEALED")])
def test_a_file_is_shown_once_for_a_reason_with_custody_and_audit(
    analyst: Client, pictured: World, how: str, act_done: str
) -> None:
    number = pictured.company.number
    file_id = reports.list_files(pictured.company.id)[0].file_id
    url = f"/reports/{number}/files/{file_id}/"
    assert analyst.get(f"{url}look.jpg").status_code == 404, "nobody asked"
    assert "look.jpg" not in text(analyst.get(url))
    assert analyst.post(url, {"how": how}).status_code == 400
    assert analyst.post(url, {"how": how, "reason": "judge_age"}).status_code == 302
    assert "look.jpg" in text(analyst.get(url))
    picture = analyst.get(f"{url}look.jpg")
    assert picture.content.startswith(b"\xff\xd8")
    assert (picture["Content-Type"], picture["Content-Security-Policy"]) == (
        "image/jpeg",
        "default-src 'none'; sandbox",
    )
    assert "no-store" in picture["Cache-Control"]
    line = list_custody(pictured.company.id)[-1]
    assert (line.act, line.basis, line.actor) == (act_done, "judge_age", "user:analyst-1")
    assert audited(f"file.{act_done.lower()}")
    assert analyst.get(f"{url}look.jpg").status_code == 404, "a second look needs a second reason"


@needs_sandbox
def test_no_byte_of_a_file_leaves_before_custody_is_written(
    analyst: Client, pictured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = reports.list_files(pictured.company.id)[0].file_id
    url = f"/reports/{pictured.company.number}/files/{file_id}/"

    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(evidence, "record_custody", broken)
    for how in ("blurred", "grey"):
        analyst.post(url, {"how": how, "reason": "judge_age"})
        with pytest.raises(ZeroDivisionError):
            analyst.get(f"{url}look.jpg")


@needs_sandbox
def test_files_lie_covered_and_say_whether_police_may_open_them(analyst: Client, pictured: World) -> None:
    page = text(analyst.get(f"/reports/{pictured.company.number}/"))
    assert "<img" not in page
    tiles = [(tile.state, tile.label) for tile in analyst.get(f"/reports/{pictured.company.number}/").context["files"]]
    assert tiles == [("covered", "File 1"), ("sealed", "File 2")]


def test_supervisors_see_who_did_what_and_analysts_do_not(analyst: Client, world: World, watch: Watch) -> None:
    number = world.parent.number
    analyst.get(f"/reports/{number}/")
    assert analyst.get(f"/reports/{number}/audit/").status_code == 403
    supervisor = as_person(Role.SUPERVISOR, watch)
    page = text(supervisor.get(f"/reports/{number}/audit/"))
    assert "analyst-1" in page
    assert "opened a report&#x27;s page" in page
    assert "analyst-1" in text(supervisor.get("/audit/?who=analyst-1"))


def test_a_call_taker_sees_no_report(world: World, watch: Watch) -> None:
    client = as_person(Role.CALL_TAKER, watch)
    assert client.get("/")["Location"] == "/hotline/"
    for path in ("/lists/new/", f"/reports/{world.parent.number}/", "/search/", "/audit/"):
        assert client.get(path).status_code == 403, path


def test_an_administrator_sees_no_report(world: World, watch: Watch) -> None:
    client = as_person(Role.ADMIN, watch)
    assert client.get("/").status_code == 200
    assert client.get(f"/reports/{world.parent.number}/").status_code == 403


def test_a_password_alone_opens_no_report(client: Client, world: World, watch: Watch) -> None:
    make_person("analyst-2", Role.ANALYST, watch.at)
    client.post("/account/login/", {"login": "analyst-2", "password": desk_world.PASSWORD})
    assert client.get(f"/reports/{world.parent.number}/")["Location"].startswith("/account/login/")


@needs_sandbox
def test_the_desk_works_with_its_own_database_rights(
    client: Client, pictured: World, watch: Watch, as_role: Callable[..., Any]
) -> None:
    number = pictured.company.number
    name = make_person("supervisor-1", Role.SUPERVISOR, watch.at)
    analyst = client
    with as_role("desk"):
        log_in(client, name, watch.at)
        for path in ("/lists/new/", "/lists/decided/", f"/reports/{number}/", f"/reports/{number}/act/refer/"):
            assert analyst.get(path).status_code == 200, path
        assert analyst.post("/search/", {"q": "harbor_fox"}).status_code == 200
        for name, fields in (
            ("refer", {"reason": "child_in_danger"}),
            ("undo", {}),
            ("escalate", {"why": "It cannot wait"}),
            ("hold", {"reason": "fault"}),
            ("release", {}),
            ("legal-hold", {"reason": "An order"}),
            ("lift-legal-hold", {}),
            ("recipients", {"reason": "x", "agency_0": "icac-az", "part_0": "PRIMARY"}),
        ):
            assert act(analyst, number, name, **fields).status_code == 302, name
        for path, fields in ((f"/reports/{number}/reporter/", {}), (f"/reports/{number}/submission/1/", {})):
            assert analyst.post(path, {**fields, "reason": "wrong_data"}).status_code == 200
        assert analyst.get(f"/reports/{number}/audit/").status_code == 200
        url = f"/reports/{number}/files/{reports.list_files(pictured.company.id)[0].file_id}/"
        analyst.post(url, {"how": "blurred", "reason": "judge_age"})
        assert analyst.get(f"{url}look.jpg").status_code == 200


def test_a_purged_report_keeps_its_number_and_journal(analyst: Client, world: World, watch: Watch) -> None:
    from tipline.reports import retention

    desk_world.close_long_ago(world.teen.id, watch.at)
    retention.purge(report_id=world.teen.id, by=desk_world.BY, now=watch.at)
    page = text(analyst.get(f"/reports/{world.teen.number}/"))
    assert "destroyed at the end of its retention" in page
    assert "I am scared" not in page
    assert "Journal" in page

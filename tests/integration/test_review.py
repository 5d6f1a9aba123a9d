"""Review at the desk: proposed from a file's page, judged by three people who see nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.integration import desk_world
from tests.integration import hashlists_world as lists
from tests.integration.desk_world import log_in, make_person
from tests.integration.kept_files import empty_store

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.report import FileRef, ReportHead
from tipline.interfaces.desk.reviews import VERDICT_WORDS
from tipline.media import sandbox
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reference.directory import service as directory
from tipline.reference.hashlists import queries, reviewing, service
from tipline.reference.hashlists.values import NewVote
from tipline.reports import proposals
from tipline.reports import queries as reports
from tipline.reports.custody import list_custody

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tipline.interfaces.desk.urls"),
    pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine"),
]
PEOPLE = ("ann-7", "ben-7", "cem-7", "dua-7")


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose, and not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now(db: None, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    directory.load_reference(now=fixed_now)
    service.ensure_lists(now=fixed_now)
    yield fixed_now
    empty_store()


def analyst(name: str, now: datetime, role: Role = Role.ANALYST) -> Client:
    client = Client()
    log_in(client, make_person(name, role, now), now)
    return client


def actor(name: str) -> Actor:
    return Actor(ActorKind.USER, name, role="ANALYST")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def brought(now: datetime, number: int = 61) -> tuple[ReportHead, FileRef]:
    head = desk_world.bring(now, number)
    return head, reports.list_files(head.id)[0]


def propose(head: ReportHead, file: FileRef, now: datetime, by: str = "proposer") -> int:
    return proposals.propose_file(report_id=head.id, file_id=file.file_id, list_slug="industry", by=actor(by), now=now)


def judge(client: Client, key: int, verdict: str, note: str = "") -> Any:
    """Look, see the picture, judge: as the page leads."""
    url = f"/review/{key}/"
    assert client.post(url, {"do": "look", "how": "grey"}).status_code == 302
    page = client.get(url)
    picture = page.context["file"]["url"]
    assert client.get(picture).content.startswith(b"\xff\xd8")
    return client.post(url, {"do": "judge", "verdict": verdict, "note": note})


def test_a_file_goes_from_its_page_through_three_people_onto_the_list(now: datetime) -> None:
    head, file = brought(now)
    page = f"/reports/{head.number}/files/{file.file_id}/"
    proposer = analyst("proposer", now)
    proposer.post(f"{page}propose/", {"list": "industry"})
    assert "waits for judgement" in text(proposer.get(page))
    assert proposer.get("/review/").context["lanes"] == ()
    ((key, _, _),) = reviewing.list_of_file(file.file_id)
    for name in PEOPLE[:3]:
        client = analyst(name, now)
        assert client.get("/review/").context["review_total"] == 1
        assert judge(client, key, "B1").status_code == 302
        assert client.get("/review/").context["review_total"] == 0
    entry = text(proposer.get(f"/hash-entries/{key}/"))
    assert "on the list" in entry
    assert all(name in entry for name in PEOPLE[:3])
    acts = [(line.act, line.actor) for line in list_custody(head.id)]
    assert ("PROPOSED", "user:proposer") in acts
    assert [who for act, who in acts if act == "JUDGED"] == [f"user:{name}" for name in PEOPLE[:3]]
    assert {line.detail for line in list_custody(head.id) if line.act == "JUDGED"} == {"industry"}


def test_a_reviewer_is_shown_no_verdict_and_no_word_of_the_report_before_their_own(now: datetime) -> None:
    head, file = brought(now)
    key = propose(head, file, now)
    judge(analyst("ann-7", now), key, "A2", note="tell nobody")
    second = analyst("ben-7", now)
    pages = ["/review/", f"/review/{key}/", f"/hash-entries/{key}/", "/hash-lists/industry/"]
    pages += [f"/reports/{head.number}/files/{file.file_id}/"]
    for url in pages[:2]:
        assert head.headline not in text(second.get(url))
        assert str(head.number) not in text(second.get(url)).replace("\u2009", "").replace("\u00a0", "")
    for url in pages:
        shown = text(second.get(url))
        assert "tell nobody" not in shown
        assert url == f"/review/{key}/" or VERDICT_WORDS["A2"] not in shown
    assert second.get(f"/hash-entries/{key}/").context["judgements"] == ()
    assert second.get(f"/hash-entries/{key}/").context["own"] is None
    waiting = second.get(f"/review/{key}/").context["proposal"]
    assert (waiting.given, waiting.is_disputed) == (1, False)
    assert not any("A2" in str(entry.details) for entry in list_entries(Wanted(), limit=500))


def test_after_their_own_verdict_people_see_that_alone_until_it_is_settled(now: datetime) -> None:
    head, file = brought(now)
    key = propose(head, file, now)
    first, second = analyst("ann-7", now), analyst("ben-7", now)
    judge(first, key, "A2")
    judge(second, key, "B1")
    page = first.get(f"/hash-entries/{key}/")
    assert page.context["own"]["verdict"].startswith("A2")
    assert page.context["judgements"] == ()
    assert "ben-7" not in text(page)
    assert first.get(f"/review/{key}/").status_code == 302, "nobody judges twice"


def test_a_disagreement_goes_to_a_fourth_who_is_told_that_and_no_more(now: datetime) -> None:
    head, file = brought(now)
    key = propose(head, file, now)
    for name, verdict in zip(PEOPLE, ("A1", "A1", "REJECT"), strict=False):
        judge(analyst(name, now), key, verdict)
    fourth = analyst("sue", now, Role.SUPERVISOR)
    (lane,) = fourth.get("/review/").context["lanes"]
    assert lane.title == "Disagreements"
    shown = text(fourth.get(f"/review/{key}/"))
    assert "Three people did not agree" in shown
    assert not any(name in shown for name in PEOPLE)
    judge(fourth, key, "REJECT")
    entry = fourth.get(f"/hash-entries/{key}/")
    assert entry.context["state"] == "rejected"
    assert [one["settles"] for one in entry.context["judgements"]] == [True, False, False, False]


def test_nobody_judges_what_they_have_not_seen(now: datetime) -> None:
    head, file = brought(now)
    key = propose(head, file, now)
    client = analyst("ann-7", now)
    answer = client.post(f"/review/{key}/", {"do": "judge", "verdict": "A1"})
    assert answer.status_code == 400
    assert "Look at the file first" in text(answer)
    client.post(f"/reports/{head.number}/files/{file.file_id}/", {"how": "grey", "reason": "judge_age"})
    client.get(f"/reports/{head.number}/files/{file.file_id}/look.jpg")
    assert client.post(f"/review/{key}/", {"do": "judge", "verdict": "A1"}).status_code == 400
    assert reviewing.find_own(key, "user:ann-7") is None
    assert client.post(f"/review/{key}/", {"do": "judge"}).status_code == 400


def test_the_proposer_is_kept_from_judging_by_any_way(now: datetime) -> None:
    head, file = brought(now)
    proposer = analyst("proposer", now)
    key = propose(head, file, now)
    assert proposer.get(f"/review/{key}/").status_code == 302
    assert proposer.post(f"/review/{key}/", {"do": "judge", "verdict": "A1"}).status_code == 302
    assert reviewing.find_own(key, "user:proposer") is None


def test_the_same_content_is_proposed_once_a_list_whatever_report_it_comes_from(now: datetime) -> None:
    head, file = brought(now)
    propose(head, file, now)
    other, copy = brought(now)
    for one, same in ((head, file), (other, copy)):
        with pytest.raises(Refusal, match="already_listed"):
            propose(one, same, now, by="ann-7")
    with pytest.raises(Refusal, match="no_such_list"):
        proposals.propose_file(
            report_id=head.id, file_id=file.file_id, list_slug="industry-test", by=actor("ann-7"), now=now
        )


def test_a_file_that_nobody_can_look_at_is_not_proposed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_world.pictures, "picture", lambda number: b"no picture at all")
    head, file = brought(now)
    with pytest.raises(Refusal, match="cannot_judge"):
        propose(head, file, now)


def test_an_entry_is_withdrawn_with_a_reason_and_keeps_its_story(now: datetime) -> None:
    key = lists.listed(1, now)
    partner = lists.partner("Example Chat", now)
    reason = queries.list_reasons("industry", "MD5")[0]
    service.vote(entry=key, vote=NewVote("MD5", partner, "NEGATIVE", (reason.guid,)), by=lists.BY, now=now)
    client = analyst("ann-7", now)
    shown = text(client.get(f"/hash-entries/{key}/"))
    assert "Example Chat says it is wrong" in shown
    assert reason.name in shown
    assert client.post(f"/hash-entries/{key}/", {"reason": ""}).status_code == 400
    assert client.post(f"/hash-entries/{key}/", {"reason": "shows no child"}).status_code == 302
    page = client.get(f"/hash-entries/{key}/")
    assert page.context["prints"] == ()
    assert [one["text"] for one in page.context["moves"]] == ["Proposed", "On the list", "Withdrawn"]
    assert "shows no child" in text(page)
    assert "withdrawn" in text(client.get("/hash-lists/industry/"))


def test_a_known_file_is_told_on_the_reports_and_the_files_page(now: datetime) -> None:
    head, file = brought(now)
    key = propose(head, file, now)
    lists.agree(key, now)
    other, copy = brought(now)
    client = analyst("ann-7", now)
    for url in (f"/reports/{other.number}/", f"/reports/{other.number}/files/{copy.file_id}/"):
        shown = text(client.get(url))
        assert "Known: Industry: child sexual abuse material, Tipline, class A1" in shown
        assert "judged by three people" in shown
        assert f"/files/{copy.file_id}/match/{key}/" in shown


def test_the_desks_own_role_is_enough_for_everything(
    now: datetime, as_role: Callable[..., AbstractContextManager[None]]
) -> None:
    head, file = brought(now)
    with as_role("desk"):
        key = propose(head, file, now)
        assert reviewing.count_proposals("user:ann-7") == 1
        lists.agree(key, now)
        assert reviewing.list_judgements(key)
        assert reviewing.list_moves(key)
        assert service.withdraw(entries=(key,), by=actor("ann-7"), now=now, reason="a try") == 1


def test_pages_that_are_not_there_are_told_so(now: datetime) -> None:
    client = analyst("ann-7", now)
    for url in ("/hash-entries/4711/", "/hash-lists/nowhere/", "/review/4711/"):
        assert client.get(url, follow=True).status_code == 404

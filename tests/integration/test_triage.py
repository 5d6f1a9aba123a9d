"""Triage in the house: rules change by four eyes, the queue is scored again, a sample is drawn, all is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from tests.integration import desk_world
from tests.integration.desk_world import log_in, make_person

from tipline import pipeline
from tipline.domain.actor import Actor, ActorKind
from tipline.domain.errors import Refusal
from tipline.domain.findings import Scored
from tipline.domain.report import ReportHead
from tipline.domain.states import Disposition, ReportState
from tipline.interfaces.desk import queue
from tipline.interfaces.ui.words import THIN_SPACE
from tipline.platform import clock
from tipline.platform.accounts.roles import Role
from tipline.platform.audit.queries import Wanted, list_entries
from tipline.reports import queries as reports
from tipline.stages.triage import calibration, keeping, queries, rulesets, service
from tipline.stages.triage.models import Count, Rescoring, RuleVersion, Standing
from tipline.stages.triage.ruleset import shipped_data

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
ONE, TWO = (Actor(ActorKind.USER, name, role="SUPERVISOR") for name in ("supervisor-1", "supervisor-2"))
NOTE = "Threats count more from now on."


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    return fixed_now


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def bring(now: datetime, **more: Any) -> ReportHead:
    return desk_world.bring(now, **more)


def threat_rule(points: int) -> dict[str, Any]:
    return {**next(one for one in shipped_data()["rules"] if one["id"] == "threat"), "points": points}


def csam_rule(points: int) -> dict[str, Any]:
    return {**next(one for one in shipped_data()["rules"] if one["id"] == "type_csam"), "points": points}


def drafted(now: datetime, rule: dict[str, Any]) -> int:
    number = rulesets.begin_draft(by=ONE, now=now)
    rulesets.change_rule(number=number, ident=rule["id"], rule=rule, by=ONE, now=now)
    return number


def released(now: datetime, rule: dict[str, Any]) -> int:
    number = drafted(now, rule)
    rulesets.propose(number=number, note=NOTE, by=ONE, now=now)
    rulesets.release(number=number, by=TWO, now=now)
    return number


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def test_rules_count_only_after_a_second_supervisor_released_them(now: datetime) -> None:
    number = drafted(now, csam_rule(33))
    with pytest.raises(Refusal) as early:
        rulesets.release(number=number, by=TWO, now=now)
    rulesets.propose(number=number, note=NOTE, by=ONE, now=now)
    with pytest.raises(Refusal) as alone:
        rulesets.release(number=number, by=ONE, now=now)
    assert (code_of(early), code_of(alone), rulesets.current().version) == ("wrong_state", "same_person", "1")
    rulesets.release(number=number, by=TWO, now=now)
    assert rulesets.current().version == str(number)
    with pytest.raises(Refusal) as late:
        rulesets.change_rule(number=number, ident="threat", rule=threat_rule(1), by=ONE, now=now)
    assert code_of(late) == "wrong_state"
    verbs = [entry.verb for entry in list_entries(Wanted(), limit=20) if entry.verb.startswith("rules.")]
    assert verbs == ["rules.released", "rules.proposed", "rules.changed", "rules.drafted"]


def test_nobody_who_wrote_at_it_releases_it_whoever_wrote_last(now: datetime) -> None:
    number = drafted(now, csam_rule(33))
    rulesets.change_rule(number=number, ident="threat", rule=threat_rule(45), by=TWO, now=now)
    rulesets.propose(number=number, note=NOTE, by=TWO, now=now)
    for person in (ONE, TWO):
        with pytest.raises(Refusal) as refused:
            rulesets.release(number=number, by=person, now=now)
        assert code_of(refused) == "same_person"


def test_one_draft_at_a_time_and_a_dropped_one_makes_room(now: datetime) -> None:
    number = drafted(now, csam_rule(33))
    with pytest.raises(Refusal) as second:
        rulesets.begin_draft(by=TWO, now=now)
    rulesets.drop(number=number, by=TWO, now=now)
    assert (code_of(second), rulesets.begin_draft(by=TWO, now=now)) == ("draft_open", number + 1)


def test_the_waiting_queue_is_scored_again_and_withdrawing_brings_the_scores_back(now: datetime) -> None:
    heads = [bring(now) for _ in range(3)]
    before = [head.score for head in heads]
    released(now, csam_rule(33))
    [run] = Rescoring.objects.all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tipline.stages.triage.rescoring.PIECE", 2)
        while service.rescore_waiting(run_id=run.id, now=now):
            pass
    run.refresh_from_db()
    assert (run.total, run.done, run.moved, run.ended_at) == (3, 3, 3, now)
    assert [reports.load_head(head.id).score for head in heads] == [score + 28 for score in before]
    scored = reports.current_findings(heads[0].id, "scored")[-1].body
    assert isinstance(scored, Scored)
    assert scored.rules_version == rulesets.current().version != "1"
    rulesets.withdraw(number=int(scored.rules_version), why="It drowned the queue.", by=ONE, now=now)
    assert rulesets.current().version == "1"
    again = Rescoring.objects.latest("id")
    while service.rescore_waiting(run_id=again.id, now=now):
        pass
    assert [reports.load_head(head.id).score for head in heads] == before
    assert service.rescore_waiting(run_id=again.id, now=now) is False


def test_the_preview_says_what_would_change_last_week_and_changes_nothing(now: datetime) -> None:
    head = bring(now)
    Standing.objects.filter(report_id=bring(now).id).update(at=now - timedelta(days=8))
    number = drafted(now, csam_rule(40))
    rules = rulesets.ruleset.parse(queries.load_body(str(number)))
    found = queries.preview(rules, rulesets.current(), now)
    assert (found.looked_at, found.up, found.down) == (1, 1, 0)
    assert [(one.report_id, one.after - one.before) for one in found.moved] == [(head.id, 35)]
    assert reports.load_head(head.id).score == head.score


def test_the_draw_takes_its_share_and_cannot_be_foretold_without_the_key() -> None:
    drawn = {number for number in range(20_000) if keeping.is_drawn(number, "ESP_API csam", b"a" * 32, 0.05)}
    other = {number for number in range(20_000) if keeping.is_drawn(number, "ESP_API csam", b"b" * 32, 0.05)}
    assert 850 < len(drawn) < 1150
    assert len(drawn & other) < 150
    assert not any(keeping.is_drawn(number, "x", b"a" * 32, 0.0) for number in range(1000))


def decide(head: ReportHead, disposition: Disposition, reason: str, now: datetime) -> None:
    judged = service.Judgement(disposition, reason)
    kept = service.decide_report(report_id=head.id, judgement=judged, by=ONE, now=now)
    assert service.apply_decision(decision_id=kept, now=now + timedelta(minutes=1))


def whats() -> dict[str, int]:
    found: dict[str, int] = {}
    for what, number in Count.objects.values_list("what", "n"):
        found[what] = found.get(what, 0) + number
    return found


def test_a_drawn_report_that_is_urgent_shows_what_the_low_class_hides(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "is_drawn", lambda *_: True)
    low = bring(now)
    assert low.score < 25
    assert queries.list_drawn(size=5) == (low.id,)
    decide(low, Disposition.REFERRAL, "child_in_danger", now)
    assert queries.list_drawn(size=5) == ()
    expected = {"scored": 1, "decided": 1, "urgent": 1, "referred": 1, "proposed": 1, "judged": 1, "hidden": 1}
    assert whats() == {**expected, **({"agreed": 1} if "agreed" in whats() else {})}
    keeping.fold_counts(now)
    keeping.fold_counts(now)
    assert not Count.objects.filter(folded=False).exists()
    assert whats()["hidden"] == 1
    [stratum] = queries.strata(queries.list_counts(keeping.week_of(now)))
    assert (stratum.total, stratum.looked, stratum.hidden) == (1, 1, 1)
    assert calibration.estimate([stratum]).high == 1.0


def test_drawn_reports_stand_among_the_others_and_nothing_marks_them(now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    monkeypatch.setattr(queue, "MIXED_IN", 2)
    heads = [bring(now) for _ in range(4)]
    last = reports.list_queue(size=50).rows[-1].head
    Standing.objects.update(drawn=False)  # five of a thousand are drawn by chance
    Standing.objects.filter(report_id=last.id).update(drawn=True)
    page = queue.KINDS["new"].load(0)
    assert last.id in [row.head.id for row in page.rows]
    assert len(page.rows) == 3
    assert page.total == len(heads)


def test_an_agencys_answer_is_counted_once_and_a_found_child_when_it_is_told(now: datetime) -> None:
    head = bring(now)
    for found in (False, False, True, True, False):
        keeping.note_answer(report_id=head.id, found=found, now=now)
    assert (whats()["answered"], whats()["found"]) == (1, 1)


def test_a_clock_that_ran_out_is_told_once_and_a_look_stops_it(now: datetime) -> None:
    slow, quick = bring(now), bring(now)
    assert service.watch_clocks(now) == 0
    keeping.note_look(report_id=quick.id, now=now)
    later = now + timedelta(days=8)
    clocks = rulesets.current().clocks
    due = now + timedelta(minutes=clocks[slow.priority].look)
    assert queries.late_looks(clocks, later, size=5) == queries.LateOnes({slow.priority: 1}, ((slow.id, due),))
    assert [(head.number, at) for head, _, at in queue.load_late(later)[0].longest] == [(slow.number, due)]
    assert service.watch_clocks(later) == 1
    assert service.watch_clocks(later) == 0
    assert Standing.objects.get(report_id=slow.id).late_look
    keeping.note_look(report_id=slow.id, now=later)
    assert queries.late_looks(clocks, later, size=5) == queries.LateOnes({}, ())
    assert "Nobody has opened in time" not in [one.what for one in queue.load_late(later)]


def test_a_report_that_was_opened_and_went_to_nobody_is_told_by_its_own_clock(now: datetime) -> None:
    unopened, opened, decided, elsewhere = (bring(now) for _ in range(4))
    keeping.note_look(report_id=opened.id, now=now)
    for head, disposition in ((decided, Disposition.REFERRAL), (elsewhere, Disposition.OUT_OF_SCOPE)):
        keeping.note_decided(report_id=head.id, disposition=disposition, reason="", now=now)
    clocks = rulesets.current().clocks
    due = now + timedelta(minutes=clocks[opened.priority].refer)
    assert queries.late_referrals(clocks, due, size=5).longest == ()
    later = due + timedelta(minutes=1)
    assert queries.late_referrals(clocks, later, size=5).longest == ((opened.id, due), (decided.id, due))
    told = {one.what: [head.id for head, *_ in one.longest] for one in queue.load_late(later)}
    assert told["Opened, and not handed over in time"] == [opened.id, decided.id]
    assert unopened.id not in told["Opened, and not handed over in time"]
    keeping.note_referred(report_id=decided.id)
    assert queries.late_referrals(clocks, later, size=5).longest == ((opened.id, due),)


def test_the_alarm_of_the_clocks_says_how_many_more_there_are(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = bring(now), bring(now)
    monkeypatch.setattr(queue, "LATE_NAMED", 1)
    late, *_ = queue.load_late(now + timedelta(days=8))
    assert ([head.number for head, *_ in late.longest], late.more) == ([first.number], "1")
    assert "and 1 more." in render_to_string("desk/includes/late.html", {"lates": [late]})


def test_the_alarm_of_the_clocks_counts_no_further_than_it_has_to(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = [bring(now) for _ in range(3)]
    for module in (queue, queries):
        monkeypatch.setattr(module, "MOST_LATE", 2)
    late, *_ = queue.load_late(now + timedelta(days=8))
    assert [number for _, number in late.classes] == ["more than 1"]


def test_a_purge_leaves_nothing_of_a_report_and_test_reports_leave_nothing_at_all(now: datetime) -> None:
    head, trial = bring(now), bring(now, environment="test")
    assert list(Standing.objects.values_list("report_id", flat=True)) == [head.id]
    assert trial.state is ReportState.SCORED
    desk_world.close_long_ago(head.id, now)
    pipeline.purge(now + timedelta(days=4000))
    assert not Standing.objects.exists()


def test_each_role_does_only_its_own(now: datetime, as_role: Any) -> None:
    head = bring(now)
    with as_role("desk"):
        keeping.note_look(report_id=head.id, now=now)
        released(now, csam_rule(33))
        queries.list_counts(keeping.week_of(now))
    run = Rescoring.objects.latest("id")
    with as_role("worker"):
        assert service.rescore_waiting(run_id=run.id, now=now)
        assert service.watch_clocks(now) == 0
        keeping.fold_counts(now)
    for statement in (
        "UPDATE triage_standing SET score = 0",
        "INSERT INTO triage_count (week, version, source, kind, score, drawn, what, n, folded) "
        "VALUES ('2026-01-05', '1', 'HOTLINE', '', 1, false, 'urgent', 1, false)",
    ):
        with pytest.raises(Exception, match="permission denied"), as_role("desk"), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_supervisor_edits_looks_ahead_and_proposes_and_each_wrong_field_is_named(
    client: Client, now: datetime, quick_passwords: None
) -> None:
    head = bring(now)
    log_in(client, make_person("supervisor-1", Role.SUPERVISOR, now), now)
    assert client.post("/triage/draft/").status_code == 302
    page = "/triage/versions/2/"
    wrong = {"id": "type_csam", "group": "kind", "when": "threat is no\nnothing at all", "points": "-3"}
    wrong |= {"sentence": "{secret}", "on": "on", "most": "", "add": "", "of": ""}
    answer = client.post(f"{page}rules/type_csam/", wrong)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"when", "points", "sentence"}
    right = {**wrong, "when": "type is csam", "points": "40", "sentence": "Reported as: {type_words}"}
    assert client.post(f"{page}rules/type_csam/", right).status_code == 302
    seen = client.get(f"{page}preview/").content.decode()
    assert head.headline in seen
    bad = {f"{field}_{one}": "5" for field in ("look", "refer") for one in range(1, 5)} | {"look_2": "0"}
    assert set(client.post(f"{page}clocks/", bad).context["form"].errors) == {"look_2"}
    assert client.post(f"{page}act/propose/", {"note": "short"}).status_code == 400
    assert client.post(f"{page}act/propose/", {"note": NOTE}).status_code == 302
    assert "Somebody else releases" in client.get(page).content.decode()
    client.post(f"{page}act/release/")
    assert rulesets.current().version == "1"
    other = Client()
    log_in(other, make_person("supervisor-2", Role.SUPERVISOR, now), now)
    assert other.post(f"{page}act/release/").status_code == 302
    assert rulesets.current().version == "2"
    shown = other.get("/triage/").content.decode()
    assert "Version 2 counts" in shown
    assert other.get("/triage/watch/").status_code == 200


def test_a_limit_of_age_is_moved_rule_by_rule_and_is_proposed_only_when_the_rules_agree(
    client: Client, now: datetime, quick_passwords: None
) -> None:
    log_in(client, make_person("supervisor-1", Role.SUPERVISOR, now), now)
    client.post("/triage/draft/")
    page = "/triage/versions/2/"
    sent = {"group": "age", "on": "on", "most": "", "add": "", "of": "", "sentence": "The child is {age}"}
    younger = {**sent, "id": "age_13_15", "when": "age at least 13\nage below 15", "points": "12"}
    older = {**sent, "id": "age_16_17", "when": "age at least 15\nage below 18", "points": "8"}
    assert client.post(f"{page}rules/age_13_15/", younger).status_code == 302
    half_way = client.get(page).content.decode()
    assert "These rules cannot count yet" in half_way
    assert "A danger would lower a report" in half_way
    refused = client.post(f"{page}act/propose/", {"note": NOTE}, follow=True)
    assert "A danger would lower a report" in refused.content.decode()
    assert queries.find_version(2).state == rulesets.DRAFT  # type: ignore[union-attr]
    assert client.post(f"{page}rules/age_16_17/", older).status_code == 302
    assert "cannot count yet" not in client.get(page).content.decode()
    client.post(f"{page}act/propose/", {"note": NOTE})
    assert queries.find_version(2).state == rulesets.PROPOSED  # type: ignore[union-attr]


def test_a_draft_of_rules_that_were_released_before_a_check_was_made_stricter_can_be_mended(
    client: Client, now: datetime, quick_passwords: None
) -> None:
    number = rulesets.begin_draft(by=ONE, now=now)
    row = RuleVersion.objects.get(number=number)
    row.body["clocks"]["1"]["look"] = row.body["clocks"]["2"]["look"] + 1
    row.body["rules"][0]["group"] = "gone"
    row.save()
    log_in(client, make_person("supervisor-1", Role.SUPERVISOR, now), now)
    page = client.get(f"/triage/versions/{number}/").content.decode()
    assert f'<a href="/triage/versions/{number}/clocks/">class 1</a>: Not more minutes than' in page
    assert f'<a href="/triage/versions/{number}/rules/{row.body["rules"][0]["id"]}/">' in page


@pytest.mark.parametrize(("typed", "kept"), [("0", 0), ("5", 5), ("", None)])
def test_a_limit_of_no_points_is_kept_and_an_empty_field_sets_none(
    client: Client, now: datetime, quick_passwords: None, typed: str, kept: int | None
) -> None:
    log_in(client, make_person("supervisor-1", Role.SUPERVISOR, now), now)
    client.post("/triage/draft/")
    sent = {"id": "type_csam", "group": "kind", "when": "type is csam", "points": "40", "sentence": "Reported as such."}
    page = "/triage/versions/2/rules/type_csam/"
    assert client.post(page, {**sent, "on": "on", "most": typed}).status_code == 302
    assert next(one for one in queries.load_body("2")["rules"] if one["id"] == "type_csam").get("most") == kept
    assert client.get(page).context["form"]["most"].value() == kept
    assert ("at most 0" in client.get("/triage/versions/2/").content.decode()) is (kept == 0)


def test_who_releases_reads_each_changed_time_before_and_after(
    client: Client, now: datetime, quick_passwords: None
) -> None:
    number, clocks = rulesets.begin_draft(by=ONE, now=now), shipped_data()["clocks"]
    clocks = {**clocks, "1": {**clocks["1"], "look": 1}, "3": {**clocks["3"], "refer": 4350}}
    rulesets.change_clocks(number=number, clocks=clocks, by=ONE, now=now)
    rulesets.propose(number=number, note=NOTE, by=ONE, now=now)
    log_in(client, make_person("supervisor-2", Role.SUPERVISOR, now), now)
    (shown,) = client.get(f"/triage/versions/{number}/").context["differences"]
    assert shown["rows"] == [
        ("Urgent, to the first look", "15 minutes", "1 minute"),
        ("Later, to the referral", f"4{THIN_SPACE}320 minutes", f"4{THIN_SPACE}350 minutes"),
    ]


def test_an_analyst_reads_the_rules_and_changes_none(client: Client, now: datetime, quick_passwords: None) -> None:
    head = bring(now)
    log_in(client, make_person("analyst-1", Role.ANALYST, now), now)
    assert "Begin a draft" not in client.get("/triage/").content.decode()
    assert client.post("/triage/draft/").status_code == 403
    assert client.get("/triage/watch/").status_code == 403
    page = client.get(f"/reports/{head.number}/").content.decode()
    assert "The rules would say" in page
    assert "By version 1 of the" in page
    assert Standing.objects.get(report_id=head.id).looked_at == now

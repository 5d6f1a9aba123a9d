"""Which rule set counts, and how a new one comes to count: drafted, proposed, released by a second supervisor.

What was released stands as it is; withdrawing it lets the one before count again.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.stages.triage import ruleset
from tipline.stages.triage.models import Rescoring, RuleVersion, Standing
from tipline.stages.triage.rule import Fault
from tipline.stages.triage.ruleset import SHIPPED, RuleSet

RESCORE = "tipline.pipeline.rescore_waiting"
DRAFT, PROPOSED, RELEASED, WITHDRAWN, DROPPED = "draft", "proposed", "released", "withdrawn", "dropped"
LEAST_NOTE = 10


def current() -> RuleSet:
    """This function will give the rule set that counts now."""
    row_id = _current().values_list("id", flat=True).first()
    return SHIPPED if row_id is None else _parsed(row_id)


def _current() -> QuerySet[RuleVersion]:
    return RuleVersion.objects.filter(state=RELEASED).order_by("-number")


@lru_cache(maxsize=8)
def _parsed(row_id: int) -> RuleSet:
    """A released one never changes, so it is read once."""
    return ruleset.read(RuleVersion.objects.values_list("body", flat=True).get(pk=row_id))


def current_data() -> dict[str, Any]:
    """This function will give the rule set that counts now as it is written."""
    body: dict[str, Any] | None = _current().values_list("body", flat=True).first()
    return deepcopy(ruleset.shipped_data()) if body is None else body


def _audit(by: Actor, verb: str, row: RuleVersion, now: datetime, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind="rules", object_id=str(row.number), details=details))


@transaction.atomic
def begin_draft(*, by: Actor, now: datetime) -> int:
    """This function will begin a draft from the rules that count now. Raises Refusal `draft_open` where one is open."""
    base = current_data()
    last = RuleVersion.objects.order_by("-number").values_list("number", flat=True).first()
    number = max(last or 0, int(SHIPPED.version)) + 1
    body = {**base, "version": str(number), "note": "", "authors": [by.ident]}
    try:
        with transaction.atomic():
            row = RuleVersion.objects.create(
                number=number, state=DRAFT, base=base["version"], body=body, drafted_by=by.ident, drafted_at=now
            )
    except IntegrityError as error:
        raise Refusal("draft_open", "A draft is open already. Work on that one, or drop it.") from error
    _audit(by, "rules.drafted", row, now, base=row.base)
    return number


def _open(number: int, *states: str) -> RuleVersion:
    row = RuleVersion.objects.select_for_update().filter(number=number).first()
    if row is None or row.state not in states:
        raise Refusal("wrong_state", "These rules have moved on meanwhile: this cannot be done with them now.")
    return row


@transaction.atomic
def change_rule(*, number: int, ident: str, rule: Mapping[str, Any] | None, by: Actor, now: datetime) -> None:
    """This function will set one rule of a draft, or add it, or with None take it out.

    Raises Refusal with the field that is wrong; nothing of a rule that is wrong by itself is kept.
    """
    row = _open(number, DRAFT)
    body = _with_rule(row.body, ident, rule)
    _refuse_faults(ruleset.faults_of_form(body), rule)
    _keep(row, body, by, now)
    _audit(by, "rules.changed", row, now, rule=ident, kind="removed" if rule is None else "set")


def _with_rule(body: Mapping[str, Any], ident: str, rule: Mapping[str, Any] | None) -> dict[str, Any]:
    """A rule at the place of the one of this name, or at the end; with None that one is out."""
    others = [one for one in body["rules"] if one["id"] != ident]
    at = next((place for place, one in enumerate(body["rules"]) if one["id"] == ident), len(others))
    if rule is not None:
        others.insert(at, dict(rule))
    return {**body, "rules": others}


def _refuse_faults(found: tuple[Fault, ...], rule: Mapping[str, Any] | None) -> None:
    if not found:
        return
    own = [fault for fault in found if rule is not None and fault.rule == rule.get("id", "")] or list(found)
    raise Refusal("rule_faulty", own[0].sentence, field=own[0].field)


def faults_of_rule(*, number: int, ident: str, rule: Mapping[str, Any]) -> tuple[Fault, ...]:
    """This function will name what would keep a draft from having this rule."""
    body = RuleVersion.objects.values_list("body", flat=True).get(number=number)
    return ruleset.faults_of_form(_with_rule(body, ident, rule))


@transaction.atomic
def change_clocks(*, number: int, clocks: Mapping[str, Mapping[str, int]], by: Actor, now: datetime) -> None:
    """This function will set how long reports of each class may wait. Raises Refusal with the field that is wrong."""
    row = _open(number, DRAFT)
    body = {**row.body, "clocks": {key: dict(one) for key, one in clocks.items()}}
    if found := ruleset.faults_of_form(body):
        raise Refusal("clock_faulty", found[0].sentence, field=f"{found[0].field}_{found[0].rule[-1:]}")
    _keep(row, body, by, now)
    _audit(by, "rules.changed", row, now, rule="clocks", kind="set")


@transaction.atomic
def set_calibration(*, number: int, curve: tuple[tuple[int, float], ...], by: Actor, now: datetime) -> None:
    """This function will give a draft what scores were worth of late (`calibration.fit`)."""
    row = _open(number, DRAFT)
    _keep(row, {**row.body, "calibration": [[score, round(share, 6)] for score, share in curve]}, by, now)
    _audit(by, "rules.changed", row, now, rule="calibration", kind="set")


def _keep(row: RuleVersion, body: dict[str, Any], by: Actor, now: datetime) -> None:
    authors = sorted({*body.get("authors", ()), by.ident})
    row.body, row.drafted_by, row.drafted_at = {**body, "authors": authors}, by.ident, now
    row.save(update_fields=["body", "drafted_by", "drafted_at"])


@transaction.atomic
def propose(*, number: int, note: str, by: Actor, now: datetime) -> None:
    """This function will hand a draft to a second supervisor.

    Raises Refusal `note_missing`, `nothing_changed`, or `rule_faulty` where its rules together lower a danger.
    """
    row = _open(number, DRAFT)
    if len(note.strip()) < LEAST_NOTE:
        raise Refusal("note_missing", "Say in a sentence what changes and why.", field="note")
    if not differences(current_data(), row.body):
        raise Refusal("nothing_changed", "Nothing is different from the rules that count now.")
    _refuse_faults(ruleset.faults_of(row.body), None)
    row.state, row.note = PROPOSED, note.strip()[:500]
    row.proposed_by, row.proposed_at = by.ident, now
    row.save(update_fields=["state", "note", "proposed_by", "proposed_at"])
    _audit(by, "rules.proposed", row, now, base=row.base)


@transaction.atomic
def take_back(*, number: int, by: Actor, now: datetime) -> None:
    """This function will make a draft again of what was proposed."""
    row = _open(number, PROPOSED)
    row.state = DRAFT
    row.save(update_fields=["state"])
    _audit(by, "rules.taken_back", row, now)


@transaction.atomic
def release(*, number: int, by: Actor, now: datetime) -> None:
    """This function will let proposed rules count, and begin to score the waiting reports by them.

    Raises Refusal `same_person` for whoever drafted or proposed them, `base_moved` where others came to count since.
    """
    row = _open(number, PROPOSED)
    if by.ident in authors_of(row.body, row.proposed_by):
        raise Refusal("same_person", "Somebody else releases what you wrote: four eyes see more.")
    if row.base != current().version:
        raise Refusal("base_moved", "Other rules count since this was drafted. Drop it, and draft it anew.")
    ruleset.parse(row.body)
    row.state, row.is_open = RELEASED, False
    row.released_by, row.released_at = by.ident, now
    row.save(update_fields=["state", "is_open", "released_by", "released_at"])
    _audit(by, "rules.released", row, now, base=row.base)
    begin_rescoring(version=str(row.number), now=now)


def authors_of(body: Mapping[str, Any], proposed_by: str) -> frozenset[str]:
    """This function will name everybody who wrote at a version, and who proposed it: none of them releases it."""
    return frozenset({*body.get("authors", ()), proposed_by} - {""})


@transaction.atomic
def drop(*, number: int, by: Actor, now: datetime) -> None:
    """This function will end a draft, or what was proposed, without effect."""
    row = _open(number, DRAFT, PROPOSED)
    _end(row, DROPPED, "", by, now)
    _audit(by, "rules.dropped", row, now)


@transaction.atomic
def withdraw(*, number: int, why: str, by: Actor, now: datetime) -> None:
    """This function will take released rules back at once, by one person: the ones before count again.

    Raises Refusal `reason_missing`, or `not_current` for rules that do not count now.
    """
    row = _open(number, RELEASED)
    if not why.strip():
        raise Refusal("reason_missing", "Say why they are withdrawn.", field="why")
    if number != _current().values_list("number", flat=True).first():
        raise Refusal("not_current", "These rules do not count any more.")
    _end(row, WITHDRAWN, why.strip()[:300], by, now)
    _audit(by, "rules.withdrawn", row, now)
    begin_rescoring(version=current().version, now=now)


def _end(row: RuleVersion, state: str, why: str, by: Actor, now: datetime) -> None:
    row.state, row.is_open = state, False
    row.ended_by, row.ended_at, row.ended_why = by.ident, now, why
    row.save(update_fields=["state", "is_open", "ended_by", "ended_at", "ended_why"])


def begin_rescoring(*, version: str, now: datetime) -> int:
    """This function will begin to score the waiting reports by the rules that count now. Joins the caller's commit."""
    total = Standing.objects.filter(waiting=True).count()
    run = Rescoring.objects.create(version=version, total=total, begun_at=now)
    jobs.defer(RESCORE, run_id=run.id)
    return run.id


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule, or one part of the rule set, that is not the same: before and after, None where it is missing."""

    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """This function will say in which rules two rule sets differ, and whether in clocks or calibration."""
    old = {one["id"]: one for one in before["rules"]}
    new = {one["id"]: one for one in after["rules"]}
    found = [
        Difference(name, old.get(name), new.get(name))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    parts = ("clocks", "calibration", "proposals")
    found += [Difference(name, {}, {}) for name in parts if before.get(name) != after.get(name)]
    return tuple(found)

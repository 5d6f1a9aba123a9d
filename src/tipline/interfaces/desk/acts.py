"""What a person can do with a report: its form, its words, who may, when, and the one service that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from tipline import pipeline
from tipline.domain.actor import Actor
from tipline.domain.report import ReportHead
from tipline.domain.states import OVER, Disposition, ReportState, has_reached
from tipline.interfaces.desk import forms as fields
from tipline.platform.accounts.roles import Role
from tipline.reports import retention
from tipline.reports import service as record
from tipline.stages.routing import service as routing
from tipline.stages.routing.rules import Part
from tipline.stages.triage import service as triage

BOTH = frozenset({Role.ANALYST, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Asked:
    """One act that a person asks for: about which report, with which words."""

    head: ReportHead
    held: Mapping[str, Any]
    form: forms.Form


Do = Callable[[Asked, Actor, datetime], None]
When = Callable[[ReportHead, bool], bool]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `when(head, is_decided)` tells whether it can be done now; `does` says what will happen.

    `done` is said afterwards; empty where the page itself says it.
    """

    name: str
    text: str
    does: str
    button: str
    done: str
    form: type[forms.Form]
    do: Do
    when: When
    letter: str = ""
    kind: str = ""
    roles: frozenset[Role] = BOTH


def _decide(disposition: Disposition) -> Do:
    def do(asked: Asked, by: Actor, now: datetime) -> None:
        judgement = triage.Judgement(disposition, asked.held["reason"], asked.held["note"])
        triage.decide_report(report_id=asked.head.id, judgement=judgement, by=by, now=now)

    return do


def _undo(asked: Asked, by: Actor, now: datetime) -> None:
    triage.undo_decision(report_id=asked.head.id, by=by, now=now, why=asked.held["why"])


def _escalate(asked: Asked, by: Actor, now: datetime) -> None:
    pipeline.escalate(report_id=asked.head.id, why=asked.held["why"], by=by, now=now)


def _hold(asked: Asked, by: Actor, now: datetime) -> None:
    record.put_hold(report_id=asked.head.id, reason=asked.held["reason"], detail="", by=by, now=now)


def _release(asked: Asked, by: Actor, now: datetime) -> None:
    record.release_hold(report_id=asked.head.id, by=by, now=now)


def _set_legal_hold(asked: Asked, by: Actor, now: datetime) -> None:
    retention.set_legal_hold(report_id=asked.head.id, reason=asked.held["reason"], by=by, now=now)


def _release_legal_hold(asked: Asked, by: Actor, now: datetime) -> None:
    retention.release_legal_hold(report_id=asked.head.id, by=by, now=now)


def _choose(asked: Asked, by: Actor, now: datetime) -> None:
    assert isinstance(asked.form, fields.RecipientsForm)
    parts = tuple((agency, Part(part)) for agency, part in asked.form.chosen_parts())
    choice = routing.Choice(parts, asked.held["reason"])
    routing.choose_recipients(report_id=asked.head.id, choice=choice, by=by, now=now)


def too_late(*, is_decided: bool) -> str:
    """This function will say why an act no longer fits the report."""
    if is_decided:
        return "Somebody decided about this report a moment ago."
    return "The report has moved on meanwhile: this cannot be done with it now."


def _waits(head: ReportHead, is_decided: bool) -> bool:
    return head.state is ReportState.SCORED and head.hold is None and not is_decided


def _is_decided(head: ReportHead, is_decided: bool) -> bool:
    return is_decided


def _is_alive(head: ReportHead, is_decided: bool) -> bool:
    return has_reached(head.state, ReportState.SECURED) and head.state is not ReportState.CLOSED


def _can_be_held(head: ReportHead, is_decided: bool) -> bool:
    return head.hold is None and head.state not in OVER


_LIST = (
    Act(
        name="refer",
        text="Refer",
        does="It goes to the agencies below, which can act on it.",
        button="Refer it",
        done="",
        form=fields.ReferForm,
        do=_decide(Disposition.REFERRAL),
        when=_waits,
        letter="R",
        kind="main",
    ),
    Act(
        name="escalate",
        text="Escalate",
        does="It goes to the front of the queue, and the agencies below get what is known now, before any decision.",
        button="Escalate it",
        done="Escalated. The agencies get it now.",
        form=fields.EscalateForm,
        do=_escalate,
        when=_is_alive,
        letter="E",
        kind="urgent",
    ),
    Act(
        name="informational",
        text="Informational",
        does="Agencies can see it, marked as not enough to act on alone.",
        button="Make it informational",
        done="",
        form=fields.InformationalForm,
        do=_decide(Disposition.INFORMATIONAL),
        when=_waits,
        letter="I",
    ),
    Act(
        name="out-of-scope",
        text="Out of scope",
        does="It is closed and goes to no agency. It is kept until its preservation time ends.",
        button="Close it",
        done="",
        form=fields.OutOfScopeForm,
        do=_decide(Disposition.OUT_OF_SCOPE),
        when=_waits,
        letter="O",
    ),
    Act(
        name="hold",
        text="Hold",
        does="It stops where it is until somebody releases it.",
        button="Put it on hold",
        done="The report is on hold.",
        form=fields.HoldForm,
        do=_hold,
        when=_can_be_held,
        letter="H",
    ),
    Act(
        name="release",
        text="Release",
        does="It walks on from where it stopped.",
        button="Release it",
        done="The report walks on.",
        form=fields.BareForm,
        do=_release,
        when=lambda head, is_decided: head.hold is not None,
        letter="H",
        kind="main",
    ),
    Act(
        name="legal-hold",
        text="Legal hold",
        does="Nothing of it is destroyed until the hold is lifted, whatever its retention says.",
        button="Set the legal hold",
        done="The report is under legal hold.",
        form=fields.LegalHoldForm,
        do=_set_legal_hold,
        when=lambda head, is_decided: not head.legal_hold and head.state is not ReportState.PURGED,
    ),
    Act(
        name="lift-legal-hold",
        text="Lift legal hold",
        does="Its retention counts again.",
        button="Lift the legal hold",
        done="The legal hold is lifted.",
        form=fields.BareForm,
        do=_release_legal_hold,
        when=lambda head, is_decided: head.legal_hold,
        roles=frozenset({Role.SUPERVISOR}),
    ),
    Act(
        name="recipients",
        text="Choose agencies",
        does="Your choice wins over the rules. Agencies that have the report already keep what they have.",
        button="Choose these",
        done="Your choice of agencies counts.",
        form=fields.RecipientsForm,
        do=_choose,
        when=_is_alive,
        kind="bare",
    ),
    Act(
        name="undo",
        text="Undo",
        does="The decision is taken back, and the report waits again.",
        button="Undo",
        done="Taken back. The report waits for a decision again.",
        form=fields.UndoForm,
        do=_undo,
        when=_is_decided,
        letter="U",
    ),
)
ACTS: Mapping[str, Act] = {act.name: act for act in _LIST}
# These have a place of their own on the page.
_ELSEWHERE = frozenset({"undo", "recipients"})


def buttons(head: ReportHead, *, is_decided: bool, role: str) -> tuple[Act, ...]:
    """This function will list the acts that this person can do with a report now, in their order on the page."""
    return tuple(
        act for act in _LIST if act.name not in _ELSEWHERE and role in act.roles and act.when(head, is_decided)
    )

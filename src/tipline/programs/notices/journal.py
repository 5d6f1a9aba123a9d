"""How a case moves: locked, checked against the allowed moves, written to its journal and to the audit in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform.audit.service import Act, record
from tipline.programs.notices.models import Case, Hold, JournalLine, Notice
from tipline.programs.notices.rules.moves import NoticeState, require_move

Detail = str | int | bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal, and the state it leads to; None where the case stays."""

    code: str
    to_state: NoticeState | None = None
    note: str = ""


def lock(number: int) -> Case:
    """This function will lock a case by its number, within the caller's transaction. Raises Refusal `no_case`."""
    row = Case.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise Refusal("no_case", "There is no such case.")
    return row


def write(case: Case, step: Step, by: Actor, now: datetime) -> None:
    """This function will write one line and move the case where the line says so. Raises Refusal `wrong_state`."""
    before = NoticeState(case.state)
    if step.to_state is not None and step.to_state is not before:
        require_move(before, step.to_state)
        case.state, case.moved_at = step.to_state, now
        case.save(update_fields=["state", "moved_at"])
    JournalLine.objects.create(
        case=case,
        at=now,
        by=str(by)[:160],
        code=step.code,
        from_state=before if step.to_state else "",
        to_state=step.to_state or "",
        note=step.note.strip()[:2000],
    )


def audit(verb: str, case: Case, by: Actor, now: datetime, details: Mapping[str, Detail] | None = None) -> None:
    """This function will write down an act upon a case. The address itself never stands in the audit."""
    record(Act(now, by, verb, "notice", str(case.number), details=details or {}))


def live_hold(case: Case, now: datetime) -> Hold | None:
    """This function will find the police-first hold that lives now."""
    return Hold.objects.filter(case=case, lifted_at=None, until__gt=now).order_by("id").first()


def require_no_hold(case: Case, now: datetime) -> None:
    """This function will make sure that nobody asked us to wait. Raises Refusal `held`."""
    if live_hold(case, now) is not None:
        raise Refusal("held", "The police asked us to wait: nothing is sent while the hold lives.")


def plan(case: Case, at: datetime | None, act: str = "") -> None:
    """This function will set when something is due on a case, and what."""
    case.next_at, case.next_act = at, act if at else ""
    case.save(update_fields=["next_at", "next_act"])


def stop_waiting(case: Case) -> None:
    """This function will take notices back that have not gone out yet; their mails are dropped."""
    waiting = Notice.objects.filter(case=case, delivery__in=("WAITING", "FAILED"))
    waiting.update(delivery="STOPPED", mail_sealed=None, try_at=None)


def stand(case: Case, standing: str, *, said_back: str = "") -> None:
    """This function will tell every recipient of this episode, by its page, where the case stands."""
    rows = Notice.objects.filter(case=case, episode=case.episode).exclude(standing="WITHDRAWN")
    rows.update(standing=standing, **({"said_back": said_back[:2000]} if said_back else {}))

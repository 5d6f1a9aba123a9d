"""What people can do with a case: each act once, with its form, when it is offered, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms as django_forms

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.interfaces.desk.notices import forms
from tipline.platform import jobs
from tipline.platform.config import settings
from tipline.programs.notices import service
from tipline.programs.notices.queries import CaseView
from tipline.programs.notices.rules.moves import ENDED, MAY_SEND, MOVES, SEEN_WORDS, NoticeState, Seen
from tipline.programs.notices.rules.recipients import Proposal
from tipline.programs.notices.values import Hosting, NewAnswer, NewContact, PoliceHold, Verification

_S = NoticeState


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person filled in, about which case."""

    case: CaseView
    held: Mapping[str, Any]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `main` ones are the next step of a state and stand open on the page."""

    name: str
    text: str
    does: str
    button: str
    form: type[django_forms.Form]
    do: Callable[[Asked, Actor, datetime], object]
    when: Callable[[CaseView], bool]
    main_in: frozenset[NoticeState] = frozenset()
    kind: str = ""


def state_of(case: CaseView) -> NoticeState:
    """This function will return a case's state."""
    return NoticeState(case.state)


def _can(to_state: NoticeState) -> Callable[[CaseView], bool]:
    return lambda case: to_state in MOVES[state_of(case)]


def _is_alive(case: CaseView) -> bool:
    return state_of(case) not in ENDED


def _verify(asked: Asked, by: Actor, now: datetime) -> None:
    found = Verification(**{name: asked.held[name] for name in _VERIFIED})
    service.verify(number=asked.case.number, found=found, by=by, now=now)


_VERIFIED = ("classification", "detection_method", "media_type", "how")


def _reject(asked: Asked, by: Actor, now: datetime) -> None:
    service.reject(number=asked.case.number, reason=asked.held["reason"], by=by, now=now)


def _hold(asked: Asked, by: Actor, now: datetime) -> None:
    wanted = PoliceHold(asked.held["agency"], asked.held["why"], asked.held["until"])
    service.hold(number=asked.case.number, asked=wanted, by=by, now=now)


def _lift(asked: Asked, by: Actor, now: datetime) -> None:
    service.lift_hold(number=asked.case.number, by=by, now=now)


def _hosting(asked: Asked, by: Actor, now: datetime) -> None:
    service.set_hosting(number=asked.case.number, hosting=Hosting(**asked.held), by=by, now=now)


def _contact(asked: Asked, by: Actor, now: datetime) -> None:
    service.add_contact(number=asked.case.number, new=NewContact(**asked.held), by=by, now=now)


def _look_up(asked: Asked, by: Actor, now: datetime) -> None:
    jobs.defer(service.LOOK_UP, number=asked.case.number)


def _send(asked: Asked, by: Actor, now: datetime) -> None:
    chosen = next((one for one in asked.proposals if one.key == asked.held["recipient"]), None)
    if chosen is None:
        raise Refusal("no_such_choice", "Choose one of the list.", field="recipient")
    service.prepare(number=asked.case.number, to=service.recipient_of(chosen), by=by, now=now)


def _sent(asked: Asked, by: Actor, now: datetime) -> None:
    service.record_sent(number=asked.case.number, notice_id=asked.held["notice"], at=asked.held["at"], by=by, now=now)


def _answer(asked: Asked, by: Actor, now: datetime) -> None:
    held = asked.held
    new = NewAnswer(held["kind"], "DESK", held["removed_at"], held["account_suspended"], held["reason"], held["note"])
    service.record_answer(number=asked.case.number, notice_id=held["notice"], new=new, by=by, now=now)


def _uphold(asked: Asked, by: Actor, now: datetime) -> None:
    service.uphold(number=asked.case.number, note=asked.held["note"], by=by, now=now)


def _withdraw(asked: Asked, by: Actor, now: datetime) -> None:
    service.withdraw(number=asked.case.number, note=asked.held["note"], by=by, now=now)


def _check(asked: Asked, by: Actor, now: datetime) -> None:
    look = service.Look(Seen(asked.held["seen"]), note=asked.held["note"])
    service.record_check(number=asked.case.number, look=look, at=asked.held["at"], by=by, now=now)


def _close(asked: Asked, by: Actor, now: datetime) -> None:
    service.close(number=asked.case.number, reason=asked.held["reason"], by=by, now=now)


def _waits(case: CaseView) -> bool:
    return any(one.has_mail for one in case.notices)


def _went_out(case: CaseView) -> bool:
    return _is_alive(case) and any(one.sent_at for one in case.notices)


_LIST: tuple[Act, ...] = (
    Act(
        "verify", "Verify", "A person says what is there, and how that is known. Only then a notice may go out.",
        "It is verified", forms.VerifyForm, _verify, _can(_S.VERIFIED), frozenset({_S.ENTERED}), "main",
    ),
    Act(
        "sent", "Record that it was sent", "For a notice that you sent yourself. From then on the time counts.",
        "It was sent", forms.SentForm, _sent, _waits, frozenset(_S), "main",
    ),
    Act(
        "send", "Write a notice", "The rules propose, you choose. With a mail server set, the mail goes out by itself.",
        "Write the notice", forms.SendForm, _send, lambda case: state_of(case) in MAY_SEND and case.hold is None,
        frozenset({_S.VERIFIED, _S.ESCALATED}), "main",
    ),
    Act(
        "uphold", "Uphold", "You looked again, and the notice stands. Reminders go on.",
        "Uphold the notice", forms.DecideForm, _uphold, _can(_S.UPHELD), frozenset({_S.DISPUTED}), "main",
    ),
    Act(
        "withdraw", "Withdraw", "The company was right. Everybody who had the notice is written to and reads so.",
        "Withdraw the notice", forms.DecideForm, _withdraw, _can(_S.WITHDRAWN), frozenset({_S.DISPUTED}),
    ),
    Act(
        "check", "Record a check", "Somebody looked, from a safe place, whether it is still up.",
        "Record the check", forms.CheckForm, _check, _is_alive, frozenset({_S.REMOVED}), "main",
    ),
    Act(
        "answer", "Record an answer", "What a recipient said by mail or telephone.",
        "Record the answer", forms.AnswerForm, _answer, _went_out,
    ),
    Act(
        "hosting", "Where it is hosted", "As far as you know. The country decides which hotline is proposed.",
        "Keep it", forms.HostingForm, _hosting, _is_alive,
    ),
    Act(
        "contact", "Add somebody to write to", "A host, a registrar, a network in front, the site itself.",
        "Add", forms.ContactForm, _contact, _is_alive,
    ),
    Act(
        "look-up", "Look contacts up", "Asks the registry of names (RDAP), never the page.",
        "Look up", forms.BareForm, _look_up, lambda case: _is_alive(case) and bool(settings().rdap_url),
    ),
    Act(
        "hold", "Hold for the police", "An agency asks us to wait. Nothing goes out until then, not even a reminder.",
        "Hold it", forms.HoldForm, _hold, lambda case: _is_alive(case) and case.hold is None,
    ),
    Act(
        "lift", "Lift the hold", "What waits goes out.",
        "Lift the hold", forms.BareForm, _lift, lambda case: case.hold is not None,
    ),
    Act(
        "reject", "Reject", "No notice is sent about this address.",
        "Reject it", forms.RejectForm, _reject, _can(_S.REJECTED),
    ),
    Act(
        "close", "Close", "The case ends. If the page comes back, it opens again with a clock of its own.",
        "Close the case", forms.CloseForm, _close, _can(_S.CLOSED), frozenset({_S.WITHDRAWN}),
    ),
)  # fmt: skip
ACTS: Mapping[str, Act] = {act.name: act for act in _LIST}


def offered(case: CaseView) -> tuple[Act, ...]:
    """This function will list what can be done with a case now, in the order of the page."""
    return tuple(act for act in _LIST if act.when(case))


_NEXT = {
    _S.ENTERED: "Verify it, or reject it. Nobody needs to open the page from here.",
    _S.VERIFIED: "Choose who gets the notice.",
    _S.DISPUTED: "Look again, then uphold the notice or withdraw it.",
    _S.ESCALATED: "Choose who is asked next: host, network, registrar, or the hotline of the hosting country.",
    _S.REMOVED: "Somebody looks again. If it is gone, the case closes.",
    _S.WITHDRAWN: "Close the case.",
}
_ENDED = "Nothing. If the address comes in again, the case opens anew."
_OUT = "Wait for the answer. The ladder writes reminders by itself."


def is_main(act: Act, case: CaseView) -> bool:
    """This function will tell whether an act is a case's next step; to write again, where the page is still there."""
    return state_of(case) in act.main_in or (act.name == "send" and act.when(case) and _is_still_there(case))


def _is_still_there(case: CaseView) -> bool:
    # "Gone" was said; whoever looked last, since then, saw it.
    last = next((one for one in case.checks if one.by_person), None)
    told = state_of(case) is _S.REMOVED and last is not None and last.at >= case.moved_at
    return told and last is not None and last.words == SEEN_WORDS[Seen.ANSWERS]


def next_step(case: CaseView) -> str:
    """This function will say in a sentence what is to be done with a case."""
    state = state_of(case)
    if case.hold is not None:
        return "Wait: the police come first. Nothing goes out while the hold lives."
    if _waits(case):
        return "A notice waits to be sent."
    if state in ENDED and state is not _S.WITHDRAWN:
        return _ENDED
    if _is_still_there(case):
        return "It is still there. Write the notice again, or write to the next: host, network, or the hotline."
    return _NEXT.get(state, _OUT)

"""Where a case of one address stands, which moves there are, and when a notice is repeated. Pure.

A hold is no state: the case stays where it is, and nothing is sent while the hold lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tipline.domain.errors import Refusal


class NoticeState(StrEnum):
    """Where a case stands."""

    ENTERED = "ENTERED"  # reported to us; nobody has verified it
    VERIFIED = "VERIFIED"  # a person verified it; a recipient may be chosen
    REJECTED = "REJECTED"  # a person found nothing to send a notice about
    SENT = "SENT"  # the first recipient has the notice; the clock runs
    ACKNOWLEDGED = "ACKNOWLEDGED"  # the recipient says that it has it in hand
    DISPUTED = "DISPUTED"  # the recipient says that the notice is wrong; a person decides
    UPHELD = "UPHELD"  # a person looked again: the notice stands
    WITHDRAWN = "WITHDRAWN"  # a person looked again: the notice was wrong
    RE_NOTICED = "RE_NOTICED"  # sent again, because it was still up
    ESCALATED = "ESCALATED"  # somebody further up is asked: host, registrar, network, hotline
    REMOVED = "REMOVED"  # the recipient says so, or checks show it; not confirmed yet
    CLOSED = "CLOSED"  # confirmed, withdrawn, or given up with a reason


_S = NoticeState
OUT = frozenset({_S.SENT, _S.ACKNOWLEDGED, _S.UPHELD, _S.RE_NOTICED, _S.ESCALATED})
_OUT_MOVES = frozenset({_S.ACKNOWLEDGED, _S.DISPUTED, _S.REMOVED, _S.RE_NOTICED, _S.ESCALATED, _S.WITHDRAWN})
MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    _S.ENTERED: frozenset({_S.VERIFIED, _S.REJECTED}),
    _S.VERIFIED: frozenset({_S.SENT, _S.REJECTED, _S.CLOSED}),
    _S.REJECTED: frozenset({_S.ENTERED}),
    **{state: _OUT_MOVES | {_S.CLOSED} for state in OUT},
    _S.DISPUTED: frozenset({_S.UPHELD, _S.WITHDRAWN, _S.REMOVED}),
    _S.WITHDRAWN: frozenset({_S.CLOSED, _S.ENTERED}),
    _S.REMOVED: frozenset({_S.CLOSED, _S.RE_NOTICED, _S.WITHDRAWN}),
    _S.CLOSED: frozenset({_S.ENTERED}),
}
# An address that comes in again in one of these opens the case anew.
ENDED = frozenset({_S.REJECTED, _S.WITHDRAWN, _S.CLOSED})
STATE_WORDS = {
    _S.ENTERED: "Waits for verification",
    _S.VERIFIED: "Verified, no notice sent yet",
    _S.REJECTED: "Rejected",
    _S.SENT: "Notice sent",
    _S.ACKNOWLEDGED: "Acknowledged by the company",
    _S.DISPUTED: "Disputed, waits for a decision",
    _S.UPHELD: "Upheld after a dispute",
    _S.WITHDRAWN: "Withdrawn",
    _S.RE_NOTICED: "Sent again",
    _S.ESCALATED: "Escalated",
    _S.REMOVED: "Removed, waits for confirmation",
    _S.CLOSED: "Closed",
}
# What must be sent before an answer can be given; kept beside the moves as their one exception.
MAY_SEND = frozenset({_S.VERIFIED, _S.REMOVED, *OUT})


def require_move(from_state: NoticeState, to_state: NoticeState) -> None:
    """This function will make sure that a move is allowed. Raises Refusal `wrong_state`."""
    if to_state not in MOVES[from_state]:
        raise Refusal("wrong_state", f"The case is “{STATE_WORDS[from_state].lower()}”, so this is not possible now.")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: what is due how long after the recipient's first notice."""

    after: timedelta
    act: str  # again, escalate


# The intervals are the house's own; a recipient that acknowledged gets the grace on top.
LADDER: tuple[Rung, ...] = (
    Rung(timedelta(hours=24), "again"),
    Rung(timedelta(hours=72), "again"),
    Rung(timedelta(days=7), "again"),
    Rung(timedelta(days=10), "escalate"),
)
ACKNOWLEDGED_GRACE = timedelta(hours=48)
LINK_LIVES = timedelta(days=30)
CONFIRM_AFTER = timedelta(hours=24)
RECHECK_EVERY = timedelta(hours=12)
TWO_CHECKS_APART = timedelta(hours=1)


def next_rung(first_at: datetime, repeats: int, acknowledged_at: datetime | None) -> tuple[datetime, str]:
    """This function will tell when what is due towards a recipient that has had one notice and so many repeats."""
    rung = LADDER[min(repeats, len(LADDER) - 1)]
    due = first_at + rung.after
    if acknowledged_at is not None:
        due = max(due, acknowledged_at + ACKNOWLEDGED_GRACE)
    return due, rung.act


class Seen(StrEnum):
    """What a check of an address showed."""

    ANSWERS = "ANSWERS"  # 2xx: something is there, whatever it is
    MOVED = "MOVED"  # 3xx: noted, never followed
    GONE = "GONE"  # 404, 410, 451
    REFUSES = "REFUSES"  # other 4xx
    FAILS = "FAILS"  # 5xx
    UNREACHABLE = "UNREACHABLE"  # no answer, no such name
    NOT_ALLOWED = "NOT_ALLOWED"  # the egress policy refuses the address


SEEN_WORDS = {
    Seen.ANSWERS: "Still there",
    Seen.MOVED: "Leads elsewhere, not followed",
    Seen.GONE: "Gone",
    Seen.REFUSES: "Refuses to show it",
    Seen.FAILS: "Fails on the server's side",
    Seen.UNREACHABLE: "Cannot be reached",
    Seen.NOT_ALLOWED: "Not asked: the address is not on the public internet",
}
_GONE_CODES = frozenset({404, 410, 451})


def seen_of(status: int) -> Seen:
    """This function will tell what an HTTP status says about a page."""
    if status in _GONE_CODES:
        return Seen.GONE
    return {2: Seen.ANSWERS, 3: Seen.MOVED, 4: Seen.REFUSES, 5: Seen.FAILS}.get(status // 100, Seen.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Sight:
    """One check: when, what it showed, and whether a person made it."""

    at: datetime
    seen: Seen
    by_person: bool


def gone_since(sights: Sequence[Sight]) -> datetime | None:
    """This function will tell since when an address is gone, by its checks from old to new; None while it may be there.

    A person's word counts alone; the machine's only twice in a row, an hour apart: one failed page proves nothing.
    """
    run: list[Sight] = []
    for sight in sights:
        run = [*run, sight] if sight.seen is Seen.GONE else []
    if not run:
        return None
    enough = any(one.by_person for one in run) or run[-1].at - run[0].at >= TWO_CHECKS_APART
    return run[0].at if enough else None

"""States of a report, a referral and a decision, and the moves that are allowed. State only moves forward."""

from __future__ import annotations

from enum import StrEnum


class ReportState(StrEnum):
    """Where a report stands on its way. Trouble is a hold, never a state."""

    OPEN = "OPEN"  # begun and numbered; files may still be added
    RECEIVED = "RECEIVED"  # finished and frozen; preservation clock runs; an analyst may open it from here on
    SECURED = "SECURED"  # files sealed, hashed, fingerprinted
    ENRICHED = "ENRICHED"  # look-ups done, or noted as failed
    LINKED = "LINKED"  # links to other reports known
    SCORED = "SCORED"  # waits for judgement: the triage queue
    TRIAGED = "TRIAGED"  # disposition given
    ROUTED = "ROUTED"  # agencies chosen
    MADE_AVAILABLE = "MADE_AVAILABLE"  # every chosen agency can fetch its package
    CLOSED = "CLOSED"  # outcomes known, or waiting time over, or out of scope
    RETRACTED = "RETRACTED"  # withdrawn by its sender before it was finished
    LAPSED = "LAPSED"  # never finished in time
    PURGED = "PURGED"  # content destroyed at the end of retention; number, digests and journal remain


_S = ReportState
MOVES: dict[ReportState, frozenset[ReportState]] = {
    _S.OPEN: frozenset({_S.RECEIVED, _S.RETRACTED, _S.LAPSED}),
    _S.RECEIVED: frozenset({_S.SECURED}),
    _S.SECURED: frozenset({_S.ENRICHED}),
    _S.ENRICHED: frozenset({_S.LINKED}),
    _S.LINKED: frozenset({_S.SCORED}),
    _S.SCORED: frozenset({_S.TRIAGED}),
    _S.TRIAGED: frozenset({_S.ROUTED, _S.CLOSED}),
    _S.ROUTED: frozenset({_S.MADE_AVAILABLE}),
    _S.MADE_AVAILABLE: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset({_S.PURGED}),
    _S.RETRACTED: frozenset({_S.PURGED}),
    _S.LAPSED: frozenset({_S.PURGED}),
    _S.PURGED: frozenset(),
}

# The way itself, in walking order; side ends are left out.
WAY: tuple[ReportState, ...] = (
    _S.OPEN,
    _S.RECEIVED,
    _S.SECURED,
    _S.ENRICHED,
    _S.LINKED,
    _S.SCORED,
    _S.TRIAGED,
    _S.ROUTED,
    _S.MADE_AVAILABLE,
    _S.CLOSED,
)


# Reports that were never finished: nobody learns of them, and nothing is tied to them.
UNFINISHED: frozenset[ReportState] = frozenset({_S.OPEN, _S.RETRACTED, _S.LAPSED})
# Reports that are over: agencies are told nothing more of them.
OVER: frozenset[ReportState] = frozenset({_S.CLOSED, _S.PURGED})
# States from which the machine walks on by itself; in all others it waits for a person, a sender or a timer.
AUTOMATIC: frozenset[ReportState] = frozenset({_S.RECEIVED, _S.SECURED, _S.ENRICHED, _S.LINKED, _S.TRIAGED, _S.ROUTED})


def may_move(start: ReportState, end: ReportState) -> bool:
    """This function will tell whether a report may go from one state straight to the other."""
    return end in MOVES[start]


def has_reached(state: ReportState, mark: ReportState) -> bool:
    """This function will tell whether a report on the way is at `mark` or past it; side ends never are."""
    return state in WAY and WAY.index(state) >= WAY.index(mark)


class ReferralState(StrEnum):
    """Where one agency's referral stands."""

    PREPARED = "PREPARED"  # chosen; package not built yet
    MADE_AVAILABLE = "MADE_AVAILABLE"  # the agency can fetch it
    OPENED = "OPENED"  # an officer has looked at it
    ANSWERED = "ANSWERED"  # an outcome was recorded


class Disposition(StrEnum):
    """What an analyst decided about a report."""

    REFERRAL = "REFERRAL"  # enough for an agency to act
    INFORMATIONAL = "INFORMATIONAL"  # made available, not enough to act alone
    OUT_OF_SCOPE = "OUT_OF_SCOPE"  # not about the exploitation of a child


class LegalState(StrEnum):
    """Whether law-enforcement users may see a file's content. Source: `domain.statutes.WARRANT_RULE`."""

    OPEN = "OPEN"
    SEALED = "SEALED"  # needs a recorded warrant first

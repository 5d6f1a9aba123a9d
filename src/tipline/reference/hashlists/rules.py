"""When a proposed entry counts. Pure.

Source: NCMEC's practice of triple review; the fourth person is how a disagreement is settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PEOPLE = 3
REJECT = "REJECT"
WAITING, DISPUTED, SETTLED = "WAITING", "DISPUTED", "SETTLED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person said: a classification, or REJECT. `settles`: the fourth, who decides a disagreement."""

    reviewer: str
    verdict: str
    settles: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proposal stands; `verdict` once it is SETTLED."""

    state: str
    verdict: str = ""


def standing_of(verdicts: Sequence[Verdict]) -> Standing:
    """This function will say whether the people agree: three alike settle it, else a fourth person decides."""
    deciding = next((each for each in verdicts if each.settles), None)
    if deciding is not None:
        return Standing(SETTLED, deciding.verdict)
    if len(verdicts) < PEOPLE:
        return Standing(WAITING)
    said = {each.verdict for each in verdicts}
    return Standing(SETTLED, said.pop()) if len(said) == 1 else Standing(DISPUTED)


def may_judge(reviewer: str, proposer: str, verdicts: Sequence[Verdict]) -> bool:
    """This function will say whether a person may judge: not who proposed it, not twice, and not once it is settled."""
    if reviewer == proposer or any(each.reviewer == reviewer for each in verdicts):
        return False
    return standing_of(verdicts).state != SETTLED

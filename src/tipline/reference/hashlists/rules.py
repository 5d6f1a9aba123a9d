"""How an entry comes onto a list, and when a proposed one counts. Pure.

Source: NCMEC's practice of triple review; the fourth person is how a disagreement is settled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tipline.media.thresholds import PDQ_LEAST_QUALITY
from tipline.reference.hashlists.values import LARGE_TYPES, PARTNER, SELF_REPORTED, THREE_PEOPLE, TYPES, Print

PEOPLE = 3
REJECT = "REJECT"
WAITING, DISPUTED, SETTLED = "WAITING", "DISPUTED", "SETTLED"

_HEX = {"MD5": 32, "SHA1": 40, "SHA256": 64, "PDQ": 64}
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
LONGEST_VALUE = 512
# Of no bytes at all. Source: RFC 1321, RFC 3174, RFC 6234.
_EMPTY = frozenset((
    "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
))  # fmt: skip
# A PDQ is cut at its median, so half of its 256 bits are set; not so of a flat picture, whatever is claimed.
_BITS = range(64, 193)


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


def admission_of(list_admission: str, member_kind: str, is_ours: bool) -> str:
    """This function will say how an entry of a member comes onto a list.

    A survivor's own word counts at once, and nobody ever sees the picture. A partner judged its entries itself, by its
    agreement. What we propose waits for three people.
    """
    if member_kind == "SURVIVORS":
        return SELF_REPORTED
    if list_admission != THREE_PEOPLE:
        return list_admission
    return THREE_PEOPLE if is_ours else PARTNER


def sum_up(affirmative: int, negative: int) -> str:
    """This function will sum up what partners said of an entry since it came onto the list."""
    if negative > affirmative:
        return "disputed"
    return "confirmed" if affirmative else ""


def tidied(found: Print) -> Print:
    """This function will write a fingerprint in the one form that is compared."""
    value = found.value.strip()
    value = value.lower() if found.type in _HEX else value
    return found if value == found.value else found._replace(value=value)


def _is_everybodys(found: Print) -> bool:
    if found.type == "PDQ" and found.quality >= PDQ_LEAST_QUALITY:
        return int(found.value, 16).bit_count() not in _BITS
    return found.value in _EMPTY


def fault_of(found: Print) -> str:
    """This function will say in words what is wrong with a fingerprint; empty where nothing is."""
    if found.type not in TYPES:
        return f"There is no type of fingerprint named {found.type[:20]}."
    if found.type in _HEX and not re.fullmatch(rf"[0-9a-f]{{{_HEX[found.type]}}}", found.value):
        return f"A {found.type} has {_HEX[found.type]} hex digits."
    if _is_everybodys(found):
        return f"The {found.type} is that of an empty file or a flat picture: it would agree with everybody's."
    if not found.value or not 0 <= found.quality <= 100:
        return f"The {found.type} has no value, or a quality beyond 0 to 100."
    if found.type in LARGE_TYPES:
        return "" if _BASE64.fullmatch(found.value) else f"The {found.type} is not base64."
    return f"The {found.type} is too long." if len(found.value) > LONGEST_VALUE else ""

"""Words and checks of survivors' cases. Pure.

A case number has 12 digits, three groups of four to read out; the last one is a check digit (Damm 2004), so that a slip
is told apart from a wrong number without asking the database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tipline.domain.errors import Refusal

ME, THEN, ADULT = "me", "then", "adult"
FOR_WHOM = {
    ME: "I am under 18 and in the picture",
    THEN: "I was under 18 in the picture",
    ADULT: "I am a parent, or an adult a child trusts",
}
KNOWN_WHERE = {"yes", "no", "unsure", ""}
PLATFORMS = {
    "instagram": "Instagram", "facebook": "Facebook", "tiktok": "TikTok", "snapchat": "Snapchat", "x": "X",
    "discord": "Discord", "whatsapp": "WhatsApp", "telegram": "Telegram", "game": "A game",
    "adult_site": "A site for adults", "cloud": "A cloud folder or link", "other": "Somewhere else",
}  # fmt: skip
PRIVATE = frozenset({"whatsapp", "telegram", "snapchat", "game", "cloud"})  # where what is sent is not looked at

# A hand-over to a support organisation. WAITING: asked for; TAKEN: with the organisation; ENDED: nothing more to do;
# REVOKED: the person took it back, and what was sealed is gone.
WAITING, TAKEN, ENDED, REVOKED = "WAITING", "TAKEN", "ENDED", "REVOKED"
STATES = {WAITING: "Waiting", TAKEN: "With the organisation", ENDED: "Ended", REVOKED: "Taken back"}
MOVES = {WAITING: (WAITING, TAKEN, ENDED), TAKEN: (TAKEN, ENDED)}
FIRST_FOLLOW_UP = timedelta(days=2)
LONGEST_FOLLOW_UP = timedelta(days=366)

MOST_FILES = 60
NUMBER_DIGITS = 12
LEAST_PIN, MOST_PIN = 6, 12
_DIGEST = {
    "md5": re.compile(r"[0-9a-f]{32}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "pdq": re.compile(r"[0-9a-f]{64}"),
}
# Quasigroup of order 10: H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hashed:
    """What the device made of one file; `pdq` is empty for videos and for what the browser could not draw."""

    media: str
    md5: str
    sha256: str
    pdq: str = ""
    quality: int = 0


def _check_digit(digits: str) -> str:
    held = 0
    for digit in digits:
        held = int(_DAMM[held][int(digit)])
    return str(held)


def number_of(random: int) -> str:
    """This function will write a case number of 12 digits from a random number below 10^11."""
    body = f"{random:0{NUMBER_DIGITS - 1}d}"
    return body + _check_digit(body)


def read_number(text: str) -> str:
    """This function will read a case number as typed. Raises Refusal `number_typo` where it cannot be one."""
    digits = re.sub(r"[\s.\-\u2013\u00a0]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) == NUMBER_DIGITS) or _check_digit(digits) != "0":
        raise Refusal(
            "number_typo", "A case number has 12 digits. Please compare it with your note: one differs.", field="number"
        )
    return digits


def check_pin(pin: str) -> str:
    """This function will take a PIN that somebody chose. Raises Refusal `pin_weak` or `pin_wrong`."""
    plain = re.sub(r"[\s\-]", "", pin)
    if not (plain.isascii() and plain.isdigit() and LEAST_PIN <= len(plain) <= MOST_PIN):
        raise Refusal("pin_wrong", f"A PIN has {LEAST_PIN} to {MOST_PIN} digits.", field="pin")
    steps = {(int(later) - int(one)) % 10 for one, later in pairwise(plain)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise Refusal("pin_weak", "This PIN is the first that others would try. Please choose another.", field="pin")
    return plain


def read_hashes(text: str) -> tuple[Hashed, ...]:
    """This function will read what the page sends: a JSON list of hashes, and nothing else, each file once.

    Raises Refusal `no_hashes`, `too_many_files`, or `hashes_spoiled` where a value is not a hash.
    """
    try:
        given = json.loads(text) if text else []
    except (ValueError, RecursionError) as error:
        raise _spoiled() from error
    if not isinstance(given, list) or not given:
        raise Refusal("no_hashes", "Choose at least one picture or video.", field="hashes")
    return join_hashes((), tuple(map(_hashed, given)))


def _hashed(given: Any) -> Hashed:
    if not isinstance(given, dict) or set(given) != {"media", "md5", "sha256", "pdq", "quality"}:
        raise _spoiled()
    media, quality = given["media"], given["quality"]
    if media not in ("image", "video") or type(quality) is not int or not 0 <= quality <= 100:
        raise _spoiled()
    for name, form in _DIGEST.items():
        value = given[name]
        if not isinstance(value, str) or not (form.fullmatch(value) or (name == "pdq" and value == "")):
            raise _spoiled()
    if media == "video" and given["pdq"]:
        raise _spoiled()
    return Hashed(media, given["md5"], given["sha256"], given["pdq"], quality)


def _spoiled() -> Refusal:
    return Refusal("hashes_spoiled", "Something went wrong on the way. Please choose the files again.", field="hashes")


def join_hashes(earlier: Sequence[Hashed], later: Sequence[Hashed]) -> tuple[Hashed, ...]:
    """This function will put hashes that came in two goes together, each file once. Raises Refusal."""
    found = {one.sha256: one for one in (*earlier, *later)}
    if len(found) > MOST_FILES:
        raise Refusal("too_many_files", f"One case takes {MOST_FILES} files. Make another for more.", field="hashes")
    return tuple(found.values())


def write_hashes(hashes: Sequence[Hashed]) -> str:
    """This function will write hashes as the page sends them."""
    named = ("media", "md5", "sha256", "pdq", "quality")
    return json.dumps([{name: getattr(one, name) for name in named} for one in hashes])


def check_follow_up(state: str, to_state: str, follow_up: date | None, today: date) -> None:
    """This function will refuse a step that a hand-over may not take, or one without a day to look again."""
    if to_state not in MOVES.get(state, ()):
        raise Refusal("wrong_state", "This hand-over has ended.", field="state")
    if to_state != ENDED and (follow_up is None or not today <= follow_up <= today + LONGEST_FOLLOW_UP):
        raise Refusal(
            "no_follow_up", "Give the day on which somebody looks again, within a year.", field="follow_up_on"
        )

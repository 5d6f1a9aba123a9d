"""One audited act and its canonical bytes. Pure: no database, no clock.

The form is final: bytes written under version 1 are hashed for ever. A change of form takes a new version.
Source: AU-3 of the CJIS Security Policy for what an entry holds; RFC 8785 for the bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tipline.domain.actor import Actor, ActorKind
from tipline.platform.audit.verbs import UndeclaredAct, find_verb

VERSION = 1
Detail = str | int | bool


class Outcome(StrEnum):
    """How an act ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


_OUTCOMES = frozenset(Outcome)
# No blank and no "@": free text and mail addresses do not fit. Several codes are joined by commas.
_CODES = re.compile(r"[A-Za-z0-9_.:+/#=-]{0,64}(,[A-Za-z0-9_.:+/#=-]{1,64}){0,63}")
# A reason code, a section as "18 USC 2258A(h)(1)", or a few plain words; no story and no mail address.
_BASIS = re.compile(r"[^@\x00-\x1f\x7f]{0,64}")
_IDENT = re.compile(r"[^\s\x00-\x1f]{1,150}")


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did. `details` carry codes, ids and counts only, with the keys that the verb declares.

    `size_bytes` is how much was handed over, where something was. Session and address come with the actor.
    """

    at: datetime
    actor: Actor
    verb: str
    object_kind: str
    object_id: str
    outcome: str = Outcome.DONE
    basis: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)
    size_bytes: int | None = None


def canonical(act: Act, entry: str) -> bytes:
    """This function will give the canonical bytes of an act; `entry` is its random id, 32 hex digits.

    Raises UndeclaredAct where the act does not keep to the vocabulary. Source: RFC 8785.
    """
    _check(act)
    return _dumps(_form(act, entry)).encode()


# RFC 8785 for what a form may hold: keys in ASCII, texts, whole numbers below 2**53, booleans and null. Equal to the
# package `rfc8785` byte for byte (tests), at a tenth of its time.
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _form(act: Act, entry: str) -> dict[str, Any]:
    who = act.actor
    traced = who.kind != ActorKind.PUBLIC  # from where a member of the public wrote is never kept
    return {
        "v": VERSION,
        "entry": entry,
        "at": stamp(act.at),
        "who": {"kind": str(who.kind), "ident": who.ident, "role": who.role, "agency": who.agency},
        "session": session_digest(who.session) if traced else "",
        "origin": who.origin if traced else "",
        "verb": act.verb,
        "object": {"kind": act.object_kind, "id": act.object_id},
        "outcome": str(act.outcome),
        "basis": act.basis,
        "details": {key: _plain(value) for key, value in act.details.items()},
        "bytes": act.size_bytes,
    }


def _plain(value: Detail) -> Detail:
    return str(value) if isinstance(value, str) else value


def stamp(moment: datetime) -> str:
    """This function will write a moment in UTC with microseconds; one moment has one writing."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def session_digest(session: str) -> str:
    """This function will name a session without giving away what would open it."""
    return f"sha256:{hashlib.sha256(session.encode()).hexdigest()[:32]}" if session else ""


def _check(act: Act) -> None:
    if act.at.tzinfo is None:
        raise UndeclaredAct(f"{act.verb}: the moment has no time zone")
    if act.outcome not in _OUTCOMES:
        raise UndeclaredAct(f"{act.verb}: the outcome is neither done, refused nor failed")
    if not _BASIS.fullmatch(act.basis):
        raise UndeclaredAct(f"{act.verb}: the basis is no reason code and no section")
    _check_names(act)
    _check_details(act)


def _check_names(act: Act) -> None:
    if not (_CODES.fullmatch(act.object_kind) and act.object_kind):
        raise UndeclaredAct(f"{act.verb}: the object's kind is no code")
    if len(act.object_id) > 64 or not _CODES.fullmatch(act.object_id):
        raise UndeclaredAct(f"{act.verb}: the object's id is no id")
    if not _IDENT.fullmatch(act.actor.ident):
        raise UndeclaredAct(f"{act.verb}: the actor has no account name")


def _check_details(act: Act) -> None:
    verb = find_verb(act.verb)
    if unknown := set(act.details) - verb.details:
        raise UndeclaredAct(f"{act.verb}: details {sorted(unknown)} are not declared")
    for key, value in act.details.items():
        if isinstance(value, str) and not _CODES.fullmatch(value):
            raise UndeclaredAct(f"{act.verb}: the detail {key!r} is no code")
        if isinstance(value, int) and abs(value) >= 2**53:
            raise UndeclaredAct(f"{act.verb}: the detail {key!r} is too large a number")

"""Keeps what is typed during a call, sealed, until the report is sent."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.errors import Refusal
from tipline.interfaces.hotline.models import Draft
from tipline.platform.vault.fields import open_field, seal_field

Typed = dict[str, list[str]]
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as its call taker's list shows it."""

    id: str
    begins: str
    begun_at: datetime
    saved_at: datetime


def new_id() -> str:
    """This function will give the id of a call that begins now."""
    return secrets.token_hex(16)


def save(*, draft_id: str, call_taker: str, typed: Typed, now: datetime) -> None:
    """This function will keep what was typed so far. Raises Refusal `draft_too_large` or `no_such_draft`."""
    packed = json.dumps(typed).encode()
    if len(packed) > MOST_BYTES or not _is_id(draft_id):
        raise Refusal("draft_too_large", "This is too much for one report. Finish it and begin another.", field="words")
    sealed = seal_field(packed, _context(draft_id))
    changed = Draft.objects.filter(pk=draft_id, call_taker=call_taker).update(sealed=sealed, saved_at=now)
    if not changed:
        if Draft.objects.filter(pk=draft_id).exists():
            raise Refusal("no_such_draft", "This draft belongs to somebody else.")
        Draft.objects.create(id=draft_id, call_taker=call_taker, sealed=sealed, begun_at=now, saved_at=now)


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(char in "0123456789abcdef" for char in text)


def _context(draft_id: str) -> str:
    return f"hotline-draft:{draft_id}"


def load(*, draft_id: str, call_taker: str) -> Typed:
    """This function will open one of a call taker's own drafts. Raises Refusal `no_such_draft`."""
    row = Draft.objects.filter(pk=draft_id, call_taker=call_taker).first()
    if row is None:
        raise Refusal("no_such_draft", "There is no such draft.")
    return _typed(row)


def _typed(row: Draft) -> Typed:
    typed: Typed = json.loads(open_field(bytes(row.sealed), _context(row.id)))
    return typed


def list_own(call_taker: str) -> tuple[DraftLine, ...]:
    """This function will list a call taker's drafts, newest first."""
    return tuple(_line(row) for row in Draft.objects.filter(call_taker=call_taker).order_by("-saved_at")[:50])


def find_line(*, draft_id: str, call_taker: str) -> DraftLine | None:
    """This function will find one of a call taker's own drafts as their list shows it."""
    row = Draft.objects.filter(pk=draft_id, call_taker=call_taker).first()
    return _line(row) if row else None


def _line(row: Draft) -> DraftLine:
    return DraftLine(row.id, _beginning(_typed(row)), row.begun_at, row.saved_at)


def _beginning(typed: Typed) -> str:
    words = " ".join(typed.get("words", [""])).strip()
    return words[:80] + ("…" if len(words) > 80 else "")


def discard(*, draft_id: str, call_taker: str) -> None:
    """This function will remove a draft of one's own."""
    Draft.objects.filter(pk=draft_id, call_taker=call_taker).delete()

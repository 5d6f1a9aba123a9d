"""Reports that a company's people write in the web form: kept sealed, with their files, until they are sent.

The door holds no key that opens what it received: so a draft is sealed with the door's own key, which opens drafts and
nothing else. Its files are sealed at once as every file is, and nobody at the door can read them again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction

from tipline.domain.errors import Refusal
from tipline.platform.vault.incoming import Incoming
from tipline.platform.vault.store import configured_store
from tipline.stages.intake.models import FormDraft, FormFile

MOST_BYTES = 2_000_000  # as much as a report of the protocol may hold
MOST_FILES = 200
MOST_DRAFTS = 200
FORGOTTEN = timedelta(days=30)
Values = dict[str, str]
_UNKNOWN = Refusal("no_such_draft", "There is no such draft.")


@dataclass(frozen=True, slots=True)
class Line:
    """A draft as the list shows it."""

    id: str
    author: str
    begun_at: datetime
    saved_at: datetime
    files: int


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a draft; where it lies, and the digests of its bytes."""

    id: int
    upload_name: str
    incoming: Incoming
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, opened. `values` are what was typed, by path (`domain.cybertip.outline`)."""

    id: str
    esp_id: int
    author: str
    values: Values
    files: tuple[KeptFile, ...]
    saved_at: datetime


@cache
def _box() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"company-draft").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(draft_id: str, values: Values) -> bytes:
    packed = json.dumps([draft_id, values], ensure_ascii=False).encode("utf-8", "replace")
    if len(packed) > MOST_BYTES:
        raise Refusal("too_long", "This is too much for one report. Send part of it as a further report.")
    return _box().encrypt(packed)


def _opened(row: FormDraft) -> Values:
    try:
        held_for, values = json.loads(_box().decrypt(bytes(row.sealed)))
    except (InvalidToken, ValueError):
        raise Refusal("draft_damaged", "This draft can no longer be opened. Please begin anew.") from None
    if held_for != row.id:
        raise Refusal("draft_damaged", "This draft can no longer be opened. Please begin anew.")
    found: Values = values
    return found


@transaction.atomic
def begin(*, esp_id: int, author: str, values: Values, now: datetime) -> str:
    """This function will begin a draft and return its id. Raises Refusal `too_many` or `too_long`."""
    if FormDraft.objects.filter(esp_id=esp_id).count() >= MOST_DRAFTS:
        raise Refusal("too_many", f"There are {MOST_DRAFTS} drafts. Send or discard some first.")
    draft_id = secrets.token_hex(16)
    sealed = _sealed(draft_id, values)
    FormDraft.objects.create(id=draft_id, esp_id=esp_id, author=author[:150], sealed=sealed, begun_at=now, saved_at=now)
    return draft_id


def list_drafts(esp_id: int) -> tuple[Line, ...]:
    """This function will list a company's drafts, newest first."""
    rows = FormDraft.objects.filter(esp_id=esp_id).order_by("-saved_at").prefetch_related("files")[:MOST_DRAFTS]
    return tuple(Line(row.id, row.author, row.begun_at, row.saved_at, len(row.files.all())) for row in rows)


def load(*, esp_id: int, draft_id: str) -> Draft:
    """This function will open one of a company's drafts. Raises Refusal `no_such_draft` or `draft_damaged`."""
    row = FormDraft.objects.filter(pk=draft_id, esp_id=esp_id).first()
    if row is None:
        raise _UNKNOWN
    files = tuple(_kept(one) for one in FormFile.objects.filter(draft_id=draft_id).order_by("id"))
    return Draft(row.id, row.esp_id, row.author, _opened(row), files, row.saved_at)


def lock(draft: Draft) -> bool:
    """This function will hold a draft until the transaction ends; False where it is gone."""
    rows = FormDraft.objects.select_for_update().filter(pk=draft.id, esp_id=draft.esp_id)
    return rows.values_list("id", flat=True).first() is not None


def _kept(row: FormFile) -> KeptFile:
    incoming = Incoming(row.incoming_name, row.size, row.md5, row.sha1, row.sha256, bytes(row.wrapped_key))
    return KeptFile(row.id, row.upload_name, incoming, row.added_at)


@transaction.atomic
def save(*, draft: Draft, under: Sequence[str], values: Values, now: datetime) -> Values:
    """This function will put what was typed below some paths in place of what stood there, and return all values.

    Raises Refusal `no_such_draft` or `too_long`.
    """
    row = FormDraft.objects.select_for_update().filter(pk=draft.id, esp_id=draft.esp_id).first()
    if row is None:
        raise _UNKNOWN
    others = {name: text for name, text in _opened(row).items() if not name.startswith(tuple(under))}
    kept = {**others, **values}
    row.sealed, row.saved_at = _sealed(draft.id, kept), now
    row.save(update_fields=["sealed", "saved_at"])
    return kept


@transaction.atomic
def add_file(*, draft: Draft, upload_name: str, incoming: Incoming, now: datetime) -> int:
    """This function will keep a file of a draft and return its id. Raises Refusal `too_many`."""
    if FormFile.objects.filter(draft_id=draft.id).count() >= MOST_FILES:
        raise Refusal("too_many", f"A report of the form takes {MOST_FILES} files.", field="file")
    row = FormFile.objects.create(
        draft_id=draft.id,
        esp_id=draft.esp_id,
        upload_name=upload_name[:2056],
        incoming_name=incoming.name,
        wrapped_key=incoming.wrapped_key,
        size=incoming.size,
        md5=incoming.md5,
        sha1=incoming.sha1,
        sha256=incoming.sha256,
        added_at=now,
    )
    return row.id


def remove_file(*, draft: Draft, file_id: int) -> None:
    """This function will take a file out of a draft, and out of the store once that is committed."""
    rows = FormFile.objects.filter(pk=file_id, draft_id=draft.id)
    names = list(rows.values_list("incoming_name", flat=True))
    rows.delete()
    _forget(names)


def discard(*, draft: Draft, keep_files: bool = False) -> None:
    """This function will remove a draft; its files go too, unless they now belong to a report."""
    names = list(FormFile.objects.filter(draft_id=draft.id).values_list("incoming_name", flat=True))
    FormFile.objects.filter(draft_id=draft.id).delete()
    FormDraft.objects.filter(pk=draft.id, esp_id=draft.esp_id).delete()
    if not keep_files:
        _forget(names)


def _forget(names: Sequence[str]) -> None:
    def forget() -> None:
        for name in names:
            configured_store().delete(name)

    transaction.on_commit(forget)


@transaction.atomic
def clear_forgotten(*, now: datetime) -> int:
    """This function will remove drafts that nobody saved for a month, with their files; runs in the worker."""
    old = list(FormDraft.objects.filter(saved_at__lt=now - FORGOTTEN).values_list("id", flat=True)[:200])
    names = list(FormFile.objects.filter(draft_id__in=old).values_list("incoming_name", flat=True))
    FormFile.objects.filter(draft_id__in=old).delete()
    FormDraft.objects.filter(id__in=old).delete()
    _forget(names)
    return len(old)


def find_awaited(names: Sequence[str]) -> set[str]:
    """This function will tell which stored files belong to drafts and are still to be sent."""
    return set(FormFile.objects.filter(incoming_name__in=names).values_list("incoming_name", flat=True))

"""Handing checkpoints out of the database: to an append-only file that a witness fetches or is sent.

What a witness holds cannot be taken back: who changes an entry behind it is found, superuser or not.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connection

from tipline.platform.audit.notes import split_notes

_TAIL_BYTES = 64 * 1024
_LATER = "SELECT note FROM audit_checkpoint WHERE tree_size > %s ORDER BY tree_size LIMIT 1000"


def hand_out(*, path: Path) -> int:
    """This function will append the checkpoints that the witness file lacks, durably, and count them.

    Checkpoints that a crash kept from being handed out are handed out by the next call.
    """
    tail = _tail(path)
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [_last_size(tail)])
        notes = [bytes(note) for (note,) in cursor.fetchall()]
    if notes:
        # A half-written note of a power cut is closed off, so that it cannot spoil the next one.
        gap = b"\n\n" if tail and not tail.endswith(b"\n\n") else b""
        _append(path, gap + b"".join(note + b"\n" for note in notes))
    return len(notes)


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - _TAIL_BYTES))
            return handle.read()
    except FileNotFoundError:
        return b""


def _last_size(tail: bytes) -> int:
    notes, _ = split_notes(tail)
    sizes = [note.split(b"\n")[1] for note in notes]
    return max((int(size) for size in sizes if size.isdigit()), default=0)


def _append(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

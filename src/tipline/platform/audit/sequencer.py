"""The sequencer: gives new entries their place in the tree and signs a checkpoint over them.

Run by the worker every few seconds. Entries get their place when their transaction is seen, so one with a
lower id may stand behind one with a higher id; the place, not the id, is what the tree binds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from tipline.platform.audit.keyring import signing_key
from tipline.platform.audit.notes import Checkpoint, sign
from tipline.platform.audit.tree import CHAIN_START, Frontier, chain_hash, leaf_hash

LOCK = 0x7469706C61756474  # one sequencer at a time, whatever the number of workers
BATCH = 20_000
AT_ONCE = 500  # leaves a statement: between two, whoever answers companies has the core
# How far back entries are looked for whose transactions ended late. What a look costs grows with what was written in
# that time: ten minutes of a flood at once hold the doors up for a quarter of a second, so they are looked at in turn.
RECENT = timedelta(seconds=5)  # nearly every transaction of ours: looked at in each run
# One piece in each run. None of ours takes ten minutes; the rest is what entries grow older while the pieces go by.
PIECES, EVERY_SECONDS = 12, 5
_PIECE = timedelta(minutes=1)

_NEW = """
SELECT e.id, e.canonical FROM audit_entry e
WHERE e.id > %(low)s AND e.id <= %(high)s AND NOT EXISTS (
    SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.id AND l.entry_id > %(low)s AND l.entry_id <= %(high)s)
ORDER BY e.id LIMIT %(most)s
"""
_LAST_ID = (1 << 63) - 1
_MARK = "SELECT entry_mark FROM audit_checkpoint WHERE at < %s ORDER BY tree_size DESC LIMIT 1"
_LAST = "SELECT tree_size, frontier, entry_mark FROM audit_checkpoint ORDER BY tree_size DESC LIMIT 1"
_CHAIN = "SELECT chain_hash FROM audit_leaf WHERE seq = %s"
_ADD_LEAVES = """
INSERT INTO audit_leaf (seq, entry_id, leaf_hash, chain_hash)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[])
"""
_ADD_CHECKPOINT = """
INSERT INTO audit_checkpoint (tree_size, at, root, note, frontier, entry_mark) VALUES (%s, %s, %s, %s, %s, %s)
"""


@dataclass(slots=True)
class _Edge:
    """Where the tree ends now."""

    frontier: Frontier
    chain: bytes
    mark: int


Ages = tuple[timedelta | None, timedelta]  # of entries: how old at most (None: whatever their age), and at least


def tend(*, now: datetime) -> Checkpoint | None:
    """This function will do the same in each run for what is recent, and in turn for a piece of what may come late.

    Where runs were left out, or this process has not looked yet, their pieces are looked at now.
    """
    run = int(now.timestamp()) // EVERY_SECONDS
    owed = PIECES if _turn.last is None else min(PIECES, max(1, run - _turn.last))
    _turn.last = run
    turns = sorted(((run - back) % PIECES for back in range(owed)), reverse=True)
    pieces: list[Ages] = [((turn + 1) * _PIECE, max(turn * _PIECE, RECENT)) for turn in turns]
    return _seal(now, [*pieces, (RECENT, timedelta(0))])


class _Turn:
    """Which run of the clock this process looked in last."""

    last: int | None = None


_turn = _Turn()


def seal(*, now: datetime) -> Checkpoint | None:
    """This function will place the entries that have no place yet, whatever their age, and sign a checkpoint over all.

    Returns None where nothing is new or another sequencer is at work.
    Raises IntegrityError where leaves stand that no checkpoint covers: run `audit verify`.
    """
    return _seal(now, [(None, timedelta(0))])


@transaction.atomic
def _seal(now: datetime, looked_at: Iterable[Ages]) -> Checkpoint | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        rows = [row for oldest, newest in looked_at for row in _new(cursor, now, oldest, newest)]
        if not rows:
            return None
        edge = _edge(cursor)
        _place(cursor, edge, rows)
        return _promise(cursor, edge, now)


def _new(cursor: CursorWrapper, now: datetime, oldest: timedelta | None, newest: timedelta) -> list[tuple[int, bytes]]:
    low = 0 if oldest is None else _mark(cursor, now - oldest)
    high = _mark(cursor, now - newest) if newest else _LAST_ID
    if low >= high:
        return []
    cursor.execute(_NEW, {"low": low, "high": high, "most": BATCH})
    return list(cursor.fetchall())


def _mark(cursor: CursorWrapper, before: datetime) -> int:
    """The last entry that the newest checkpoint of so long ago holds."""
    cursor.execute(_MARK, [before])
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _edge(cursor: CursorWrapper) -> _Edge:
    cursor.execute(_LAST)
    if (row := cursor.fetchone()) is None:
        return _Edge(Frontier(), CHAIN_START, 0)
    cursor.execute(_CHAIN, [row[0] - 1])
    chain = cursor.fetchone()
    return _Edge(Frontier.from_bytes(row[0], bytes(row[1])), bytes(chain[0]) if chain else CHAIN_START, row[2])


def _place(cursor: CursorWrapper, edge: _Edge, rows: Iterable[tuple[int, bytes]]) -> None:
    seqs, ids, leaves, chains = [], [], [], []
    for entry_id, canonical in rows:
        leaf = leaf_hash(bytes(canonical))
        edge.chain = chain_hash(edge.chain, leaf)
        seqs.append(edge.frontier.size)
        ids.append(entry_id)
        leaves.append(leaf)
        chains.append(edge.chain)
        edge.frontier.append(leaf)
    edge.mark = max(edge.mark, *ids)
    for start in range(0, len(ids), AT_ONCE):
        cursor.execute(_ADD_LEAVES, [column[start : start + AT_ONCE] for column in (seqs, ids, leaves, chains)])


def _promise(cursor: CursorWrapper, edge: _Edge, now: datetime) -> Checkpoint:
    checkpoint = Checkpoint(size=edge.frontier.size, root=edge.frontier.root(), at=now)
    note = sign(checkpoint, signing_key())
    row = (checkpoint.size, now, checkpoint.root, note, edge.frontier.to_bytes(), edge.mark)
    cursor.execute(_ADD_CHECKPOINT, row)
    return checkpoint

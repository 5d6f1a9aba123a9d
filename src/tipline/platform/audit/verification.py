"""Verifying the audit of a database against what a witness holds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from tipline.platform.audit.checking import (
    LeafRow,
    Loose,
    StoredCheckpoint,
    Walk,
    check_loose,
    compare_with_witness,
    open_checkpoints,
    open_witness,
)
from tipline.platform.audit.faults import Fault, Findings, Kind
from tipline.platform.audit.notes import Checkpoint

_COLUMNS = "e.entry, e.at, e.actor_kind, e.actor_ident, e.agency, e.verb, e.object_kind, e.object_id, e.outcome"
_LEAVES = f"""
SELECT l.seq, l.entry_id, l.leaf_hash, l.chain_hash, e.canonical, {_COLUMNS}
FROM audit_leaf l LEFT JOIN audit_entry e ON e.id = l.entry_id ORDER BY l.seq
"""  # noqa: S608 - only constants
_LOOSE = f"""
SELECT e.id, e.canonical, {_COLUMNS} FROM audit_entry e
WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.id) ORDER BY e.id
"""  # noqa: S608 - only constants
_CHECKPOINTS = "SELECT tree_size, at, root, note, frontier, entry_mark FROM audit_checkpoint ORDER BY tree_size"
_DOUBLED_ENTRIES = """
SELECT min(id), max(id) FROM audit_entry GROUP BY entry HAVING count(*) > 1 ORDER BY 1 LIMIT 200
"""
_DOUBLED_LEAVES = """
SELECT min(seq), max(seq) FROM audit_leaf GROUP BY entry_id HAVING count(*) > 1 ORDER BY 1 LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. `witnessed` is how many leaves the witness's newest checkpoint covers."""

    leaves: int
    witnessed: int
    checkpoints: int
    loose: int
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]
    fault_count: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing was meddled with."""
        return self.fault_count == 0


def verify(*, notes: Sequence[bytes], public: Ed25519PublicKey, now: datetime) -> Report:
    """This function will recompute the whole audit and compare it with every promise ever signed.

    notes: the checkpoints that a witness holds, as signed notes. All is read in one snapshot.
    """
    begun = time.monotonic()
    findings = Findings()
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        stored = open_checkpoints(_checkpoints(), public, findings)
        held = open_witness(notes, public, findings)
        compare_with_witness(stored, held, findings)
        promises = _promises(stored, {size: checkpoint for size, (_, checkpoint) in held.items()})
        walk = _walk(promises, stored, findings)
        _check_doubles(findings)
        loose = _loose()
        check_loose(loose, promises[max(promises)] if promises else None, now, findings)
    return Report(
        leaves=walk.next_seq,
        witnessed=max(held, default=0),
        checkpoints=len(stored),
        loose=len(loose),
        faults=tuple(findings.faults),
        notices=tuple(findings.notices),
        fault_count=findings.count,
        seconds=time.monotonic() - begun,
    )


def _promises(stored: dict[int, StoredCheckpoint], held: dict[int, Checkpoint]) -> dict[int, Checkpoint]:
    ours = {row.size: Checkpoint(size=row.size, root=row.root, at=row.at) for row in stored.values()}
    return ours | held


def _walk(promises: dict[int, Checkpoint], stored: dict[int, StoredCheckpoint], findings: Findings) -> Walk:
    walk = Walk(promises=promises, stored=stored, findings=findings)
    for row in _rows(_LEAVES):
        entry = row[4] is not None
        walk.take(LeafRow(row[0], row[1], row[2], row[3], row[4], tuple(row[5:]) if entry else None))  # type: ignore[arg-type]
    walk.end()
    return walk


def _rows(query: str) -> Iterator[tuple[object, ...]]:
    # A server-side cursor: the audit of years does not fit into memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(5000):
            yield from rows


def _checkpoints() -> Iterable[StoredCheckpoint]:
    return [StoredCheckpoint(*row) for row in _rows(_CHECKPOINTS)]  # type: ignore[arg-type]


def _loose() -> list[Loose]:
    return [Loose(row[0], row[1], tuple(row[2:])) for row in _rows(_LOOSE)]  # type: ignore[arg-type]


def _check_doubles(findings: Findings) -> None:
    for first, last in _rows(_DOUBLED_ENTRIES):
        findings.fault(Kind.ENTRY_DOUBLED, f"entries {first} and {last}")
    for first, last in _rows(_DOUBLED_LEAVES):
        findings.fault(Kind.LEAF_DOUBLED, f"leaves {first} and {last}")

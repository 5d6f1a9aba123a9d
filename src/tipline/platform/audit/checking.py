"""The verification itself, over rows from anywhere. Pure.

Trusts nothing but the public key and the witness's notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tipline.platform.audit.faults import Findings, Kind
from tipline.platform.audit.notes import Checkpoint, NotSigned, open_note
from tipline.platform.audit.tree import CHAIN_START, Frontier, chain_hash, leaf_hash

# An act's own transaction may take this long between its moment and its commit.
GRACE = timedelta(minutes=5)
# Values of the search columns, in the order of the table.
Columns = tuple[str, datetime, str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf with its entry; `canonical` and `columns` are None where the entry is gone."""

    seq: int
    entry_id: int
    leaf: bytes
    chain: bytes
    canonical: bytes | None
    columns: Columns | None


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as the database has it."""

    size: int
    at: datetime
    root: bytes
    note: bytes
    frontier: bytes
    mark: int


def open_checkpoints(
    stored: Iterable[StoredCheckpoint], public: Ed25519PublicKey, findings: Findings
) -> dict[int, StoredCheckpoint]:
    """This function will keep the checkpoints that are truly signed, and note where a column differs."""
    good: dict[int, StoredCheckpoint] = {}
    for row in stored:
        try:
            signed = open_note(row.note, public)
        except NotSigned:
            findings.fault(Kind.CHECKPOINT_CHANGED, f"checkpoint {row.size}")
            continue
        if (signed.size, signed.root, signed.at) != (row.size, row.root, row.at):
            findings.fault(Kind.CHECKPOINT_CHANGED, f"checkpoint {row.size}")
        good[row.size] = row
    return good


def open_witness(
    notes: Iterable[bytes], public: Ed25519PublicKey, findings: Findings
) -> dict[int, tuple[bytes, Checkpoint]]:
    """This function will read what the witness holds; two different promises about one size are a fault."""
    held: dict[int, tuple[bytes, Checkpoint]] = {}
    for number, note in enumerate(notes, start=1):
        try:
            checkpoint = open_note(note, public)
        except NotSigned:
            findings.notice(Kind.WITNESS_UNREADABLE, f"note {number} of the witness")
            continue
        before = held.setdefault(checkpoint.size, (note, checkpoint))
        if before[1].root != checkpoint.root:
            findings.fault(Kind.ROOT_DIFFERS, f"two checkpoints of size {checkpoint.size} in the witness's hands")
    return held


def compare_with_witness(
    stored: Mapping[int, StoredCheckpoint], held: Mapping[int, tuple[bytes, Checkpoint]], findings: Findings
) -> None:
    """This function will look for each handed-out checkpoint in the database, byte for byte."""
    for size, (note, _) in held.items():
        if size not in stored:
            findings.fault(Kind.CHECKPOINT_MISSING, f"checkpoint {size}")
        elif stored[size].note != note:
            findings.fault(Kind.CHECKPOINT_CHANGED, f"checkpoint {size}")


@dataclass(slots=True)
class Walk:
    """One pass over all leaves in order. `promises` are the signed heads by size, the witness's first."""

    promises: Mapping[int, Checkpoint]
    stored: Mapping[int, StoredCheckpoint]
    findings: Findings
    frontier: Frontier = field(default_factory=Frontier)
    next_seq: int = 0
    _chain: bytes = CHAIN_START
    _mark: int = 0
    _good_size: int = 0
    _root_differs: bool = False
    _not_before: datetime | None = None

    def take(self, row: LeafRow) -> None:
        """This function will check one leaf and its entry."""
        if row.seq != self.next_seq:
            self._gap(row.seq)
        self._check_entry(row)
        if chain_hash(self._chain, row.leaf) != row.chain:
            self.findings.fault(Kind.CHAIN_BROKEN, f"leaf {row.seq}")
        self._chain = row.chain
        self._mark = max(self._mark, row.entry_id)
        self.next_seq = row.seq + 1
        self.frontier.append(row.leaf)
        if self.next_seq in self.promises:
            self._check_promise(self.promises[self.next_seq])

    def _gap(self, found: int) -> None:
        if found < self.next_seq:
            self.findings.fault(Kind.LEAF_DOUBLED, f"leaf {found}")
        else:
            self.findings.fault(Kind.LEAF_MISSING, _stretch(self.next_seq, found - 1))

    def _check_entry(self, row: LeafRow) -> None:
        where = f"leaf {row.seq}, entry {row.entry_id}"
        if row.canonical is None or row.columns is None:
            self.findings.fault(Kind.ENTRY_MISSING, where)
        elif leaf_hash(row.canonical) != row.leaf:
            self.findings.fault(Kind.ENTRY_CHANGED, where)
        elif columns_of(row.canonical) != row.columns:
            self.findings.fault(Kind.COLUMNS_CHANGED, where)
        elif self._not_before is not None and row.columns[1] < self._not_before:
            self.findings.fault(Kind.ENTRY_BEHIND, where)

    def _check_promise(self, promise: Checkpoint) -> None:
        size = promise.size
        if self.frontier.size == size and self.frontier.root() == promise.root:
            self._good_size = size
        elif not self._root_differs:
            self._root_differs = True  # all later roots differ with it; the first says where
            self.findings.fault(Kind.ROOT_DIFFERS, _stretch(self._good_size, size - 1))
        held = self.stored.get(size)
        if held and not self._root_differs and (held.frontier, held.mark) != (self.frontier.to_bytes(), self._mark):
            self.findings.fault(Kind.CHECKPOINT_CHANGED, f"checkpoint {size}")
        self._not_before = promise.at - GRACE

    def end(self) -> None:
        """This function will compare the end of the leaves with the newest promise."""
        newest = max(self.promises, default=0)
        if self.next_seq < newest:
            self.findings.fault(Kind.TRUNCATED, _stretch(self.next_seq, newest - 1))
        elif self.next_seq > newest:
            self.findings.fault(Kind.LEAF_UNSIGNED, _stretch(newest, self.next_seq - 1))


def _stretch(first: int, last: int) -> str:
    return f"leaf {first}" if first == last else f"leaves {first} to {last}"


def columns_of(canonical: bytes) -> Columns | None:
    """This function will give what an entry's search columns must say; None where the bytes are no entry."""
    try:
        form = json.loads(canonical)
        who, thing = form["who"], form["object"]
        moment = datetime.fromisoformat(form["at"])
        return (
            *(form["entry"], moment, who["kind"], who["ident"], who["agency"], form["verb"]),
            *(thing["kind"], thing["id"], form["outcome"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Loose:
    """An entry that no leaf points to."""

    entry_id: int
    canonical: bytes
    columns: Columns


def check_loose(loose: Sequence[Loose], newest: Checkpoint | None, now: datetime, findings: Findings) -> None:
    """This function will tell entries that wait for the sequencer from those put in behind a checkpoint."""
    for entry in loose:
        where = f"entry {entry.entry_id}"
        moment = entry.columns[1]
        if columns_of(entry.canonical) != entry.columns:
            findings.fault(Kind.COLUMNS_CHANGED, where)
        elif newest is not None and moment < newest.at - GRACE:
            findings.fault(Kind.ENTRY_BEHIND, where)
        elif moment < now - GRACE:
            findings.notice(Kind.UNSEALED, where)

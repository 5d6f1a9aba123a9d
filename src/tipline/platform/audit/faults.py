"""What a verification can find. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LISTED = 200


class Kind(StrEnum):
    """The kinds of faults."""

    ENTRY_CHANGED = "entry_changed"  # its bytes do not fit the leaf
    ENTRY_MISSING = "entry_missing"
    ENTRY_DOUBLED = "entry_doubled"
    ENTRY_BEHIND = "entry_behind"  # put in later, dated before a checkpoint that does not have it
    COLUMNS_CHANGED = "columns_changed"  # a search column says something else than the entry
    LEAF_MISSING = "leaf_missing"
    LEAF_DOUBLED = "leaf_doubled"
    LEAF_UNSIGNED = "leaf_unsigned"  # stands behind the last checkpoint
    CHAIN_BROKEN = "chain_broken"
    ROOT_DIFFERS = "root_differs"  # a rewritten stretch of leaves
    TRUNCATED = "truncated"
    CHECKPOINT_CHANGED = "checkpoint_changed"
    CHECKPOINT_MISSING = "checkpoint_missing"
    UNSEALED = "unsealed"  # a notice: waits for the sequencer
    WITNESS_UNREADABLE = "witness_unreadable"  # a notice


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: `where` names a leaf, an entry, a checkpoint, or a stretch."""

    kind: Kind
    where: str


@dataclass(slots=True)
class Findings:
    """All that was found; the first LISTED faults by name, all by count."""

    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    count: int = 0

    def fault(self, kind: Kind, where: str) -> None:
        """This function will note a fault."""
        self.count += 1
        if len(self.faults) < LISTED:
            self.faults.append(Fault(kind, where))

    def notice(self, kind: Kind, where: str) -> None:
        """This function will note something that is no sign of meddling."""
        if len(self.notices) < LISTED:
            self.notices.append(Fault(kind, where))

"""A countable fact: what statistics are made of. Every room that has something to count tells it in this one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened and may be counted.

    `kind` names what (for example "report", "file", "notice_removed"), `at` when, `labels` along which lines it can be
    split (codes only, never a name or an address), `amount` how many or how much (for example hours).
    """

    kind: str
    at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    amount: float = 1

"""What may be counted of a report: codes, digests and marks, never a name, an address or a word of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FileGist:
    """One file: its digest, what it was decoded as, its PDQ where it has one, and what the sender marked."""

    id: int
    report_id: int
    sha256: str
    media_type: str
    pdq: str = ""
    pdq_quality: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gist:
    """What may be counted of one report. `findings`: (kind, body) of those that count now."""

    report_id: int
    received_at: datetime
    source: str
    incident_type: str
    esp_name: str
    batched: bool
    priority: int
    purged: bool
    states: frozenset[str] = frozenset()
    findings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    flags: tuple[str, ...] = ()
    child_ages: tuple[int, ...] = ()
    files: tuple[FileGist, ...] = ()

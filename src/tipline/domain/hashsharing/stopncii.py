"""The StopNCII form, v1: JSON values in and out. Pure.

Source: threatexchange 1.2.17, `exchanges/clients/stopncii/api.py`; there is no public reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tipline.domain.errors import Refusal

MOST_RECORDS = 1000
MOST_BYTES = 1024 * 1024
SIGNALS = {"PDQ": "ImagePDQ", "MD5": "VideoMD5"}
_KINDS = {name: kind for kind, name in SIGNALS.items()}
_LENGTHS = {"PDQ": 64, "MD5": 32}
# What of a platform's answers has a meaning here; the others (None, QualityUnknown ...) state nothing and are ignored.
VERDICTS = {"Blocked": "BLOCKED", "NotBlocked": "NOT_BLOCKED", "PendingReview": "PENDING"}
FEEDBACKS = {verdict: name for name, verdict in VERDICTS.items()}
_WITHOUT_STATE = frozenset(("Unknown", "None", "QualityUnknown", "Withdrawn", "Deleted"))
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32}")
_TAG = re.compile(r"[\w .:/-]{1,40}")
_MOST_TAGS = 10


@dataclass(frozen=True, slots=True)
class Record:
    """One hash going out: seconds since 1970, status of each case, what platforms said (name, verdict, tags)."""

    type: str
    value: str
    changed: int
    cases: tuple[tuple[str, bool], ...]
    said: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


def write_page(records: Sequence[Record], *, token: str, next_set: int) -> bytes:
    """This function will write one page; `token` is empty on the last one, `next_set` is where to go on later."""
    found = {
        "count": len(records),
        "nextPageToken": token or None,
        "nextSetTimestamp": next_set,
        "hasMoreRecords": bool(token),
        "hashRecords": [_record(one) for one in records],
    }
    return json.dumps(found).encode()


def _record(one: Record) -> dict[str, Any]:
    return {
        "lastModtimestamp": one.changed,
        "signalType": SIGNALS[one.type],
        "hashValue": one.value,
        "hashStatus": _status(any(alive for _, alive in one.cases)),
        "caseNumbers": {mark: _status(alive) for mark, alive in one.cases},
        "CSPFeedbacks": [
            {"source": name, "feedbackValue": FEEDBACKS[verdict], "tags": list(tags)}
            for name, verdict, tags in one.said
            if verdict in FEEDBACKS
        ],
    }


def _status(alive: bool) -> str:
    return "Active" if alive else "Withdrawn"


@dataclass(frozen=True, slots=True)
class Said:
    """A platform's answer as sent; no verdict where it states nothing."""

    value: str
    verdict: str
    tags: tuple[str, ...]


def read_feedbacks(raw: bytes) -> tuple[Said, ...]:
    """This function will read SubmitFeedback. Raises Refusal `bad_json` or `bad_feedback`."""
    return tuple(_said(one) for one in _listed(raw, "hashFeedbacks"))


def _said(one: dict[str, Any]) -> Said:
    value, given, tags = one.get("hashValue"), one.get("feedbackValue"), one.get("tags") or []
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise Refusal("bad_feedback", "hashValue is a PDQ or an MD5 in hex.", field="hashValue")
    if not isinstance(given, str) or (given not in VERDICTS and given not in _WITHOUT_STATE):
        raise Refusal("bad_feedback", f"feedbackValue is one of {', '.join(VERDICTS)}.", field="feedbackValue")
    if not isinstance(tags, list) or len(tags) > _MOST_TAGS or not all(map(_is_tag, tags)):
        raise Refusal("bad_feedback", "tags are up to ten short texts.", field="tags")
    return Said(value.lower(), VERDICTS.get(str(given), ""), tuple(tags))


def _is_tag(tag: object) -> bool:
    return isinstance(tag, str) and _TAG.fullmatch(tag) is not None


def read_hashes(raw: bytes) -> tuple[tuple[str, str], ...]:
    """This function will read SubmitHashes as (type, value). Raises Refusal `bad_json` or `bad_hash`.

    The published client writes the type as its language prints it (`StopNCIISignalType.ImagePDQ`): both are taken.
    """
    return tuple(dict.fromkeys(_hash(one) for one in _listed(raw, "hashRecords")))


def _hash(one: dict[str, Any]) -> tuple[str, str]:
    kind = _KINDS.get(str(one.get("signalType", "")).rpartition(".")[2])
    if kind is None:
        raise Refusal("bad_hash", f"signalType is one of {', '.join(_KINDS)}.", field="signalType")
    value = str(one.get("hashValue", "")).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_LENGTHS[kind]}}}", value):
        raise Refusal("bad_hash", f"An {SIGNALS[kind]} has {_LENGTHS[kind]} hex digits.", field="hashValue")
    return kind, value


def _listed(raw: bytes, name: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal("bad_json", "Send one JSON object.") from None
    rows = found.get(name) if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal("bad_json", f"{name} is a list of objects.", field=name)
    if len(rows) > MOST_RECORDS:
        raise Refusal("bad_json", f"Send at most {MOST_RECORDS} at once.", field=name)
    return rows

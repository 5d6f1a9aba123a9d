"""The sandbox: calls of the test side as they came, kept for the company's own people for two weeks, then removed.

Written after the answer went out, and never for production. Of a file its name, size and digests are kept, never its
bytes. The content is sealed with the sandbox's own key (`platform.vault.sandbox`); row-level security parts the
companies. ADR 21.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.cybertip.violations import Violation
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.keys import KeyMissing
from tipline.platform.vault import sandbox as vault
from tipline.platform.vault.errors import Damaged, KeyUnavailable
from tipline.stages.intake.models import SandboxCall

KEPT = timedelta(days=14)
MOST_KEPT = 500  # of one company, the newest
MOST_WRONG_KEPT = 50  # of them wrong log-ins: a stranger's guesses must not push the company's own calls out
MOST_BODY = 128 * 1024
OTHER = "other"
_CONTEXT = "sandbox:{}"
_REFUSED_LOG_IN = 401
_CODES = {int(code): code for code in ResponseCode}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: by what name, how large, and, where all of it came, its digests. Never its bytes."""

    name: str
    size: int
    md5: str = ""
    sha1: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept sealed of a call. `body` is empty where `body_note` says why it was not kept.

    fields: of a form, names and values; reason: why somebody was not let in. Times count in milliseconds.
    """

    method: str
    path: str
    username: str
    origin: str
    headers: tuple[tuple[str, str], ...]
    size: int
    body: bytes = b""
    body_note: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    file: SentFile | None = None
    reason: str = ""
    violations: tuple[Violation, ...] = ()
    untold: int = 0
    answer: bytes = b""
    answer_headers: tuple[tuple[str, str], ...] = ()
    took: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who called what when, and how it was answered. `report_number` None: about no report."""

    id: str
    esp_id: int
    at: datetime
    call: str
    report_number: int | None
    status: int
    code: int
    faults: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it did what was asked."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A call with what was kept of it; `told` is None where it can no longer be opened."""

    call: Call
    told: Told | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among the calls; empty values ask for nothing. outcome: good or refused."""

    report_number: int = 0
    request_id: str = ""
    call: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of calls, newest first, and how many there are in all."""

    calls: tuple[Call, ...]
    total: int


def keep(*, call: Call, told: Told) -> None:
    """This function will keep one call of the test side. Raises DatabaseError, KeyMissing."""
    sealed = vault.seal(_packed(told), _CONTEXT.format(call.id))
    with agency_scope(esp=call.esp_id):
        SandboxCall(sealed=sealed, **asdict(call)).save(force_insert=True)


def _packed(told: Told) -> bytes:
    plain = asdict(told) | {name: base64.b64encode(getattr(told, name)).decode() for name in ("body", "answer")}
    return zlib.compress(json.dumps(plain).encode(), 6)


def _unpacked(packed: bytes) -> Told:
    plain = json.loads(zlib.decompress(packed))
    plain |= {name: base64.b64decode(plain[name]) for name in ("body", "answer")}
    plain |= {name: tuple((one, value) for one, value in plain[name]) for name in ("headers", "fields")}
    plain["answer_headers"] = tuple((one, value) for one, value in plain["answer_headers"])
    plain["file"] = SentFile(**plain["file"]) if plain["file"] else None
    listed = (one | {"code": _CODES[one["code"]]} for one in plain["violations"])
    plain["violations"] = tuple(Violation(**one) for one in listed)
    return Told(**plain)


_COLUMNS = ("id", "esp_id", "at", "call", "report_number", "status", "code", "faults")


def list_calls(*, esp_id: int, wanted: Wanted = Wanted(), offset: int = 0, size: int = 50) -> CallPage:
    """This function will list a company's test calls, newest first."""
    rows = _wanted(SandboxCall.objects.filter(esp_id=esp_id), wanted)
    newest = rows.order_by("-at", "-id").values_list(*_COLUMNS)
    return CallPage(tuple(Call(*row) for row in newest[offset : offset + size]), rows.count())


def _wanted(rows: QuerySet[SandboxCall], wanted: Wanted) -> QuerySet[SandboxCall]:
    if wanted.report_number:
        rows = rows.filter(report_number=wanted.report_number)
    if wanted.request_id:
        rows = rows.filter(id=wanted.request_id)
    if wanted.call:
        rows = rows.filter(call=wanted.call)
    if wanted.outcome:
        good = Q(status=200)
        rows = rows.filter(good if wanted.outcome == "good" else ~good)
    return rows


def find_call(*, esp_id: int, call_id: str) -> Opened | None:
    """This function will open one of a company's test calls; None for a foreign and an unknown one alike."""
    row = SandboxCall.objects.filter(pk=call_id, esp_id=esp_id).first()
    return _opened(row) if row else None


def list_story(*, esp_id: int, report_number: int, most: int = 200) -> tuple[Opened, ...]:
    """This function will open every test call about one report, in the order in which they came."""
    rows = SandboxCall.objects.filter(esp_id=esp_id, report_number=report_number).order_by("at", "id")
    return tuple(_opened(row) for row in rows[:most])


def _opened(row: SandboxCall) -> Opened:
    call = Call(*(getattr(row, name) for name in _COLUMNS))
    try:
        return Opened(call, _unpacked(vault.unseal(bytes(row.sealed), _CONTEXT.format(row.id))))
    except (Damaged, KeyUnavailable, KeyMissing, ValueError, TypeError, KeyError, zlib.error):
        return Opened(call, None)  # kept by another version, or the keys were changed since


def clear_old(*, now: datetime) -> int:
    """This function will remove calls that are older than two weeks, and all but the newest of each company."""
    removed, _ = SandboxCall.objects.filter(at__lt=now - KEPT).delete()
    wrong = Q(status=_REFUSED_LOG_IN)
    for rows, most in (
        (SandboxCall.objects.filter(~wrong), MOST_KEPT),
        (SandboxCall.objects.filter(wrong), MOST_WRONG_KEPT),
    ):
        removed += _keep_newest(rows, most)
    return removed


def _keep_newest(rows: QuerySet[SandboxCall], most: int) -> int:
    place = Window(RowNumber(), partition_by=[F("esp_id")], order_by=[F("at").desc(), F("id").desc()])
    surplus: Sequence[str] = list(
        rows.annotate(place=place).filter(place__gt=most).values_list("id", flat=True)[:20_000]
    )
    removed, _ = SandboxCall.objects.filter(id__in=surplus).delete()
    return removed

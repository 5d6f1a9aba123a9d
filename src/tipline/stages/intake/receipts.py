"""Receipts in the database: found by a keyed hash whose key is not there."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import cache

from django.db import connection

from tipline.domain.receipt import RANDOM_BYTES, code_of
from tipline.platform import keys
from tipline.platform.config import settings
from tipline.stages.intake.models import Receipt


@cache
def _receipt_key() -> bytes:
    return keys.load_bytes("receipt", settings().keys)


def digest_of(code: str) -> bytes:
    """This function will give the keyed hash under which a code is kept."""
    return hmac.digest(_receipt_key(), code.encode("ascii"), "sha256")


def code_for(once: str) -> str:
    """This function will make the code of a sending: the same for the same once-only key, else a random one.

    Whoever lacks our key learns nothing of the code from the once-only key, and the other way round.
    """
    if not once:
        return code_of(secrets.token_bytes(RANDOM_BYTES))
    return code_of(hmac.digest(_receipt_key(), f"once:{once}".encode(), "sha256")[:RANDOM_BYTES])


def lock(code: str) -> None:
    """This function will let one sending of a code through at a time, until the transaction ends."""
    number = int.from_bytes(digest_of(code)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def give(report_id: int, code: str, now: datetime) -> None:
    """This function will make a report's receipt. The code itself is kept nowhere; its digest is unique."""
    Receipt.objects.create(
        code_hmac_sha256=digest_of(code), report_id=report_id, given_at=now, status="received", status_at=now
    )

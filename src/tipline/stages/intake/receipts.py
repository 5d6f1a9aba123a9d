"""Receipts in the database: found by a keyed hash whose key is not there."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import cache

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


def give(report_id: int, now: datetime) -> str:
    """This function will make a receipt for a report and return its code, which is kept nowhere."""
    code = code_of(secrets.token_bytes(RANDOM_BYTES))
    Receipt.objects.create(
        code_hmac_sha256=digest_of(code), report_id=report_id, given_at=now, status="received", status_at=now
    )
    return code

"""The body of an event and its signature. Pure.

Source: Standard Webhooks 1.0.0 (webhook-id, webhook-timestamp, webhook-signature with v1: HMAC-SHA256).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tipline.programs.telling.rules.kinds import path_of

PREFIX = "whsec_"
SECRET_BYTES = 32  # the standard asks for 24 to 64


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is told. `number` is the report's, None in a test."""

    ident: str
    kind: str
    at: datetime
    environment: str
    number: int | None


def body_of(told: Told) -> bytes:
    """This function will write an event: numbers and codes; whoever may, reads the rest at its path."""
    about = {
        "report": told.number,
        "environment": told.environment,
        "path": path_of(told.environment, told.number) if told.number is not None else None,
    }
    event = {"id": told.ident, "type": told.kind, "timestamp": told.at.isoformat(), "data": about}
    return json.dumps(event, separators=(",", ":")).encode()


def write_secret(random: bytes) -> str:
    """This function will write a secret as the company gets it."""
    return PREFIX + base64.b64encode(random).decode()


def headers_of(ident: str, body: bytes, secrets: Iterable[bytes], now: datetime) -> dict[str, str]:
    """This function will sign a body with each live secret; `now` is the time of this try."""
    at = str(int(now.timestamp()))
    signed = b".".join((ident.encode(), at.encode(), body))
    made = (base64.b64encode(hmac.digest(one, signed, hashlib.sha256)).decode() for one in secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": ident,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }

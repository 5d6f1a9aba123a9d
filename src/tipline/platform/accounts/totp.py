"""Time-based one-time codes (RFC 6238: SHA-1, six digits, 30 seconds), as authenticator apps make them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1
"""Steps before and after the present one that are accepted too: a phone's clock may be half a minute off."""
_SECRET_BYTES = 20  # 160 bits; CJIS IA-5 asks for 112 or more.


def new_secret() -> str:
    """This function will make a secret in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def step_of(now: datetime) -> int:
    """This function will return the number of the time step that `now` is in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    """This function will return the code of one time step. Source: RFC 4226 section 5.3."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def current_code(secret: str, now: datetime) -> str:
    """This function will return the code that an authenticator shows at `now`."""
    return code_of(secret, step_of(now))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """This function will return the newest accepted time step whose code this is, else None."""
    typed = "".join(code.split())
    present = step_of(now)
    found = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), typed.encode()):
            found = step
    return found

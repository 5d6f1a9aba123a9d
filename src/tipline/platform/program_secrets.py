"""Secrets of programs: made here once, kept in a form that does not lead back, compared in constant time.

Two forms (ADR 10): a plain SHA-256 for secrets of 256 random bits that we made ourselves, which nobody can guess
however fast the comparison; Argon2id for what a person chose, and for credentials issued before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second profile: 19 MiB, 2 passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def make_secret() -> str:
    """This function will make a secret of 256 random bits in URL-safe letters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """This function will give the Argon2id form that is kept."""
    return _HASHER.hash(secret)


_FAST = "$sha256$"


def fast_form(secret: str) -> str:
    """This function will give the kept form of a secret that `make_secret` made; of no other."""
    return _FAST + hashlib.sha256(secret.encode()).hexdigest()


def is_fast(kept: str) -> bool:
    """This function will tell whether comparing with this form costs next to nothing."""
    return kept.startswith(_FAST)


@cache
def _nobody() -> str:
    return hash_secret(make_secret())


def matches(kept: str | None, secret: str) -> bool:
    """This function will compare a secret with its kept form; none kept costs the same time."""
    if kept is not None and is_fast(kept):
        return hmac.compare_digest(kept, fast_form(secret))
    try:
        equal = _HASHER.verify(kept or _nobody(), secret)
    except (VerificationError, InvalidHashError):
        return False
    return equal and kept is not None

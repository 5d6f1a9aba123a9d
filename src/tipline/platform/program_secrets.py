"""Secrets of other people's programs: made here once, kept as Argon2id, compared in constant time."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second profile (19 MiB, 2 passes): a secret of 256 random bits needs no more.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def make_secret() -> str:
    """This function will make a secret of 256 random bits in URL-safe letters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """This function will give the Argon2id form that is kept."""
    return _HASHER.hash(secret)


@cache
def _nobody() -> str:
    return hash_secret(make_secret())


def matches(kept: str | None, secret: str) -> bool:
    """This function will compare a secret with its kept form; none kept costs the same time."""
    try:
        equal = _HASHER.verify(kept or _nobody(), secret)
    except (VerificationError, InvalidHashError):
        return False
    return equal and kept is not None

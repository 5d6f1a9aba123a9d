"""Answers so far, sealed for the visitor's own browser: the server keeps nothing before something is sent.

What is sealed for one purpose fits no other.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

MOST_BYTES = 60_000
Answers = dict[str, list[str]]


@cache
def _box(purpose: str) -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(answers: Answers, *, purpose: str) -> str:
    """This function will seal answers; the text fits into a cookie's value and into a hidden field."""
    packed = zlib.compress(json.dumps(answers, ensure_ascii=False).encode("utf-8", "replace"), 9)
    return _box(purpose).encrypt(packed).decode().rstrip("=")


def unseal(sealed: str, *, purpose: str, lasts: int) -> Answers | None:
    """This function will open sealed answers; None where they were changed, are older than `lasts` seconds, too large,
    or sealed for something else.
    """
    try:
        if len(sealed) > MOST_BYTES:
            return None
        packed = _box(purpose).decrypt(sealed.encode() + b"=" * (-len(sealed) % 4), ttl=lasts)
        answers: Answers = json.loads(zlib.decompressobj().decompress(packed, 4 * MOST_BYTES))
    except (InvalidToken, ValueError, zlib.error):
        return None
    return answers

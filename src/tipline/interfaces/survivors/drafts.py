"""Answers so far, sealed into a hidden field of the page: the server keeps nothing before something is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import zlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tipline.domain.errors import Refusal

MOST_BYTES = 60_000
LASTS_SECONDS = 6 * 3600
Answers = dict[str, list[str]]


@cache
def _box(purpose: str) -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def new() -> Answers:
    """This function will begin a draft: its secret once-only key makes two sendings of it one case."""
    return {"once": [secrets.token_hex(16)]}


def seal(answers: Answers, *, purpose: str = "public-draft") -> str:
    """This function will seal answers for the page's hidden field; what is sealed for one purpose fits no other."""
    return _box(purpose).encrypt(zlib.compress(json.dumps(answers).encode())).decode()


def unseal(sealed: str, *, purpose: str = "public-draft", lasts: int = LASTS_SECONDS) -> Answers:
    """This function will open a page's answers; an empty field is an empty draft.

    Raises Refusal `draft_spoiled` where the field was changed, is older than `lasts` seconds, or is too large.
    """
    if not sealed:
        return {}
    try:
        if len(sealed) > MOST_BYTES:
            raise InvalidToken
        packed = _box(purpose).decrypt(sealed.encode(), ttl=lasts)
        answers: Answers = json.loads(zlib.decompressobj().decompress(packed, 4 * MOST_BYTES))
    except (InvalidToken, ValueError, zlib.error) as error:
        raise Refusal(
            "draft_spoiled", "This page has been open for too long. Please start again; nothing was sent."
        ) from error
    return answers

"""The answers so far, sealed into a hidden field: the server keeps nothing before the report is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tipline.domain.errors import Refusal

MOST_BYTES = 60_000
LASTS_SECONDS = 6 * 3600
Answers = dict[str, list[str]]


@cache
def _box() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"public-draft").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(answers: Answers) -> str:
    """This function will seal answers for the page's hidden field."""
    return _box().encrypt(zlib.compress(json.dumps(answers).encode())).decode()


def unseal(sealed: str) -> Answers:
    """This function will open a page's answers; an empty field is an empty draft.

    Raises Refusal `draft_spoiled` where the field was changed, is too old, or is too large.
    """
    if not sealed:
        return {}
    try:
        if len(sealed) > MOST_BYTES:
            raise InvalidToken
        packed = _box().decrypt(sealed.encode(), ttl=LASTS_SECONDS)
        answers: Answers = json.loads(zlib.decompressobj().decompress(packed, 4 * MOST_BYTES))
    except (InvalidToken, ValueError, zlib.error) as error:
        raise Refusal(
            "draft_spoiled", "This page has been open for too long. Please start again; nothing was sent."
        ) from error
    return answers

"""Brakes of the public door: codes cannot be guessed in bulk, and one address cannot flood the desk.

Counted per address and for the door as a whole; an address is kept as a keyed digest, for an hour, in memory.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from tipline.domain.errors import Refusal
from tipline.interfaces.ui.gate import origin_of

HOUR_SECONDS = 3600
CODE_TRIES = 10  # an hour and address
CODE_TRIES_OF_ALL = 1000  # an hour; see the threat model: at this rate 80 bits outlast every code
REPORTS = 30  # an hour and address: a school or a family shares one
_TOO_MANY = "Too many tries from your connection. Please wait an hour, or call us."


def check_code(request: HttpRequest) -> None:
    """This function will count a try of a receipt code. Raises Refusal `too_many`."""
    _count(f"code:{_digest(request)}", CODE_TRIES)
    _count("code:all", CODE_TRIES_OF_ALL)


def check_send(request: HttpRequest) -> None:
    """This function will count a report that is sent. Raises Refusal `too_many`."""
    _count(f"send:{_digest(request)}", REPORTS)


def _digest(request: HttpRequest) -> str:
    key = settings.SECRET_KEY.encode()[:64]
    return hashlib.blake2b(origin_of(request).encode(), key=key, digest_size=12).hexdigest()


def _count(name: str, most: int) -> None:
    cache.add(name, 0, HOUR_SECONDS)
    if cache.incr(name) > most:
        raise Refusal("too_many", _TOO_MANY)

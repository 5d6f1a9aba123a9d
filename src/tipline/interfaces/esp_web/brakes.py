"""Brakes of the signed links: a link cannot be guessed, and one that is known cannot be hammered.

Counted per address, which is kept as a keyed digest, for an hour, in memory.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from tipline.domain.networks import site_of
from tipline.interfaces.ui.gate import origin_of

HOUR_SECONDS = 3600
WRONG_LINKS = 20  # an hour and address
OPENED_LINKS = 600  # an hour and address: a company's program may look often


def is_braked(request: HttpRequest) -> bool:
    """This function will count an opened link, and say whether this address has had enough."""
    return _count(f"link:{_digest(request)}") > OPENED_LINKS or _seen(f"wrong:{_digest(request)}") >= WRONG_LINKS


def count_wrong(request: HttpRequest) -> None:
    """This function will count a link that leads to nothing."""
    _count(f"wrong:{_digest(request)}")


def _digest(request: HttpRequest) -> str:
    key = settings.SECRET_KEY.encode()[:64]
    return hashlib.blake2b(site_of(origin_of(request)).encode(), key=key, digest_size=12).hexdigest()


def _count(name: str) -> int:
    cache.add(name, 0, HOUR_SECONDS)
    return int(cache.incr(name))


def _seen(name: str) -> int:
    return int(cache.get(name, 0))

"""Brakes of the public door: codes cannot be guessed in bulk, and nobody can flood the desk or shut the door.

Counted for each caller (an IPv4 address, an IPv6 /64) and for the network around (/24, /48). What is counted for the
whole door never turns a first try away because of what others did: for codes it is an alarm, and for reports those who
sent several wait first. Networks are kept as keyed digests, for an hour at most, in memory.
"""

from __future__ import annotations

import hashlib
import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from tipline.domain.errors import Refusal
from tipline.domain.networks import site_of, wide_of
from tipline.interfaces.ui.gate import origin_of

HOUR_SECONDS = 3600
CODE_TRIES = 10  # an hour and caller
CODE_TRIES_AROUND = 200
CODE_TRIES_OF_ALL = 1000  # an hour; above, an operator should look: see the threat model, 80 bits outlast far more
REPORTS = 30  # an hour and caller: a school or a family shares one
REPORTS_AROUND = 300
RUSH_SECONDS = 300
REPORTS_OF_ALL = 300  # in RUSH_SECONDS; above, only those get through who sent few
FEW = 3
REPORTS_AT_MOST = 3000  # in RUSH_SECONDS; what the house can take
_TOO_MANY = "Too many tries from your connection. Please wait an hour, or call us."
_RUSH = (
    "Very many reports are arriving right now, and yours was not taken yet. Everything you wrote is still on this "
    "page. Please send it again in a few minutes, or call us."
)
_LOG = logging.getLogger("tipline.public")


def check_code(request: HttpRequest) -> None:
    """This function will count a try of a receipt code. Raises Refusal `too_many`."""
    _count_caller(request, "code", CODE_TRIES, CODE_TRIES_AROUND)
    if _count("code:all", HOUR_SECONDS) == CODE_TRIES_OF_ALL + 1:
        _LOG.error("More than %d receipt codes were tried within an hour.", CODE_TRIES_OF_ALL)


def check_send(request: HttpRequest) -> None:
    """This function will count a report that is sent. Raises Refusal `too_many` or `rush`."""
    mine = _count_caller(request, "send", REPORTS, REPORTS_AROUND)
    total = _count("send:all", RUSH_SECONDS)
    if total == REPORTS_OF_ALL + 1:
        _LOG.error("More than %d reports were sent within %d s.", REPORTS_OF_ALL, RUSH_SECONDS)
    if total > REPORTS_AT_MOST or (total > REPORTS_OF_ALL and mine > FEW):
        cache.decr("send:all")  # what is turned away takes nobody's place
        raise Refusal("rush", _RUSH)


def _count_caller(request: HttpRequest, what: str, most: int, most_around: int) -> int:
    address = origin_of(request)
    mine = _count(f"{what}:{_digest(site_of(address))}", HOUR_SECONDS)
    # The caller comes first: tries that are refused already count against nobody else.
    if mine > most or _count(f"{what}:around:{_digest(wide_of(address))}", HOUR_SECONDS) > most_around:
        raise Refusal("too_many", _TOO_MANY)
    return mine


def _digest(network: str) -> str:
    key = settings.SECRET_KEY.encode()[:64]
    return hashlib.blake2b(network.encode(), key=key, digest_size=12).hexdigest()


def _count(name: str, seconds: int) -> int:
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name)
    except ValueError:  # its time was over between the two
        cache.set(name, 1, seconds)
        return 1

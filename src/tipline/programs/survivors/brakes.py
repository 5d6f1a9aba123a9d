"""Brakes in the database: PINs cannot be guessed, and one address cannot flood the lists with hashes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from tipline.domain.errors import Refusal
from tipline.domain.networks import site_of
from tipline.programs.survivors.models import Try
from tipline.programs.survivors.scoping import keyed

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
PIN_TRIES_OF_CASE = 5
PIN_TRIES_OF_ADDRESS = 20  # a school or a family shares one
PIN_TRIES_OF_ALL = 1000
CASES_OF_ADDRESS = 10
_LOCK = 0x5352_5642  # one number for all brakes: counting and writing must not cross
_TOO_MANY = "Too many tries. Nothing is lost: please wait an hour and try again, or call one of the help lines."
_TOO_MANY_CASES = "Many cases were made from your connection in this hour. Please wait, or call one of the help lines."


@transaction.atomic
def count_pin_try(*, number: str, origin: str, now: datetime) -> None:
    """This function will count a try, for known and unknown numbers alike. Raises Refusal `too_many`.

    Committed before the PIN is compared: tries that run side by side see each other.
    """
    recent = _locked("pin", now)
    case, address = keyed("try", number), keyed("address", site_of(origin))
    if (
        recent.filter(case_digest=case).count() >= PIN_TRIES_OF_CASE
        or recent.filter(address_digest=address).count() >= PIN_TRIES_OF_ADDRESS
        or recent.count() >= PIN_TRIES_OF_ALL
    ):
        raise Refusal("too_many", _TOO_MANY)
    Try.objects.create(kind="pin", case_digest=case, address_digest=address, at=now)


@transaction.atomic
def count_new_case(*, origin: str, now: datetime) -> None:
    """This function will count a new case of an address. Raises Refusal `too_many`."""
    recent = _locked("open", now)
    address = keyed("address", site_of(origin))
    if recent.filter(address_digest=address).count() >= CASES_OF_ADDRESS:
        raise Refusal("too_many", _TOO_MANY_CASES)
    Try.objects.create(kind="open", case_digest=b"", address_digest=address, at=now)


def forget_tries(number: str) -> None:
    """This function will forget the tries of a case whose PIN was right."""
    Try.objects.filter(kind="pin", case_digest=keyed("try", number)).delete()


def _locked(kind: str, now: datetime) -> QuerySet[Try]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return Try.objects.filter(kind=kind, at__gt=now - WINDOW)


def clear(now: datetime) -> int:
    """This function will delete what no brake counts any more, and tell how many rows that were."""
    gone, _ = Try.objects.filter(at__lte=now - KEPT).delete()
    return gone

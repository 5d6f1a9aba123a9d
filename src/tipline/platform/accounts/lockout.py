"""Five failures in fifteen minutes lock a log-in until an administrator releases it. Source: CJIS AC-7.

The lock is on account name and origin together, so that a stranger elsewhere cannot lock somebody out; tries
from very many origins lock the name as a whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from tipline.platform.accounts.models import LoginFailure, LoginLock

FAILURES = 5
FAILURES_ANYWHERE = 50
WINDOW = timedelta(minutes=15)
ANYWHERE = "*"


def is_locked(*, username: str, origin: str) -> bool:
    """This function will say whether this account name, known or not, is locked for this origin.

    It waits its turn until the transaction of another try for the same name and origin has ended, so that of a burst
    of parallel tries each sees what the ones before it came to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"{name_of(username)}\n{origin}"])
    return LoginLock.objects.filter(
        Q(origin=origin) | Q(origin=ANYWHERE), username=name_of(username), released_at__isnull=True
    ).exists()


def note_failure(*, username: str, origin: str, now: datetime) -> bool:
    """This function will keep a failed try and lock where it was one too many; True where this try locked."""
    name = name_of(username)
    with transaction.atomic():
        # One try at a time for one name, so that a burst of parallel tries cannot slip past the count.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [name])
        LoginFailure.objects.create(username=name, origin=origin, at=now)
        recent = LoginFailure.objects.filter(username=name, at__gt=now - WINDOW)
        if recent.filter(origin=origin).count() >= FAILURES:
            return _lock(name, origin, now)
        return recent.count() >= FAILURES_ANYWHERE and _lock(name, ANYWHERE, now)


def note_success(*, username: str, origin: str) -> None:
    """This function will forget the failures before a complete log-in: only consecutive ones count."""
    LoginFailure.objects.filter(username=name_of(username), origin=origin).delete()


def name_of(username: str) -> str:
    """This function will bring an account name as typed into the form in which names are kept."""
    return username.strip().lower()[:150]


def _lock(name: str, origin: str, now: datetime) -> bool:
    _, is_new = LoginLock.objects.get_or_create(
        username=name, origin=origin, released_at__isnull=True, defaults={"locked_at": now}
    )
    return is_new

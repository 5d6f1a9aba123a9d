"""Signs of life: each minute the processes of the reporting API and the worker write down how it went; from that
follows what the status page says, and the outages that are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tipline.platform.vault.errors import StoreOutage
from tipline.platform.vault.store import configured_store, put
from tipline.reports import queries as reports
from tipline.stages.intake.models import Outage, Sign
from tipline.stages.intake.outages import WORKER, Found, Kind, Minute, Standing, outages_in, standing_of

KEPT = timedelta(days=2)
SHOWN = timedelta(days=365)
_LOOKED_AT = timedelta(hours=26)
_COLUMNS = ("at", "process", "taken", "shed", "over_quota", "failed", "store_ok", "waiting")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a process of the door counted in a minute, of production alone."""

    taken: int = 0
    shed: int = 0
    over_quota: int = 0
    failed: int = 0


def give_sign(*, process: str, counts: Counts, now: datetime) -> None:
    """This function will write down how a minute of a door's process went. Raises DatabaseError."""
    store_ok = is_store_open()
    Sign.objects.create(
        at=now,
        process=process[:16],
        taken=counts.taken,
        shed=counts.shed,
        over_quota=counts.over_quota,
        failed=counts.failed,
        store_ok=store_ok,
    )


def is_store_open() -> bool:
    """This function will tell whether the evidence store takes an object: a trial one, removed at once."""
    name = f"incoming/trial-{secrets.token_hex(16)}"  # where the sweep finds one that a kill left behind
    try:
        put(configured_store(), name, (b"trial",))
        configured_store().delete(name)
    except StoreOutage:
        return False
    return True


def keep_watch(*, now: datetime) -> int:
    """This function will write down how the worker is doing and keep the outages that the signs tell of.

    Returns how many outages it kept or ended; runs in the worker each minute.
    """
    Sign.objects.create(at=now, process=WORKER, waiting=reports.longest_wait(now=now))
    kept = _keep(outages_in(_minutes(since=now - _LOOKED_AT), now))
    Sign.objects.filter(at__lt=now - KEPT).delete()
    return kept


@transaction.atomic
def _keep(found: Iterable[Found]) -> int:
    changed = 0
    for one in found:
        row, is_new = Outage.objects.get_or_create(
            kind=one.kind, began_at=one.began_at, defaults={"ended_at": one.ended_at}
        )
        if not is_new and row.ended_at != one.ended_at:
            row.ended_at = one.ended_at
            row.save(update_fields=["ended_at"])
        changed += is_new
    return changed


def _minutes(*, since: datetime) -> tuple[Minute, ...]:
    return tuple(Minute(*row) for row in Sign.objects.filter(at__gte=since).order_by("at").values_list(*_COLUMNS))


def load_standing(*, now: datetime) -> Standing:
    """This function will say whether the intake takes reports now. Raises DatabaseError."""
    return standing_of(_minutes(since=now - timedelta(hours=1)), now)


def list_outages(*, now: datetime, most: int = 100) -> tuple[Found, ...]:
    """This function will list the outages of the last year, newest first."""
    rows = Outage.objects.filter(began_at__gte=now - SHOWN).order_by("-began_at")[:most]
    return tuple(Found(Kind(row.kind), row.began_at, row.ended_at) for row in rows)

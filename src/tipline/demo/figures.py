"""The chapter of the open figures: a made-up year taken over in codes, then two snapshots.

The supervisor publishes them at the desk, as people do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from tipline import beside
from tipline.demo.people import sign_in
from tipline.domain.actor import system
from tipline.platform import clock
from tipline.platform.processes.addresses import Addresses
from tipline.programs.statistics import service as statistics
from tipline.programs.statistics.rules import Counted
from tipline.simulation.counts import year

Say = Callable[[str], None]
BY = system("demo")
SIZE = 2_400


def play(where: Addresses, secret: str, say: Say) -> None:
    """This function will take a made-up year over, count today anew, and publish snapshots 1 and 2.

    secret: the supervisor's authenticator.
    """
    now = clock.now()
    last_year = now.year - 1
    take_over(last_year, now)
    beside.recount_days(since=now.date(), until=now.date(), now=now)
    supervisor = sign_in(where.desk, "supervisor", secret)
    for of, through in ((last_year, date(last_year, 12, 31)), (now.year, now.date())):
        page = supervisor.open(f"/figures/publish/?year={of}&through={through.isoformat()}")
        supervisor.press(page, "Publish", {"note": NOTES[of == now.year]})
    say(f"  the supervisor published the figures of {last_year} (made up) and of this year: {where.open_data}/")


NOTES = (
    "A made-up year of the demo, taken over in codes from an earlier system, so that the plots have something to show.",
    "The demo's own story so far. It is small, so nearly every number is protected.",
)


def take_over(of: int, now: datetime) -> int:
    """This function will take a made-up year over."""
    rows = ((day, Counted(**codes)) for day, codes in year(of, size=SIZE))
    return statistics.take_over(rows=rows, by=BY, now=now)

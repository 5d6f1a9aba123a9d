"""`./tipline figures recount`: the counts made anew from findings and journal, by whoever runs the house."""

from __future__ import annotations

from datetime import date

from tipline.commands.ground import open_ground, require_tables, set_up_django
from tipline.commands.words import say


def recount(since: date | None, until: date | None) -> int:
    """This function will count the days from one to another anew and say how many reports each has.

    Without days: the present year up to today.
    """
    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        from tipline import beside
        from tipline.platform import clock

        now = clock.now()
        last = until or now.date()
        first = since or date(last.year, 1, 1)
        counted = beside.recount_days(since=first, until=last, now=now)
    for day, reports in counted.items():
        if reports:
            say(f"{day.isoformat()}  {reports}")
    say(f"{len(counted)} days counted, {sum(counted.values())} reports.")
    return 0

"""A synthetic year: as many made-up reports as given tables count, by type, company and country. Codes alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tipline.domain.vocabulary import BY_CODE


@dataclass(frozen=True, slots=True)
class YearTables:
    """What a year counts: reports by type (codes), by company, by country (two letters, "" for none), by the public.

    `urgent` of them were passed on at once.
    """

    year: int
    by_type: Mapping[str, int]
    by_esp: Mapping[str, int]
    by_country: Mapping[str, int]
    public: int
    urgent: int

    def total(self) -> int:
        """This function will give the number of reports. Raises ValueError where the tables disagree about it."""
        totals = {sum(self.by_type.values()), sum(self.by_esp.values()) + self.public, sum(self.by_country.values())}
        if len(totals) != 1:
            raise ValueError(f"the tables disagree: {sorted(totals)}")
        return totals.pop()


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One synthetic report: the wire's incident type, a company's name or "", a country or "", when it came."""

    number: int
    incident_type: str
    esp: str
    country: str
    received_at: datetime


def scale(counts: Mapping[str, int], total: int) -> dict[str, int]:
    """This function will scale counts down to a total, by largest remainders, so that they still add up."""
    whole = sum(counts.values())
    shares = {name: divmod(count * total, whole) for name, count in counts.items()}
    scaled = {name: share for name, (share, _) in shares.items()}
    by_rest = sorted(shares, key=lambda name: (-shares[name][1], name))
    for name in by_rest[: total - sum(scaled.values())]:
        scaled[name] += 1
    return scaled


def scaled_year(tables: YearTables, total: int) -> YearTables:
    """This function will scale a year's tables down; each adds up to `total`."""
    urgency = {"urgent": tables.urgent, "other": tables.total() - tables.urgent}
    doors = scale({"esp": sum(tables.by_esp.values()), "public": tables.public}, total)
    return YearTables(
        year=tables.year,
        by_type=scale(tables.by_type, total),
        by_esp=scale(tables.by_esp, doors["esp"]),
        by_country=scale(tables.by_country, total),
        public=doors["public"],
        urgent=scale(urgency, total)["urgent"],
    )


def reports_of(tables: YearTables, *, days: int = 365, seed: int = 2023) -> Iterator[MadeUp]:
    """This function will make the year's reports in a fixed order, on so many days of it, evenly spaced.

    How the three lines meet is chance.
    """
    total = tables.total()
    chance = random.Random(seed)
    types, countries = _spread(tables.by_type, chance), _spread(tables.by_country, chance)
    esps = _spread({**tables.by_esp, "": tables.public}, chance)
    start = datetime(tables.year, 1, 1, 1, tzinfo=UTC)
    for at in range(total):
        day = at * days // max(total, 1) * 365 // days
        received = start + timedelta(days=day, seconds=at % 80_000)
        yield MadeUp(at, BY_CODE[types[at]].wire, esps[at], countries[at], received)


def _spread(counts: Mapping[str, int], chance: random.Random) -> list[str]:
    found = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(found)
    return found

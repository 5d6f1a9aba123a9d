"""Pages of a long list, for `ui/includes/pager.html`: which rows these are, and where those before and after are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turns:
    """The first and last of `total` rows that a page shows, and the addresses before and after it, where there are."""

    total: int
    first: int
    last: int
    newer_url: str | None
    older_url: str | None


def turns(address: str, *, total: int, offset: int, size: int) -> Turns:
    """This function will tell how to turn the pages of a list. address: the list's, with its query if it has one."""
    base = f"{address}{'&' if '?' in address else '?'}from="
    return Turns(
        total=total,
        first=min(offset + 1, total),
        last=min(offset + size, total),
        newer_url=f"{base}{max(0, offset - size)}" if offset else None,
        older_url=f"{base}{offset + size}" if offset + size < total else None,
    )

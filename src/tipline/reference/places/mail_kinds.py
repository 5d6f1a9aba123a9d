"""Whether a mail domain is one where anybody gets an address: free, or disposable within minutes."""

from __future__ import annotations

from functools import cache

from tipline.reference.places.tables import rows


def mail_kind(address: str) -> str:
    """This function will say `free` or `disposable` of an e-mail address or its domain; an empty text of any other."""
    return _kinds().get(address.rpartition("@")[2].strip().casefold(), "")


@cache
def _kinds() -> dict[str, str]:
    return {row["domain"]: row["kind"] for row in rows("mail_kinds.csv.gz")}

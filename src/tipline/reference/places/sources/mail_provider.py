"""Country of a mail provider that serves one country alone (a list of ours)."""

from __future__ import annotations

from functools import cache

from tipline.reference.places.tables import rows
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason

SOURCE = "mail providers"


def look_up(domain: str) -> Answer:
    """This function will name the country whose people a mail provider serves."""
    country = _countries().get(domain.casefold().strip("."), "")
    return PlaceAnswer(SOURCE, "mail", "", country) if country else NoAnswer(SOURCE, Reason.NOT_IN_DATA)


def is_known(domain: str) -> bool:
    """This function will tell whether a domain is that of a listed provider."""
    return domain.casefold().strip(".") in _countries()


@cache
def _countries() -> dict[str, str]:
    return {row["domain"]: row["country"] for row in rows("mail_countries.csv")}

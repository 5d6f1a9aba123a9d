"""The figures that were published for 2023, as printed: facts that are public already, shown with their source. Data.

Where two of its tables count differently, both keep their own name.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tipline.reference.directory.facts import TOTAL_ROW, text_of

YEAR = 2023
SOURCE = "National Center for Missing & Exploited Children, CyberTipline figures printed for 2023"
NO_COUNTRY = ""
# The printed names of the eight types -> the codes of the house.
TYPES = {
    "possession, manufacture, distribution": "csam",
    "misleading words or images": "misleading_words",
    "online enticement": "enticement",
    "child sex trafficking": "trafficking",
    "unsolicited obscene material": "unsolicited",
    "misleading domain name": "misleading_domain",
    "molestation": "molestation",
    "sex tourism": "tourism",
}


@dataclass(frozen=True, slots=True)
class CountryRow:
    """One row of the printed country list; `reports` is None where nothing is printed."""

    code: str
    name: str
    reports: int | None


def _read(name: str) -> str:
    return resources.files("tipline.programs.statistics").joinpath("data", name).read_text(encoding="utf-8")


@cache
def printed() -> dict[str, Any]:
    """This function will read the printed figures."""
    found: dict[str, Any] = json.loads(_read("published_2023.json"))
    return found


def by_type() -> dict[str, int]:
    """This function will give the printed reports by type, in the codes of the house."""
    return {TYPES[name]: count for name, count in printed()["by_type"].items()}


@cache
def by_esp() -> dict[str, int]:
    """This function will give the printed reports by company; the last row of the file is the printed total."""
    rows = csv.DictReader(io.StringIO(text_of("esps_2023.csv")))
    return {row["esp"]: int(row["reports"]) for row in rows if not row["esp"].startswith(TOTAL_ROW)}


@cache
def countries() -> tuple[CountryRow, ...]:
    """This function will give the printed country list in its own order; the last row is "No country listed"."""
    rows = json.loads(_read("reports_by_country_2023.json"))["rows"]
    return tuple(CountryRow(_code(row), row["name"], row["2023"]) for row in rows)


def _code(row: dict[str, Any]) -> str:
    # Kosovo has no ISO code of two letters; the wire's list calls it XK.
    return {"XKX": "XK"}.get(row["iso3"], row["iso2"] or NO_COUNTRY)


def by_country() -> dict[str, int]:
    """This function will give the printed reports by country code."""
    return {row.code: row.reports for row in countries() if row.reports is not None}


@cache
def relationships() -> tuple[tuple[str, int, int], ...]:
    """This function will give the printed (relationship, pieces, unique pieces) of identified children's material."""
    rows = csv.DictReader(io.StringIO(_read("relationships_2023.csv")))
    return tuple((row["relationship"], int(row["pieces_2023"]), int(row["unique_pieces_2023"])) for row in rows)

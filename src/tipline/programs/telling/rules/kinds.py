"""What a company's program may be told of: never more than the company's own pages show. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """One kind of event; the value is its type on the wire."""

    MADE_AVAILABLE = "report.made_available"
    OUTCOME = "report.outcome"
    KEEP_ASKED = "report.keep_asked"
    PRESERVATION_ENDS = "report.preservation_ends"
    TEST = "test"


CHOSEN = {
    Kind.MADE_AVAILABLE: "A report was made available to law enforcement",
    Kind.OUTCOME: "Law enforcement said what came of a report",
    Kind.KEEP_ASKED: "Police ask to keep the data of a report longer",
    Kind.PRESERVATION_ENDS: "The time to keep a report’s data ends soon",
}
WORDS = {**CHOSEN, Kind.TEST: "A test"}
_MOUNTS = {"production": "", "test": "/test"}


def path_of(environment: str, number: int) -> str:
    """This function will give the path at which the company's program reads the rest."""
    return f"{_MOUNTS[environment]}/api/reports/{number}"

"""One agency's referral of a report, as stages and doors hand it to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Which part of a report an agency gets."""

    PRIMARY = "PRIMARY"  # the matter is theirs
    COPY = "COPY"  # concerns them too: a child, a suspect, a witness in their area
    EXISTENCE_ONLY = "EXISTENCE_ONLY"  # learns that a report exists and who has it, nothing else


PART_LABELS = {
    Part.PRIMARY: "Yours",
    Part.COPY: "Copy",
    Part.EXISTENCE_ONLY: "Existence only",
}


# How sure it is that an agency is the right one, by the certainty that routing gives its choice.
SURENESS = {"high": "very likely", "medium": "likely", "low": "not sure"}


@dataclass(frozen=True, slots=True)
class ReferralRef:
    """Which referral is meant: the report's inner id and number, the agency's id, the part it got."""

    id: int
    report_id: int
    report_number: int
    agency: str
    part: Part

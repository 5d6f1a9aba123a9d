"""Duties and periods that the code acts on, each with its section. Not legal advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of law as the house applies it: where it stands and what it says."""

    cite: str
    says: str
    certainty: str


PRESERVATION_RULE = Rule(
    "18 USC 2258A(h)(1)", "A completed report is treated as a preservation request for one year.", "high"
)
PRESERVATION_PERIOD = timedelta(days=365)

WARRANT_RULE = Rule(
    "United States v. Wilson, 13 F.4th 961 (9th Cir. 2021)",
    "A file that nobody at the company viewed and that was not public is opened by police only with a warrant.",
    "high; circuits differ, the strictest rule is applied",
)
ESP_NOTICE_RULE = Rule("18 USC 2258A(h)(1)", "The receipt is the notification of the provider.", "high")

# Source: reporting API, life cycle: the later of open + 24 h and last change + 1 h.
LAPSE_AFTER_OPEN = timedelta(hours=24)
LAPSE_AFTER_CHANGE = timedelta(hours=1)

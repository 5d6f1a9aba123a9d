"""How the package writes people, moments, places and flags. Pure; labels are the ones that people read."""

from __future__ import annotations

from datetime import UTC, datetime

from tipline.domain.cybertip.reading import role_of
from tipline.domain.report import PersonRole, Source

ROLE_LABELS = {
    PersonRole.SUSPECT: "Reported person",
    PersonRole.RECIPIENT: "Intended recipient",
    PersonRole.VICTIM: "Child",
    PersonRole.REPORTER: "Reporter",
    PersonRole.CONTACT: "Contact found with the suspect",
}
ROLE_WHOSE = {
    "SUSPECT": "reported person",
    "RECIPIENT": "intended recipient",
    "VICTIM": "child",
    "REPORTER": "reporter",
    "CONTACT": "contact found with the suspect",
    "INCIDENT": "where it happened",
}
SOURCE_WORDS = {
    Source.PUBLIC_FORM: "The public web form",
    Source.HOTLINE: "A call to the hotline",
    Source.ESP_API: "A company, through the reporting API",
    Source.ESP_FORM: "A company, through the web form",
    Source.SURVIVOR: "A survivor",
    Source.PARTNER: "Another clearing house",
}
EVIDENCE_WORDS = {
    "ip": "IP address",
    "phone": "Telephone number",
    "address": "Stated address",
    "stated": "Stated place",
    "estimate": "The company's estimate",
    "gps": "Coordinates",
    "place_name": "A town named in",
    "mail": "Mail provider",
    "ending": "Domain",
    "stated_zone": "A time zone named",
    "clue": "An analyst's clue",
}
_PATHS = (
    ("/report/internetDetails", "Incident"),
    ("/report/incidentSummary", "Incident"),
    ("/fileDetails", "File"),
)


def moment(at: datetime) -> str:
    """This function will write a moment in UTC to the second: 2026-01-13 15:04:05 UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(at: datetime | None) -> str:
    """This function will write a moment for machines, in UTC; empty where there is none."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def whose(path: str) -> str:
    """This function will say whose fact stands at a path of the document."""
    role = role_of(path)
    return ROLE_LABELS[role] if role else next((label for start, label in _PATHS if path.startswith(start)), "Report")


def place(city: str, county: str, state: str, country: str) -> str:
    """This function will write a place from small to large, leaving out what is unknown."""
    return ", ".join(part for part in (city, county, state, country) if part)


def size(count: int) -> str:
    """This function will write a count of bytes in its unit: 1.2 MB."""
    for step, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= step:
            return f"{count / step:.1f} {unit}"
    return f"{count} B"


def plural(count: int, one: str, many: str) -> str:
    """This function will write a count with its noun."""
    return f"{count} {one if count == 1 else many}"

"""Made-up reports for the tests of the wire format, and the moment at which those tests take place."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

SUMMARY = (
    "<incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>"
    "{extra}<incidentDateTime>2026-02-20T08:30:00-07:00</incidentDateTime></incidentSummary>"
)
REPORTER = (
    "<reporter><reportingPerson><firstName>Rae</firstName><lastName>Porter</lastName>"
    "<email>trust@example.com</email></reportingPerson></reporter>"
)


def report(middle: str = "", *, before: str = "", extra: str = "", reporter: str = REPORTER, tail: str = "") -> bytes:
    """This function will write a report on one line; `middle` stands between summary and reporter."""
    return f"<report>{before}{SUMMARY.format(extra=extra)}{middle}{reporter}{tail}</report>".encode()


def suspect(inner: str) -> str:
    """This function will write one reported person around the given elements."""
    return f"<personOrUserReported>{inner}</personOrUserReported>"


def file_details(inner: str = "") -> bytes:
    """This function will write the details of one file around the given elements."""
    return f"<fileDetails><reportId>7</reportId><fileId>a1b2</fileId>{inner}</fileDetails>".encode()

"""What an officer needs from a report: each need with its points, a plain sentence, and the element that meets it.

Source of the choice: interviews with officers (Stanford 2024) and the complaints of task forces; the points are the
house's own and stand here alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """One need. `element` is the path in the schema of the reporting API."""

    code: str
    points: int
    sentence: str
    element: str


_SUSPECT = "report/personOrUserReported"
NEEDS: tuple[Need, ...] = (
    Need(
        "identifier",
        30,
        "Nothing says which account or person it was. Without that nobody can be found.",
        f"{_SUSPECT}/espIdentifier, screenName, profileUrl",
    ),
    Need(
        "contact",
        10,
        "The account has no e-mail address and no telephone number. They are what leads beyond your service.",
        f"{_SUSPECT}/personOrUserReportedPerson/email, phone",
    ),
    Need(
        "ip",
        20,
        "There is no IP address. It tells the country, the provider and, with a request, the household.",
        f"{_SUSPECT}/ipCaptureEvent",
    ),
    Need(
        "ip_time",
        8,
        "The IP address has no time. Providers can only say who used an address at a moment.",
        f"{_SUSPECT}/ipCaptureEvent/dateTime",
    ),
    Need(
        "ip_port",
        5,
        "The IP address has no port. Thousands share an address, and only the port tells them apart.",
        f"{_SUSPECT}/ipCaptureEvent/port",
    ),
    Need(
        "ip_event",
        3,
        "It is not said what happened from the IP address: a log-in, an upload, a registration?",
        f"{_SUSPECT}/ipCaptureEvent/eventName",
    ),
    Need(
        "evidence",
        15,
        "There is no file, no message text, no address of a page and no description: nothing shows what happened.",
        "upload, or report/internetDetails/…/content, report/additionalInfo",
    ),
    Need(
        "child",
        8,
        "Nothing says which account or person the child is. Without that the child cannot be protected.",
        "report/victim, report/intendedRecipient",
    ),
    Need(
        "where",
        8,
        "It is not said where in your service it happened: a page, a chat, a mail, a call?",
        "report/internetDetails",
    ),
    Need(
        "place",
        5,
        "There is no place of anybody: no address and no estimate of your own.",
        f"{_SUSPECT}/estimatedLocation",
    ),
    Need(
        "incident_time_meaning",
        5,
        "The time of the incident stands without its meaning: sent, uploaded, found by you?",
        "report/incidentSummary/incidentDateTimeDescription",
    ),
    Need(
        "service",
        3,
        "It is not said which of your products it was.",
        f"{_SUSPECT}/espService, report/incidentSummary/platform",
    ),
    Need(
        "account_state",
        3,
        "It is not said whether you closed the account, or told its user. Police must know before they act.",
        f"{_SUSPECT}/accountPermanentlyDisabled, accountTemporarilyDisabled",
    ),
    Need(
        "company_contact",
        2,
        "Nobody is named whom police may ask.",
        "report/reporter/contactPerson",
    ),
    Need(
        "file_details",
        25,
        "Nothing is said about the file. Without that police need a warrant to open it.",
        "fileinfo",
    ),
    Need(
        "viewed_by_esp",
        12,
        "It is not said whether a person at your company looked at the file. Without that police need a warrant.",
        "fileDetails/fileViewedByEsp",
    ),
    Need(
        "file_time",
        5,
        "It is not said when the user uploaded the file.",
        "fileDetails/uploadedToEspTimestamp",
    ),
    Need(
        "file_ip",
        4,
        "It is not said from which IP address the file came.",
        "fileDetails/ipCaptureEvent",
    ),
    Need(
        "publicly_available",
        4,
        "It is not said whether the file was public. What was public needs no warrant.",
        "fileDetails/publiclyAvailable",
    ),
    Need(
        "file_name",
        2,
        "The name that the user gave the file is missing.",
        "fileDetails/originalFileName",
    ),
)
BY_CODE = {need.code: need for need in NEEDS}

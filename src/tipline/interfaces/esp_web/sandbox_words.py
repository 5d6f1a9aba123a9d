"""What the sandbox says: why a call was refused and what to do, what to send first, what to send next."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.cybertip.violations import Violation
from tipline.domain.report import Document
from tipline.interfaces.esp_web.conversation import Conversation
from tipline.platform.config import settings
from tipline.platform.processes.addresses import addresses_of
from tipline.stages.intake.sandbox import MOST_BODY, Call, Told

MOUNT = "/test/ispws"
CALLS = {
    "status": "Check the log-in",
    "xsd": "Get the schema",
    "submit": "Open a report",
    "upload": "Add a file",
    "fileinfo": "Describe a file",
    "finish": "Finish",
    "retract": "Withdraw",
    "other": "No call of ours",
}
BODY_NOTES = {
    "file": "The bytes of a file are never kept here; what stands below is all we noted of it.",
    "form": "A form: its fields stand below.",
    "not_xml": "The body does not begin with “<”, so it is no XML. It could be a file, so it is not kept.",
    "not_ours": "The outermost element is neither report nor fileDetails. It could be a file, so it is not kept.",
    "too_long": f"Bodies over {MOST_BODY // 1024} KiB are not kept here. What was wrong stands below all the same.",
    "no_log_in": "Where nobody is let in, nothing of the body is kept.",
}
_XML = '--header "Content-Type: text/xml; charset=utf-8" --data-binary'
_REASONS = {
    "wrong_secret": (
        "The user name is a live one of yours; the secret is not the one that belongs to it. "
        "A lost secret cannot be found again: make a new log-in under Credentials, then end this one."
    ),
    "production_name": (
        "This user name belongs to production. The test side has log-ins of its own: make one under Credentials. "
        "Secrets work on their own side alone."
    ),
}
_BY_CODE = {
    ResponseCode.VALIDATION_FAILED: "The document is XML, but not as the schema and its rules ask. "
    "Each thing is named below at its line, with what to do. Nothing was stored: mend it and send it again.",
    ResponseCode.MALFORMED_XML: "The document is not well-formed XML, so nothing could be read beyond that place. "
    "Often an & or < in text: write &amp; and &lt;. Nothing was stored.",
    ResponseCode.MALFORMED_FILE: "An upload is a multipart/form-data body with two fields: id, the report’s number, "
    "and file, with a file name. Nothing was stored.",
    ResponseCode.NO_SUCH_REPORT: "No report of this number is open for you on the test side. It may be of "
    "production, have lapsed (24 hours after it was opened, or one hour after its last change, whichever is later), "
    "or be mistyped.",
    ResponseCode.NO_SUCH_FILE: "The report has no file of this id. Use the fileId that the upload of this very report "
    "answered with.",
    ResponseCode.ALREADY_RETRACTED: "The report was withdrawn before. Open a new one.",
    ResponseCode.ALREADY_FINISHED: "The report was finished before, and that counts: nothing is lost. What comes to "
    "light later is sent as a new report that names this one in priorCTReports.",
    ResponseCode.UPDATE_FAILED: "This file was described before, and the first description counts. A file is described "
    "once.",
    ResponseCode.INVALID_REQUEST: "Something of the request itself is missing: what, stands in the answer below.",
}
_BY_STATUS = {
    405: "The path is right, the method is another one. It stands in the answer’s header Allow.",
    413: "An XML body may have 2 MB. Pictures and videos belong into an upload, not into the XML.",
    422: "The Idempotency-Key was used before with other bytes. The same key means: the very same call again.",
    429: "More calls than were agreed. Come back after the seconds in Retry-After; nothing was stored.",
    500: "This is our fault, not yours. Nothing was half-stored. Please tell us the Request-ID.",
    503: "We could not take it at that moment. Nothing was stored: send it again after the seconds in Retry-After.",
}

_STRANGE = re.compile(r"starting with element '([^']+)'\. One of '\{([^}]*)\}' is expected")
_SHORT = {
    405: "Wrong method",
    413: "Too large",
    422: "Key used for another call",
    429: "More calls than agreed",
    503: "Not at that moment",
}


def explain(call: Call, told: Told | None) -> str:
    """This function will say in a sentence or two why a call was refused, and what to do; empty where it was taken."""
    if call.is_good:
        return ""
    if told and told.reason:
        return _REASONS.get(told.reason, "")
    if call.code == ResponseCode.NOT_FOUND:
        return _no_path(told.path if told else "")
    if call.status in _BY_STATUS:
        return _BY_STATUS[call.status]
    return next((words for code, words in _BY_CODE.items() if code == call.code), "What was amiss stands below.")


def _no_path(path: str) -> str:
    name = path.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    near = get_close_matches(name, [one for one in CALLS if one != "other"], n=1)
    if near:
        return f"There is no such path. Did you mean {MOUNT}/{near[0]}?"
    return f"There is no such path. The calls are {', '.join(f'{MOUNT}/{one}' for one in CALLS if one != 'other')}."


def near(violation: Violation) -> str:
    """This function will name the element that was most likely meant, where one of another name was sent."""
    found = _STRANGE.search(violation.message)
    if found is None:
        return ""
    expected = {one.lower(): one for one in found[2].split(", ")}
    close = get_close_matches(found[1].lower(), expected, n=1, cutoff=0.75)
    return expected[close[0]] if close else ""


def outcome(call: Call) -> str:
    """This function will say how a call went, in a few words."""
    if call.is_good:
        return "Taken"
    if call.faults:
        return "1 thing to mend" if call.faults == 1 else f"{call.faults} things to mend"
    if call.status in _SHORT:
        return _SHORT[call.status]
    return next((code.meaning for code in ResponseCode if code == call.code), f"Status {call.status}")


@dataclass(frozen=True, slots=True)
class Step:
    """One command to copy, and what it does. `file` names a sample to download first."""

    title: str
    command: str
    file: str = ""
    note: str = ""


def host() -> str:
    """This function will give the address of the reporting API as companies reach it."""
    return settings().api_origin.rstrip("/") or addresses_of(settings()).esp_api


def _curl(user: str, rest: str, path: str) -> str:
    return f"curl --user {shlex.quote(user)} {rest}{' ' if rest else ''}{host()}{MOUNT}/{path}"


def first_steps(user: str) -> tuple[Step, ...]:
    """This function will give the five commands of a whole report. `user` is the name of a test log-in."""
    return (
        Step("Check the log-in", _curl(user, "", "status"), note="curl asks for the secret."),
        Step("Open a report", _curl(user, f"{_XML} @report.xml", "submit"), "report.xml"),
        Step("Add a file", _curl(user, "--form id=NUMBER --form file=@pattern.png", "upload"),
             note="NUMBER is the reportId of the answer before. Any harmless picture will do; never real material."),
        Step("Describe the file", _curl(user, f"{_XML} @details.xml", "fileinfo"), "details.xml",
             "Put reportId and fileId of the answers before into it."),
        Step("Finish", _curl(user, "--include --form id=NUMBER", "finish"),
             note="The answer’s header Report-Quality has the score."),
    )  # fmt: skip


def next_step(user: str, number: int, found: Conversation) -> Step | None:
    """This function will give the command that comes next for a report; None where it has ended."""
    if found.finished_at or found.retracted_at:
        return None
    file = found.undescribed
    if file is not None:
        whole = sample_details(number, file.file_id, file.sent.name, found.opened_at).decode()
        details = whole.partition("?>")[2].strip()  # a command line is easier to read without the declaration
        command = _curl(user, f"{_XML} {shlex.quote(details)}", "fileinfo")
        return Step("Say something about the file, then finish", command, note="Put in what is true of your file.")
    return Step("Finish it", _curl(user, f"--include --form id={number}", "finish"))


def sample_report(company: str, now: datetime) -> bytes:
    """This function will write a report about a made-up account that brings what an officer needs."""
    at = f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    event = {"ipAddress": "192.0.2.77", "eventName": "Login", "dateTime": at, "port": 51724}
    document: Document = {
        "incidentSummary": {
            "incidentType": "Online Enticement of Children for Sexual Acts",
            "platform": company[:256],
            "incidentDateTime": at,
            "incidentDateTimeDescription": "When the message was sent",
        },
        "internetDetails": [{"chatImIncident": {"chatClient": company[:100], "content": "A made-up message."}}],
        "reporter": {
            "reportingPerson": {"firstName": "Rae", "lastName": "Porter", "email": [{"#": "trust@example.com"}]}
        },
        "personOrUserReported": [
            {
                "personOrUserReportedPerson": {"email": [{"#": "made.up@example.net"}]},
                "espIdentifier": "test-user-77",
                "espService": company[:100],
                "screenName": "made_up_77",
                "ipCaptureEvent": [event],
            }
        ],
    }
    return render_report(document)


def sample_details(number: int, file_id: str, name: str, now: datetime) -> bytes:
    """This function will write the details of one made-up file."""
    details: Document = {
        "reportId": number,
        "fileId": file_id,
        "originalFileName": name or "pattern.png",
        "uploadedToEspTimestamp": f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
        "fileViewedByEsp": True,
        "publiclyAvailable": False,
    }
    return render_file_details(details)

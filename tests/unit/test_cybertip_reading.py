"""What a document says: people, identifiers, times, texts, and the reporter kept apart."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from tests.unit.cybertip_samples import NOW, report

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.parse import parse_report
from tipline.domain.cybertip.reading import (
    annotation_flags,
    escalation_reason,
    file_times,
    headline,
    incident_at,
    incident_label,
    incident_type,
    is_escalated,
    narratives,
    times,
)
from tipline.domain.cybertip.reading_identifiers import identifiers
from tipline.domain.cybertip.reading_people import (
    file_ip_event,
    ip_events,
    join_reporter,
    persons,
    split_reporter,
)
from tipline.domain.report import Document, IdentifierKind, PersonRole

MIDDLE = (
    "<internetDetails><webPageIncident><url>https://example.com/room</url></webPageIncident></internetDetails>"
    "<internetDetails><chatImIncident><content>hello there</content></chatImIncident></internetDetails>"
    "<internetDetails><cellPhoneIncident><phoneNumber>(520) 555-0142</phoneNumber></cellPhoneIncident>"
    "</internetDetails>"
    "<internetDetails><peer2peerIncident><ipCaptureEvent><ipAddress>198.51.100.9</ipAddress></ipCaptureEvent>"
    "</peer2peerIncident></internetDetails>"
)
TAIL = (
    "<personOrUserReported><personOrUserReportedPerson><firstName>Max</firstName><lastName>Example</lastName>"
    '<phone countryCallingCode="+1">520 555 0100</phone><email>Max@Example.com</email>'
    "<age>41</age></personOrUserReportedPerson><espIdentifier>00042</espIdentifier>"
    "<espService>Chat</espService><screenName>@Kite_Flyer</screenName><displayName>Kite</displayName>"
    "<profileUrl>https://www.example.com/kite/</profileUrl><profileBio>I fly kites</profileBio>"
    "<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress><eventName>Login</eventName>"
    "<dateTime>2026-02-19T23:30:00-07:00</dateTime><possibleProxy>true</possibleProxy><port>4444</port>"
    "</ipCaptureEvent><deviceId><idType>IMEI</idType><idValue>35-0000</idValue></deviceId>"
    "<priorCTReports>1001</priorCTReports><groupIdentifier>Group 9</groupIdentifier>"
    '<accountPermanentlyDisabled disabledDate="2026-02-21T00:00:00Z">true</accountPermanentlyDisabled>'
    "<estimatedLocation><region>FL</region><countryCode>US</countryCode></estimatedLocation>"
    '<associatedAccount type="Linked"><email>other@example.com</email><screenName>kite2</screenName>'
    "<priorCTReport>1002</priorCTReport></associatedAccount></personOrUserReported>"
    "<intendedRecipient><screenName>friend</screenName></intendedRecipient>"
    "<victim><victimPerson><age>12</age></victimPerson><screenName>child</screenName></victim>"
    "<additionalInfo>More</additionalInfo>"
)
EXTRA = (
    "<platform>Example Chat</platform><escalateToHighPriority>a child is in danger</escalateToHighPriority>"
    "<reportAnnotations><spam/><sextortion/></reportAnnotations>"
)


def document() -> Document:
    return parse_report(report(MIDDLE, extra=EXTRA, tail=TAIL), now=NOW)


def test_incident_and_urgency_are_read() -> None:
    held = document()
    assert incident_type(held) == "Online Enticement of Children for Sexual Acts"
    assert headline(held) == "Online enticement of a child, Example Chat"
    assert incident_at(held) == datetime(2026, 2, 20, 15, 30, tzinfo=UTC)
    assert is_escalated(held)
    assert escalation_reason(held) == "a child is in danger"
    assert annotation_flags(held) == ("sextortion", "spam")


def test_an_empty_document_reads_as_nothing_said() -> None:
    assert persons({}) == identifiers({}) == ip_events({}) == times({}) == narratives({}) == ()
    assert not is_escalated({})
    assert incident_label({}) == "Kind of incident not stated"


def test_an_old_constant_reads_as_today_s() -> None:
    held = document()
    held["incidentSummary"]["incidentType"] = "Child Sexual Molestation (not by family member)"
    assert incident_type(held) == "Child Sexual Molestation"


def test_no_label_says_what_only_the_wire_says() -> None:
    words = " ".join([*codes.INCIDENT_LABELS.values(), *codes.REPORT_FLAGS.values(), *codes.FILE_FLAGS.values()])
    assert "pornograph" not in words.casefold()


def test_everybody_is_found_in_their_role() -> None:
    found = persons(document())
    assert [(one.role, one.associated) for one in found] == [
        (PersonRole.SUSPECT, False),
        (PersonRole.SUSPECT, True),
        (PersonRole.RECIPIENT, False),
        (PersonRole.VICTIM, False),
        (PersonRole.REPORTER, False),
    ]
    suspect = found[0]
    assert suspect.path == "/report/personOrUserReported[1]"
    assert (suspect.name, suspect.age, suspect.esp_identifier) == ("Max Example", 41, "00042")
    assert suspect.phones == ("+1 520 555 0100",)
    assert suspect.estimated_location == {"region": "FL", "countryCode": "US"}
    assert (suspect.prior_reports, found[1].prior_reports) == ((1001,), (1002,))
    assert found[-1].emails == ("trust@example.com",)


def test_identifiers_are_normalised_with_role_path_and_time() -> None:
    found = {(one.kind, one.role, one.value): one for one in identifiers(document())}
    suspect, kind = PersonRole.SUSPECT, IdentifierKind
    expected = {
        (kind.NAME, suspect, "max example"),
        (kind.HANDLE, suspect, "kite_flyer"),
        (kind.ESP_ACCOUNT, suspect, "00042"),
        (kind.GROUP, suspect, "group 9"),
        (kind.EMAIL, suspect, "max@example.com"),
        (kind.EMAIL, suspect, "other@example.com"),
        (kind.URL, suspect, "example.com/kite"),
        (kind.URL, suspect, "example.com/room"),
        (kind.IP, suspect, "192.0.2.7"),
        (kind.IP, suspect, "198.51.100.9"),
        (kind.DEVICE, suspect, "350000"),
        (kind.PRIOR_REPORT, suspect, "1001"),
        (kind.HANDLE, PersonRole.VICTIM, "child"),
        (kind.EMAIL, PersonRole.REPORTER, "trust@example.com"),
    }
    assert expected <= found.keys()
    login = found[kind.IP, suspect, "192.0.2.7"]
    assert login.at == datetime(2026, 2, 20, 6, 30, tzinfo=UTC)
    assert login.path == "/report/personOrUserReported[1]/ipCaptureEvent[1]"


def test_ip_events_keep_what_was_sent_of_them() -> None:
    login, shared = ip_events(document())
    assert (login.event_name, login.possible_proxy, login.port) == ("Login", True, 4444)
    assert (shared.at, shared.role) == (None, PersonRole.SUSPECT)
    upload = file_ip_event({"ipCaptureEvent": {"ipAddress": "192.0.2.8"}})
    assert upload is not None
    assert upload.address == "192.0.2.8"
    assert file_ip_event({}) is None


def test_times_come_in_order_with_their_meaning_and_zone() -> None:
    assert [(fact.meaning, fact.zone) for fact in times(document())] == [
        ("Login (IP address)", "-07:00"),
        ("Incident", "-07:00"),
        ("Account disabled", "Z"),
    ]
    (upload,) = file_times({"uploadedToEspTimestamp": "2026-01-01T00:00:00Z"})
    assert upload.meaning == "File uploaded by the user"


def test_free_texts_come_with_what_they_are_about() -> None:
    assert [(text.label, text.text) for text in narratives(document())] == [
        ("Why it is urgent", "a child is in danger"),
        ("Message text", "hello there"),
        ("Profile text", "I fly kites"),
        ("Further information", "More"),
    ]


def test_the_reporter_can_be_parted_and_joined() -> None:
    held = document()
    held["reporter"]["companyTemplate"] = "We are a company."
    before = copy.deepcopy(held)
    rest, reporter = split_reporter(held)
    assert held == before
    assert rest["reporter"] == {"reportingPerson": {}, "companyTemplate": "We are a company."}
    assert "trust@example.com" not in str(rest)
    assert join_reporter(rest, reporter) == before
    assert list(join_reporter(rest, reporter)) == list(before)
    assert all(one.role is not PersonRole.REPORTER for one in persons(rest))

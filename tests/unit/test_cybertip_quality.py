"""The quality of a report: every need can be open and be met, and what meets all of them has all points."""

from __future__ import annotations

from typing import Any

import pytest

from tipline.domain.cybertip.needs import NEEDS
from tipline.domain.cybertip.quality import Missing, file_lacks, grade, product_of, report_lacks
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT

ENTICEMENT = "Online Enticement of Children for Sexual Acts"
EVENT = {"ipAddress": "192.0.2.1", "dateTime": "2026-02-20T08:30:00Z", "port": 4711, "eventName": "Upload"}
WHOLE: dict[str, Any] = {
    "incidentSummary": {
        "incidentType": ENTICEMENT,
        "platform": "Example Chat",
        "incidentDateTime": "2026-02-20T08:30:00Z",
        "incidentDateTimeDescription": "When the message was sent",
    },
    "internetDetails": [{"chatImIncident": {"chatClient": "Example", "content": "a message"}}],
    "reporter": {"reportingPerson": {}, "contactPerson": {"lastName": "Porter"}},
    "personOrUserReported": [
        {
            "personOrUserReportedPerson": {"email": [{"#": "a@example.com"}]},
            "espIdentifier": "1",
            "ipCaptureEvent": [EVENT],
            "accountPermanentlyDisabled": {"#": True},
            "estimatedLocation": {"countryCode": "US"},
        }
    ],
    "victim": [{"victimPerson": {}, "screenName": "child"}],
}
DETAILS: dict[str, Any] = {
    "fileViewedByEsp": True,
    "publiclyAvailable": False,
    "uploadedToEspTimestamp": "2026-02-20T08:30:00Z",
    "ipCaptureEvent": EVENT,
    "originalFileName": "x.png",
}


def with_(**changed: Any) -> dict[str, Any]:
    return {**WHOLE, **changed}


def suspect(**changed: Any) -> dict[str, Any]:
    return with_(personOrUserReported=[{**WHOLE["personOrUserReported"][0], **changed}])


def summary(name: str) -> dict[str, Any]:
    return with_(incidentSummary={key: value for key, value in WHOLE["incidentSummary"].items() if key != name})


def without_suspect(*names: str) -> dict[str, Any]:
    kept = {key: value for key, value in WHOLE["personOrUserReported"][0].items() if key not in names}
    return with_(personOrUserReported=[kept])


def event(name: str) -> dict[str, Any]:
    return suspect(ipCaptureEvent=[{key: value for key, value in EVENT.items() if key != name}])


OPEN_IN_REPORT = {
    "identifier": without_suspect("personOrUserReportedPerson", "espIdentifier"),
    "contact": without_suspect("personOrUserReportedPerson"),
    "ip": without_suspect("ipCaptureEvent"),
    "ip_time": event("dateTime"),
    "ip_port": event("port"),
    "ip_event": event("eventName"),
    "evidence": with_(
        incidentSummary={k: v for k, v in WHOLE["incidentSummary"].items() if k != "incidentDateTimeDescription"}
        | {"incidentDateTimeDescription": " "},
        internetDetails=[{"chatImIncident": {"chatClient": "Example"}}],
    ),
    "child": with_(victim=[]),
    "where": with_(internetDetails=[]),
    "place": without_suspect("estimatedLocation"),
    "incident_time_meaning": summary("incidentDateTimeDescription"),
    "service": summary("platform"),
    "account_state": without_suspect("accountPermanentlyDisabled"),
    "company_contact": with_(reporter={"reportingPerson": {}}),
}
OPEN_IN_FILE = {
    "viewed_by_esp": "fileViewedByEsp",
    "publicly_available": "publiclyAvailable",
    "file_time": "uploadedToEspTimestamp",
    "file_ip": "ipCaptureEvent",
    "file_name": "originalFileName",
}


def test_what_meets_every_need_has_all_points() -> None:
    found = grade(report_lacks(WHOLE), [file_lacks(DETAILS)])
    assert (found.score, found.missing, found.header()) == (100, (), "100")


@pytest.mark.parametrize("code", OPEN_IN_REPORT)
def test_each_need_of_a_report_is_seen_open(code: str) -> None:
    assert code in report_lacks(OPEN_IN_REPORT[code])
    assert code not in report_lacks(WHOLE)


@pytest.mark.parametrize("code", OPEN_IN_FILE)
def test_each_need_of_a_file_is_seen_open(code: str) -> None:
    assert file_lacks({key: value for key, value in DETAILS.items() if key != OPEN_IN_FILE[code]}) == (code,)


def test_every_need_is_asked_somewhere_and_names_an_element_of_the_schema() -> None:
    assert {need.code for need in NEEDS} == {*OPEN_IN_REPORT, *OPEN_IN_FILE, "file_details"}
    known = {child.name for table in (REPORT, FILE_DETAILS) for child in table.children}
    for need in NEEDS:
        first = need.element.replace("upload, or ", "").replace(",", "/").split("/")
        assert first[0] == "fileinfo" or first[1] in known, need


def test_a_thin_report_loses_nearly_everything_and_never_more_than_all() -> None:
    thin = {"incidentSummary": {"incidentType": ENTICEMENT}, "reporter": {"reportingPerson": {}}}
    assert grade(report_lacks(thin), []).score < 10
    assert grade([need.code for need in NEEDS], [None]).score == 0


def test_a_thing_that_some_files_lack_costs_its_share() -> None:
    found = grade((), [None, (), (), ()])
    assert found.missing == (Missing("file_details", 1, 4),)
    assert found.score == 100 - 7  # a quarter of 25, rounded up
    assert found.header() == '93; missing="file_details"'


def test_a_file_shows_what_happened_and_from_which_address() -> None:
    codes = [one.code for one in grade(("ip", "evidence"), [file_lacks(DETAILS)]).missing]
    assert codes == []
    codes = [one.code for one in grade(("ip", "evidence"), [None]).missing]
    assert codes == ["file_details", "ip"]


def test_one_whole_address_is_enough_and_ipv6_needs_no_port() -> None:
    assert "ip_port" not in report_lacks(suspect(ipCaptureEvent=[{"ipAddress": "192.0.2.9"}, EVENT]))
    alone = [{**{k: v for k, v in EVENT.items() if k != "port"}, "ipAddress": "2001:db8::1"}]
    assert "ip_port" not in report_lacks(suspect(ipCaptureEvent=alone))


def test_of_a_batch_only_what_a_batch_may_say_is_asked() -> None:
    batch = {
        "batchedReport": {"@reason": "VIRAL_POTENTIAL_MEME"},
        "incidentSummary": {"incidentType": ENTICEMENT},
        "reporter": {"reportingPerson": {}},
        "personOrUserReported": [{"espIdentifier": "1"}, {"espIdentifier": "2"}],
    }
    assert report_lacks(batch) == ()
    assert file_lacks({"fileViewedByEsp": True}, is_batch=True) == ("publicly_available", "file_time")
    assert report_lacks({**batch, "personOrUserReported": [{"espIdentifier": "1"}, {}]}) == ("identifier",)


def test_the_product_is_the_service_or_the_platform_or_else_the_kind_of_incident() -> None:
    assert product_of(suspect(espService=" Photo  Sharing ")) == "Photo Sharing"
    assert product_of(WHOLE) == "Example Chat"
    assert product_of(summary("platform")) == "Online enticement of a child"

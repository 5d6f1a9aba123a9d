"""The schema from the tables: what real clients send is valid, what the tables do not know is not."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.unit.cybertip_samples import NOW, REPORTER, file_details, report, suspect

from tipline.domain.cybertip import codes
from tipline.domain.cybertip.parse import ParseOptions, parse_file_details, parse_report
from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.cybertip.violations import Violation, ViolationError, describe
from tipline.domain.cybertip.xsd import render_xsd

XS = "{http://www.w3.org/2001/XMLSchema}"


def violations(raw: bytes) -> tuple[Violation, ...]:
    with pytest.raises(ViolationError) as caught:
        parse_report(raw, now=NOW)
    return caught.value.violations


def flags(inner: str) -> bytes:
    return report(extra=f"<reportAnnotations>{inner}</reportAnnotations>")


def test_the_schema_is_a_schema_without_wildcards_and_without_a_namespace() -> None:
    tree = etree.fromstring(render_xsd().encode())
    etree.XMLSchema(tree)
    assert tree.get("targetNamespace") is None
    assert not tree.findall(f".//{XS}any")
    assert not tree.findall(f".//{XS}anyAttribute")
    assert [node.get("name") for node in tree.findall(f"{XS}element")] == [
        "report",
        "fileDetails",
        "reportResponse",
        "reportDoneResponse",
    ]


def test_the_closed_lists_have_the_documented_sizes() -> None:
    assert len(set(codes.STATES)) == len(codes.STATES) == 54
    assert len(set(codes.COUNTRIES)) == len(codes.COUNTRIES) == 257
    assert len(codes.INCIDENT_TYPES) == 8


@pytest.mark.parametrize("name", codes.INCIDENT_TYPES + tuple(codes.INCIDENT_ALIASES))
def test_every_incident_type_is_valid(name: str) -> None:
    raw = report().replace(b"Online Enticement of Children for Sexual Acts", name.encode())
    assert parse_report(raw, now=NOW)["incidentSummary"]["incidentType"] == name


def test_the_enticement_constant_without_its_last_letter_is_refused() -> None:
    raw = report().replace(b"Sexual Acts<", b"Sexual Act<")
    (found,) = violations(raw)
    assert found.code is ResponseCode.VALIDATION_FAILED
    assert found.message.startswith("cvc-enumeration-valid: ")
    assert found.path == "/report/incidentSummary/incidentType"


@pytest.mark.parametrize("inner", ["", "<spam/>", "<spam></spam>", "<spam>true</spam>", "<spam>1</spam>"])
def test_annotations_are_presence_flags_and_may_be_empty(inner: str) -> None:
    held = parse_report(flags(inner), now=NOW)["incidentSummary"]["reportAnnotations"]
    assert held == ({"spam": True} if inner else {})


def test_all_eight_annotations_stand_in_any_order() -> None:
    inner = "".join(f"<{flag}/>" for flag in reversed(codes.REPORT_FLAGS))
    held = parse_report(flags(inner), now=NOW)["incidentSummary"]["reportAnnotations"]
    assert list(held) == list(codes.REPORT_FLAGS)


@pytest.mark.parametrize("inner", ["<spam>false</spam>", "<spam>0</spam>", "<spam/><spam/>", "<unknown/>"])
def test_a_flag_is_true_once_or_not_there(inner: str) -> None:
    assert violations(flags(inner))[0].code is ResponseCode.VALIDATION_FAILED


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (report("<internetDetails/>"), "cvc-complex-type.2.4.b: The content of element 'internetDetails'"),
        (
            report("<strange/>"),
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'strange'",
        ),
        (
            report(tail="<victim/>"),
            "cvc-complex-type.2.4.b: The content of element 'victim' is not complete.",
        ),
        (
            report(before="<batchedReport/>"),
            "cvc-complex-type.4: Attribute 'reason' must appear on element 'batchedReport'.",
        ),
        (report(tail="<additionalInfo lang='en'/>"), "cvc-"),
        (report(reporter=""), "cvc-complex-type.2.4"),
        (
            report(tail=suspect("<compromisedAccount>maybe</compromisedAccount>")),
            "cvc-datatype-valid.1.2.1: ",
        ),
        (b"<fileDetails/>", "cvc-elt.1: Cannot find the declaration of element 'fileDetails'."),
        (b'<report xmlns="urn:x"/>', "cvc-elt.1: Cannot find the declaration of element"),
    ],
)
def test_structure_is_checked_in_the_words_that_clients_know(raw: bytes, message: str) -> None:
    found = violations(raw)
    assert any(one.message.startswith(message) for one in found), found


def test_two_incident_kinds_in_one_internet_details_are_refused() -> None:
    both = "<internetDetails><webPageIncident/><chatImIncident/></internetDetails>"
    assert violations(report(both))
    apart = both.replace("/><", "/></internetDetails><internetDetails><", 1)
    assert len(parse_report(report(apart), now=NOW)["internetDetails"]) == 2


def test_additions_of_2026_stand_in_their_place() -> None:
    person = "<age>40</age><ageAssertionDiscrepancy>true</ageAssertionDiscrepancy><dateOfBirth>1986-01-02</dateOfBirth>"
    account = (
        '<associatedAccount type="Linked"><approximateAge>40</approximateAge>'
        "<ageAssertionDiscrepancy>1</ageAssertionDiscrepancy></associatedAccount>"
    )
    raw = suspect(f"<personOrUserReportedPerson>{person}</personOrUserReportedPerson>{account}")
    held = parse_report(report(tail=raw), now=NOW)["personOrUserReported"][0]
    assert held["personOrUserReportedPerson"]["ageAssertionDiscrepancy"] is True
    assert held["associatedAccount"][0]["ageAssertionDiscrepancy"] is True


def test_deviations_of_a_real_client_are_tolerated() -> None:
    police = '<lawEnforcement fleaCountry="MX"><agencyName>A</agencyName></lawEnforcement>'
    account = '<associatedAccount accountType="Linked" thirdPartyUser="true"/>'
    document = parse_report(report(police, tail=suspect(account)), now=NOW)
    assert document["lawEnforcement"]["@fleaCountry"] == "MX"
    pair = '<details><nameValuePair type="EXIF"><name>a</name><value>b</value></nameValuePair></details>'
    assert parse_file_details(file_details(pair), now=NOW)["details"][0]["nameValuePair"][0]["@type"] == "EXIF"


def test_a_minimal_report_of_a_real_client_passes_once_its_sender_may_leave_out_the_address() -> None:
    web = "<internetDetails><webPageIncident><url>bad1.example.com</url></webPageIncident></internetDetails>"
    place = "<cellPhoneIncident><latitude>-123.456</latitude></cellPhoneIncident>"
    phone = f"<internetDetails>{place}</internetDetails>"
    reporter = "<reporter><reportingPerson></reportingPerson></reporter>"
    raw = report(web + phone, reporter=reporter)
    document = parse_report(raw, now=NOW, options=ParseOptions(reporter_email_required=False))
    assert document["reporter"] == {"reportingPerson": {}}
    assert document["internetDetails"][1]["cellPhoneIncident"]["latitude"] == "-123.456"
    assert violations(raw)[0].message == "The reporting person has no e-mail address."


def test_digits_keep_their_zeros_and_states_may_be_empty() -> None:
    person = (
        "<personOrUserReportedPerson><address><zipCode>00501</zipCode><state></state><country/></address>"
        "</personOrUserReportedPerson><espIdentifier>00042</espIdentifier>"
    )
    held = parse_report(report(tail=suspect(person)), now=NOW)["personOrUserReported"][0]
    assert held["espIdentifier"] == "00042"
    assert held["personOrUserReportedPerson"]["address"] == [{"zipCode": "00501", "state": "", "country": ""}]


def test_one_line_bodies_get_the_column_of_each_wrong_element() -> None:
    person = suspect("<vehicleDescription>é𝄞</vehicleDescription><espService>x</espService><screenName>1</screenName>")
    wrong = "<victim><victimPerson/><ipCaptureEvent><ipAddress>here</ipAddress></ipCaptureEvent></victim>"
    raw = report(tail=person + wrong + "<victim/><victim/>")
    text = raw.decode()
    places = [(found.line, found.column) for found in violations(raw)]
    first = text.index("<victim/>") + 1
    assert places == [(1, text.index("<ipAddress>") + 1), (1, first), (1, first + len("<victim/>"))]


def test_many_lines_get_the_line_and_the_column() -> None:
    raw = report(tail="<victim/>").replace(b"<victim/>", b"\r\n\n   <victim/>")
    assert [(found.line, found.column) for found in violations(raw)] == [(3, 4)]


def test_everything_wrong_is_told_at_once_in_the_documented_form() -> None:
    raw = report(
        extra="<escalateToHighPriority> </escalateToHighPriority>",
        reporter=REPORTER.replace("trust@example.com", "nobody"),
        tail="<victim/>",
    )
    found = violations(raw)
    assert len(found) == 3
    heading, *lines = describe(found).split("\n")
    assert heading == "Validation failed"
    assert lines[0].startswith("[1,")
    assert lines[0].endswith("] - The value is blank.")
    assert lines[1] == "At /report/incidentSummary/escalateToHighPriority: Send a value, or leave the element out."
    assert len(lines) == 6


def test_a_huge_wrong_value_is_not_sent_back_whole() -> None:
    raw = report().replace(b"Online Enticement of", b"x" * 100_000)
    assert len(describe(violations(raw))) < 1000


def test_a_flood_of_errors_is_told_in_part_and_counted() -> None:
    with pytest.raises(ViolationError) as caught:
        parse_report(report(tail="<victim/>" * 30_000), now=NOW)
    assert len(caught.value.violations) == 100
    assert caught.value.sentence.endswith("and 29900 more")


def test_a_long_report_with_few_errors_names_their_places() -> None:
    tail = "<victim><victimPerson/></victim>" * 3_000 + "<victim/>"
    raw = report(tail=tail)
    (found,) = violations(raw)
    assert found.path == "/report/victim[3001]"
    assert found.column == raw.index(b"<victim/>") + 1
    assert len(parse_report(raw.replace(b"<victim/>", b""), now=NOW)["victim"]) == 3_000

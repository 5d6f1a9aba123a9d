"""The business rules: each refuses what it names, and lets the nearest allowed thing pass."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.cybertip_samples import NOW, REPORTER, file_details, report, suspect

from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.rules import ParseOptions, check_file_count, check_report
from tipline.domain.cybertip.rules_values import is_email, is_ip, is_url
from tipline.domain.cybertip.violations import Findings, ViolationError

SOON = (NOW + timedelta(minutes=4)).isoformat()
LATER = (NOW + timedelta(minutes=6)).isoformat()
BATCH = '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>'


def person(inner: str) -> str:
    return suspect(f"<personOrUserReportedPerson>{inner}</personOrUserReportedPerson>")


def event(inner: str) -> str:
    return suspect(f"<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress>{inner}</ipCaptureEvent>")


def device(kind: str, value: str) -> str:
    return suspect(f"<deviceId><idType>{kind}</idType><idValue>{value}</idValue></deviceId>")


def located(inner: str) -> str:
    return suspect(f"<estimatedLocation>{inner}</estimatedLocation>")


def disabled(attributes: str) -> str:
    return suspect(f"<accountTemporarilyDisabled {attributes}>true</accountTemporarilyDisabled>")


def account(inner: str, attributes: str = 'type="Linked"') -> str:
    return suspect(f"<associatedAccount {attributes}>{inner}</associatedAccount>")


D1, D2, D3 = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-12-24T00:00:00Z")

FINE = {
    "now and a little": event(f"<dateTime>{SOON}</dateTime>"),
    "nanoseconds": event("<dateTime>2026-01-01T10:00:00.123456789Z</dateTime>"),
    "midnight of the day before": event("<dateTime>2026-01-01T24:00:00Z</dateTime>"),
    "longest name": person(f"<firstName>{'n' * 100}</firstName>"),
    "port": event("<port>65535</port>"),
    "oldest age": person("<age>150</age>"),
    "verified address": person(f'<email verified="true" verificationDate="{D1}">a@example.com</email>'),
    "calling code apart": person('<phone countryCallingCode="+52" extension="12">555-0100</phone>'),
    "US place": located("<city>Example</city><region>FL</region><countryCode>US</countryCode>"),
    "place abroad": located("<city>Example</city><countryCode>DE</countryCode>"),
    "dates in order": disabled(f'disabledDate="{D1}" userNotifiedDate="{D1}" userNotified="true" reenabledDate="{D3}"'),
    "born today": person("<dateOfBirth>2026-03-01</dateOfBirth>"),
    "account type under its other name": account("", 'accountType="Parent/Guardian"'),
}

WRONG = {
    "future time": (event(f"<dateTime>{LATER}</dateTime>"), "future"),
    "no zone": (event("<dateTime>2026-01-01T10:00:00</dateTime>"), "no time zone"),
    "year beyond": (event("<dateTime>12026-01-01T10:00:00Z</dateTime>"), "not a valid value for 'dateTime'"),
    "name too long": (person(f"<firstName>{'n' * 101}</firstName>"), "longer than 100"),
    "no address": (event("").replace("192.0.2.7", "192.0.2.700"), "IP address"),
    "blank address": (event("").replace("192.0.2.7", " "), "IP address"),
    "port": (event("<port>0</port>"), "out of range"),
    "age": (person("<age>151</age>"), "out of range"),
    "born tomorrow": (person("<dateOfBirth>2026-03-03</dateOfBirth>"), "future"),
    "address": (person("<email>nobody</email>"), "e-mail"),
    "verified when, but not verified": (
        person(f'<email verificationDate="{D1}">a@example.com</email>'),
        "verified is not true",
    ),
    "calling code": (person('<phone countryCallingCode="52">555-0100</phone>'), "wrong form"),
    "calling code twice": (person('<phone countryCallingCode="+52">+52 555-0100</phone>'), "calling code"),
    "extension": (person('<phone extension="x1">555-0100</phone>'), "wrong form"),
    "device type": (device(" ", "1"), "blank"),
    "device value": (device("IMEI", ""), "blank"),
    "no country": (located("<city>Example</city>"), "countryCode"),
    "no state": (located("<city>Example</city><countryCode>US</countryCode>"), "without its state"),
    "no such state": (located("<region>Florida</region><countryCode>US</countryCode>"), "state code"),
    "told before": (disabled(f'disabledDate="{D2}" userNotifiedDate="{D1}"'), "userNotifiedDate"),
    "enabled before": (disabled(f'disabledDate="{D2}" reenabledDate="{D2}"'), "reenabledDate"),
    "disabled in the future": (disabled(f'disabledDate="{D3}"'), "future"),
    "enabled without a zone": (disabled('reenabledDate="2026-12-24T00:00:00"'), "time zone"),
    "no account type": (account("", ""), "'type' must appear"),
    "age and birthday": (
        account("<approximateAge>9</approximateAge><dateOfBirth>2016-01-01</dateOfBirth>"),
        "exclude each other",
    ),
    "two people": (suspect("") * 2, "Only a batch"),
    "profile URL": (suspect("<profileUrl>not a url</profileUrl>"), "not a URL"),
    "latitude": (
        "<internetDetails><cellPhoneIncident><latitude>NaN</latitude></cellPhoneIncident></internetDetails>",
        "wrong form",
    ),
}


def messages(raw: bytes) -> list[str]:
    with pytest.raises(ViolationError) as caught:
        parse_report(raw, now=NOW)
    assert {int(found.code) for found in caught.value.violations} == {4100}
    return [found.message for found in caught.value.violations]


@pytest.mark.parametrize("tail", FINE.values(), ids=FINE.keys())
def test_what_the_rules_allow_is_read(tail: str) -> None:
    assert parse_report(report(tail=tail), now=NOW)


@pytest.mark.parametrize(("tail", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_a_rule_forbids_is_named_once(tail: str, message: str) -> None:
    raw = report(tail) if tail.startswith("<internet") else report(tail=tail)
    (found,) = messages(raw)
    assert message in found


def test_an_incident_address_must_be_one_of_the_people_s() -> None:
    address = "<emailAddress>One@Example.com</emailAddress>"
    details = f"<internetDetails><emailIncident>{address}</emailIncident></internetDetails>"
    assert "not given on" in messages(report(details))[0]
    assert parse_report(report(details, tail=person("<email>one@example.com</email>")), now=NOW)


def test_a_batch_names_many_accounts_and_nothing_else() -> None:
    accounts = suspect("<espIdentifier>1</espIdentifier>") + suspect("<espIdentifier>2</espIdentifier>")
    document = parse_report(report(before=BATCH, tail=accounts), now=NOW)
    assert len(document["personOrUserReported"]) == 2
    raw = report(
        "<internetDetails><webPageIncident/></internetDetails>"
        "<lawEnforcement><agencyName>A</agencyName></lawEnforcement>",
        before=BATCH,
        extra="<escalateToHighPriority>now</escalateToHighPriority>",
        tail=suspect("<screenName>x</screenName>")
        + "<intendedRecipient/><victim><victimPerson/></victim><additionalInfo>x</additionalInfo>",
    )
    assert len(messages(raw)) == 7


def test_a_batch_has_at_most_one_file() -> None:
    batch = parse_report(report(before=BATCH), now=NOW)
    assert check_file_count(batch, 1) == []
    assert len(check_file_count(batch, 2)) == 1
    assert check_file_count(parse_report(report(), now=NOW), 9) == []


def test_a_document_of_another_door_is_checked_by_the_same_rules() -> None:
    document = {"incidentSummary": {"incidentDateTime": LATER}, "reporter": {"reportingPerson": {}}}
    found = Findings()
    check_report(document, found, now=NOW)
    assert len(found.violations) == 2
    found = Findings()
    check_report(document, found, now=NOW, options=ParseOptions(reporter_email_required=False))
    assert len(found.violations) == 1


SUPPLEMENTAL = "<fileRelevance>Supplemental Reported</fileRelevance>"
ANNOTATED = "<fileAnnotations><viral/></fileAnnotations>"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<fileAnnotations/>",
        "<fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>",
        "<exifViewedByEsp>false</exifViewedByEsp>",
        "<potentialMeme>true</potentialMeme>",
        "<publiclyAvailable>1</publiclyAvailable><fileRelevance>Supplemental Reported</fileRelevance>" + ANNOTATED,
        "<industryClassification>B2</industryClassification>",
    ],
)
def test_ordinary_file_details_are_read(inner: str) -> None:
    assert parse_file_details(file_details(inner), now=NOW)["reportId"] == 7


@pytest.mark.parametrize(
    "inner",
    [
        "<exifViewedByEsp>true</exifViewedByEsp>",
        "<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>",
        "<potentialMeme>true</potentialMeme><fileAnnotations/>",
        SUPPLEMENTAL + "<potentialMeme>true</potentialMeme>",
        SUPPLEMENTAL + "<fileAnnotations><potentialMeme/></fileAnnotations>",
        SUPPLEMENTAL + "<industryClassification>A1</industryClassification>",
        "<originalFileHash>ab</originalFileHash>",
        f'<originalFileHash hashType="{"M" * 65}">ab</originalFileHash>',
        "<details/>",
        f"<uploadedToEspTimestamp>{LATER}</uploadedToEspTimestamp>",
    ],
)
def test_file_details_against_a_rule_are_refused(inner: str) -> None:
    with pytest.raises(ViolationError) as caught:
        parse_file_details(file_details(inner), now=NOW)
    assert len(caught.value.violations) == 1


def test_a_blank_file_id_is_refused() -> None:
    with pytest.raises(ViolationError):
        parse_file_details(file_details().replace(b"a1b2", b"  "), now=NOW)


def test_the_file_of_a_batch_is_viral_or_a_meme_and_little_else() -> None:
    assert parse_file_details(file_details(ANNOTATED), now=NOW, batched=True)
    classified = "<industryClassification>A1</industryClassification>"
    assert parse_file_details(file_details(ANNOTATED + classified), now=NOW, batched=True)
    wrong = (
        "<originalFileName>a.jpg</originalFileName><locationOfFile>https://example.com/a</locationOfFile>"
        "<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations><infant/></fileAnnotations>"
        '<originalFileHash hashType="MD5">ab</originalFileHash>'
        "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent>"
        "<deviceId><idType>IMEI</idType><idValue>1</idValue></deviceId>"
        "<details><nameValuePair><name>a</name><value>b</value></nameValuePair></details>"
        "<additionalInfo>x</additionalInfo>"
    )
    with pytest.raises(ViolationError) as caught:
        parse_file_details(file_details(wrong), now=NOW, batched=True)
    assert len(caught.value.violations) == 10


@pytest.mark.parametrize("text", ["a@example.com", "a.b+c@sub.example.com", '"odd one"@example.com', "ü@exämple.com"])
def test_addresses_in_use_are_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@example.com", "a@", "a b@example.com", "a@b@c", "a@-x.com", "x" * 65 + "@a.b"]
)
def test_other_texts_are_no_addresses(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a?b=c",
        "bad1.example.com",
        "example.com:8080/x",
        "magnet:?xt=urn:x",
        "192.0.2.1/a",
    ],
)
def test_urls_with_and_without_a_scheme_are_urls(text: str) -> None:
    assert is_url(text)


@pytest.mark.parametrize("text", ["", " ", "two words", "word", "https://", "http://[bad", "a\u0085b.example"])
def test_other_texts_are_no_urls(text: str) -> None:
    assert not is_url(text)


@pytest.mark.parametrize("text", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", " 192.0.2.1 "])
def test_addresses_of_both_families_are_taken(text: str) -> None:
    assert is_ip(text)


def test_the_reporter_s_address_is_asked_for_once() -> None:
    bare = REPORTER.replace("<email>trust@example.com</email>", "")
    assert messages(report(reporter=bare)) == ["The reporting person has no e-mail address."]

"""The form made of the schema: it has a place for every element, and what is typed there comes out as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.cybertip_samples import NOW

from tipline.domain.cybertip.drafting import document_of, missing_of, moment_of, posted
from tipline.domain.cybertip.grammar import ElementTable, Simple
from tipline.domain.cybertip.outline import Box, Field, ident_of, outline, same
from tipline.domain.cybertip.parse import parse_file_details, parse_report
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT
from tipline.domain.cybertip.violations import ViolationError

BY_ELEMENT = {
    "email": "a@example.com",
    "emailAddress": "a@example.com",
    "ipAddress": "192.0.2.1",
    "countryCallingCode": "+1",
    "extension": "12",
    "latitude": "1.5",
    "longitude": "-1.5",
    "url": "https://example.com/",
    "profileUrl": "https://example.com/u",
    "legalURL": "https://example.com/legal",
    "locationOfFile": "https://example.com/f",
    "region": "AZ",
    "countryCode": "US",
    "verified": "true",
    "reenabledDate": "2026-02-21T08:30:00Z",
}
BY_KIND = {"number": "7", "moment": "2026-02-20T08:30:00Z", "date": "2020-02-20", "tick": "true"}
# Not both at once, by the rules; a batch is another kind of report and not written by hand.
LEFT_OUT = ("approximateAge", "potentialMeme", "batchedReport", "industryClassification")


def fields_of(box: Box) -> Iterator[Field]:
    yield from box.fields
    for inner in box.boxes:
        yield from fields_of(inner)


def typed(field: Field) -> str:
    if field.element in BY_ELEMENT:
        return BY_ELEMENT[field.element]
    return field.choices[0][0] if field.choices else BY_KIND.get(field.kind, "x")


def everything(table: ElementTable, root: str) -> dict[str, str]:
    box = outline(table, root, {}, {})
    left_out = {field.name for field in fields_of(box) if any(f"/{one}" in field.name for one in LEFT_OUT)}
    return {field.name: typed(field) for field in fields_of(box) if field.name not in left_out}


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(name for inner in value.values() for name in names_in(inner))}
    return {name for inner in value for name in names_in(inner)} if isinstance(value, list) else set()


def names_of(table: ElementTable, seen: set[str]) -> set[str]:
    if table.name in seen:
        return set()
    seen.add(table.name)
    found = {f"@{one.name}" for one in table.attributes if not one.tolerated}
    for child in table.children:
        found |= {child.name} | (set() if isinstance(child.kind, Simple) else names_of(child.kind, seen))
    return found


def test_a_report_with_everything_typed_passes_the_intakes_own_checks() -> None:
    values = posted(everything(REPORT, "report").items(), "report", REPORT)
    document = document_of(values, REPORT, "report")
    assert parse_report(render_report(document), now=NOW) == document
    wanted = names_of(REPORT, set()) - {"approximateAge", "batchedReport", "@reason"}
    assert wanted - names_in(document) == set()
    assert len(document["internetDetails"]) == 8  # each of the eight kinds told in one go is a place of its own


def test_a_file_with_everything_typed_passes_too() -> None:
    values = posted(everything(FILE_DETAILS, "file7").items(), "file7", FILE_DETAILS)
    document = {**document_of(values, FILE_DETAILS, "file7"), "reportId": 7, "fileId": "a1"}
    assert parse_file_details(render_file_details(document), now=NOW)
    wanted = names_of(FILE_DETAILS, set()) - {"potentialMeme", "industryClassification"}
    assert wanted - names_in(document) == set()


def test_what_was_left_blank_is_no_part_and_repeats_are_numbered_without_gaps() -> None:
    told = {
        "report/victim[3]/screenName": "third",
        "report/victim[1]/screenName": "  ",
        "report/victim[1]/displayName[4]": "a",
        "report/victim[9]/victimPerson/phone[2]/#": "1",
    }
    assert posted(told.items(), "report", REPORT) == {
        "report/victim[1]/displayName[1]": "a",
        "report/victim[2]/screenName": "third",
        "report/victim[3]/victimPerson/phone[1]/#": "1",
    }


@pytest.mark.parametrize(
    "name",
    [
        "report/victim[x]/screenName",
        "report/victim[0]/screenName",
        "report/victim[99999999]/screenName",
        "report/nothing/at/all",
        "report/victim/screenName",
        "other/incidentSummary/platform",
        "report/" + "victim[1]/" * 500 + "screenName",
        "report/incidentSummary/platform\x00",
    ],
)
def test_a_name_that_the_tables_do_not_know_is_passed_over(name: str) -> None:
    assert posted([(name, "x")], "report", REPORT) == {}


def test_a_value_that_cannot_be_read_is_kept_and_its_place_is_named() -> None:
    values = {
        **posted(everything(REPORT, "report").items(), "report", REPORT),
        "report/personOrUserReported[1]/ipCaptureEvent[1]/port": "many",
        "report/incidentSummary/incidentDateTime": "yesterday",
    }
    with pytest.raises(ViolationError) as caught:
        parse_report(render_report(document_of(values, REPORT, "report")), now=NOW)
    paths = {same(one.path) for one in caught.value.violations}
    assert {"report/personOrUserReported/ipCaptureEvent/port", "report/incidentSummary/incidentDateTime"} <= paths
    found = {field.name: field for field in fields_of(outline(REPORT, "report", values, dict.fromkeys(paths, "wrong")))}
    port = found["report/personOrUserReported[1]/ipCaptureEvent[1]/port"]
    assert (port.value, port.error) == ("many", "wrong")


@pytest.mark.parametrize(
    ("told", "made"),
    [
        ("2026-11-26 09:30 UTC", "2026-11-26T09:30:00Z"),
        ("2026-11-26T09:30:07.5Z", "2026-11-26T09:30:07.5Z"),
        ("2026-11-26 04:30 -05:00", "2026-11-26T04:30:00-05:00"),
        ("2026-11-26 09:30", "2026-11-26 09:30"),  # without a zone nobody knows when
        ("yesterday", "yesterday"),
    ],
)
def test_a_moment_is_taken_as_people_write_it_and_its_zone_is_never_guessed(told: str, made: str) -> None:
    assert moment_of(told) == made


def test_what_is_needed_is_asked_for_where_its_element_was_begun() -> None:
    assert list(missing_of({}, REPORT, "report")) == [
        "report/incidentSummary/incidentType",
        "report/incidentSummary/incidentDateTime",
    ]
    begun = {"report/victim[2]/deviceId[1]/idType": "IMEI"}
    assert "report/victim[2]/deviceId[1]/idValue" in list(missing_of(begun, REPORT, "report"))


def test_no_two_paths_share_an_id_on_the_page() -> None:
    names = [field.name for field in fields_of(outline(REPORT, "report", everything(REPORT, "report"), {}))]
    assert len({ident_of(name) for name in names}) == len(names) == len(set(names))

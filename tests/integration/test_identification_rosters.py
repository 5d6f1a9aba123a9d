"""Rosters are read from lists, tables and vCards; names are not kept and no row is lost."""

from __future__ import annotations

import pytest

from tipline.domain.errors import Refusal
from tipline.programs.identification.rosters import list_doubts, read_roster


def said(text: str) -> list[tuple[int, str, str, str, str]]:
    return [
        (one.contact.row, one.contact.value or one.contact.problem[:12], one.status, one.country, one.with_agency)
        for one in read_roster(text)
    ]


def test_plain_lines_are_contacts() -> None:
    assert said("@Night_Owl\nkid@example.com\n+1 602 555 0101") == [
        (1, "night_owl", "SOUGHT", "", ""),
        (2, "kid@example.com", "SOUGHT", "", ""),
        (3, "+16025550101", "SOUGHT", "", ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_says_where_each_child_stands(delimiter: str) -> None:
    lines = [["Agency", "Handle", "Country", "Status"], ["Example RCMP", "kid_1", "ca", "Safe"], ["", "", "US", ""],
             ["", "kid_2", "Mars", "gone"], ["", "kid_1", "", ""]]  # fmt: skip
    assert said("\r\n".join(delimiter.join(line) for line in lines)) == [
        (1, "kid_1", "SAFE", "CA", "Example RCMP"),
        (2, "The row has ", "SOUGHT", "US", ""),
        (3, "kid_2", "SOUGHT", "", ""),
        (4, "The same as ", "SOUGHT", "", ""),
    ]


def test_what_a_table_says_of_a_child_and_cannot_be_taken_over_is_named_by_row_and_field() -> None:
    table = "contact,status,country\nkid_1,safe,US\nkid_2,rescued,USA\n"
    assert [one.partition(":")[0] for one in list_doubts(table)] == ["Row 2, country", "Row 2, status"]


def test_names_of_a_card_are_not_kept() -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Somebody Real\r\nN:Real;Somebody;;;\r\n"
        "TEL;TYPE=cell:+1 602 555 0102\r\nitem1.EMAIL;type=INTERNET:kid@example.com\r\n"
        "IMPP;X-SERVICE-TYPE=Chat:xmpp:desert_star\r\nNICKNAME:cactus_kid\r\n"
        "NOTE:lives at home\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n"
    )
    found = read_roster(card)
    assert [one.contact.value for one in found] == ["+16025550102", "kid@example.com", "desert_star", "cactus_kid"]
    assert not any("Real" in one.contact.written for one in found)


@pytest.mark.parametrize("text", ["", "\n \n", "handle,status\n"])
def test_an_empty_list_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="empty_list"):
        read_roster(text)


@pytest.mark.parametrize("head", ["", "contact,status,country\nkid@example.com,SAFE,US\n"])
def test_a_line_longer_than_any_contact_comes_back_with_its_problem(head: str) -> None:
    found = read_roster(f'{head}"{"a" * 200_000}",SOUGHT,US')
    assert [bool(one.contact.problem) for one in found] == [False] * bool(head) + [True]


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(Refusal, match="too_long"):
        read_roster("\n".join(f"kid_{number}" for number in range(20_002)))

"""The wire of hash sharing: what goes out as the one published client reads it, what comes in as an enemy sends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.errors import Refusal
from tipline.domain.hashsharing import render
from tipline.domain.hashsharing.moments import EPOCH, read_moment, write_moment
from tipline.domain.hashsharing.paging import Asked, Place, read_asked, write_next
from tipline.domain.hashsharing.read import read_feedback, read_type
from tipline.domain.hashsharing.values import Feedback, Member, Reason, SharedEntry, SharedPrint, SharedVote

AT = datetime(2026, 3, 1, 12, 0, 5, 678901, tzinfo=UTC)
GUID = "01234567-89ab-4def-8123-456789abcdef"
NS = "{https://hashsharing.ncmec.org/hashsharing/v2}"
OURS, OTHER = Member(42, "Example & Söhne <Photos>"), Member(7, "Take It Down")
REASON = Reason(GUID, 'The picture shows "no" child', "SHA1")


def entry(media: str = "image", **more: object) -> SharedEntry:
    return SharedEntry(OURS, "a&1", media, AT, **more)  # type: ignore[arg-type]


def tree(raw: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(raw)


def test_status_tells_the_member_with_a_number_and_a_name() -> None:
    [member] = tree(render.render_status(OURS, username="example", address="192.0.2.7")).iter(f"{NS}member")
    assert (member.get("id"), member.text) == ("42", OURS.name)


def test_members_are_the_only_children_of_their_list() -> None:
    found = tree(render.render_members([OURS, OTHER]))
    assert [(one.tag, one.get("id")) for one in found] == [(f"{NS}member", "42"), (f"{NS}member", "7")]


def test_every_entry_has_one_id_and_one_member_and_times_are_whole_seconds() -> None:
    rows = [entry(classification="A1", prints=(SharedPrint("MD5", "0" * 32),)), entry("video"), entry(deleted=True)]
    page = tree(render.render_page(rows))
    images, videos = page.find(f"{NS}images"), page.find(f"{NS}videos")
    assert images is not None
    assert videos is not None
    assert (images.get("count"), videos.get("count")) == ("2", "1")
    assert images.get("maxTimestamp") == videos.get("maxTimestamp") == "2026-03-01T12:00:05Z"
    for one in (*images, *videos):
        assert (len(one.findall(f"{NS}id")), len(one.findall(f"{NS}member"))) == (1, 1)
        assert one.findtext(f"{NS}timestamp") == "2026-03-01T12:00:05Z"
        assert one.findtext(f"{NS}id") == "a&1"
    assert {one.tag.removeprefix(NS) for one in (*images, *videos)} == {"image", "video", "deletedImage"}


def test_a_tombstone_has_no_fingerprints() -> None:
    page = render.render_page([entry(deleted=True, prints=(SharedPrint("MD5", "0" * 32),))])
    assert b"fingerprints" not in page
    assert b"0000" not in page


def test_an_empty_page_has_empty_lists_and_no_time() -> None:
    page = tree(render.render_page([]))
    assert [(one.tag, dict(one.attrib)) for one in page] == [
        (f"{NS}images", {"count": "0"}),
        (f"{NS}videos", {"count": "0"}),
    ]


def test_large_fingerprints_are_told_by_address() -> None:
    page = tree(render.render_page([entry("video", prints=(SharedPrint("TMK_PDQF", href="/v2/x"),))]))
    [found] = page.iter(f"{NS}tmk-pdqf")
    assert (found.get("rel"), found.get("href"), found.text) == ("self", "/v2/x", None)


def test_reasons_and_those_who_gave_them_alternate() -> None:
    said = (
        SharedVote("MD5", OTHER, True, AT),
        SharedVote("SHA1", OTHER, False, AT, (REASON,)),
        SharedVote("SHA1", OURS, False, AT + timedelta(days=1), (REASON,)),
    )
    page = tree(render.render_page([entry(votes=said)]))
    [feedback] = page.iter(f"{NS}feedback")
    yes, no = list(feedback)
    assert (yes.get("type"), no.get("type")) == ("Md5", "Sha1")
    assert feedback.get("lastUpdateTimestamp") == "2026-03-02T12:00:05Z"
    reasons = no.find(f"{NS}reasons")
    assert reasons is not None
    assert [one.tag.removeprefix(NS) for one in reasons] == ["reason", "members"]
    assert [one.get("id") for one in reasons[1]] == ["7", "42"]
    assert reasons[0].get("name") == REASON.name


@given(st.text(max_size=60))
def test_whatever_a_partner_is_called_the_document_stays_well_formed(name: str) -> None:
    found = tree(render.render_members([Member(1, name)]))
    assert len(found) == 1


MICROS = st.integers(0, 2**50).map(lambda number: EPOCH + timedelta(microseconds=number))


@given(MICROS, MICROS, st.integers(1, 1000), st.integers(1, 10**9), st.integers(1, 10**12))
def test_the_next_address_is_read_back_as_it_was_meant(
    since: datetime, until: datetime, size: int, handed_out: int, key: int
) -> None:
    asked = Asked(since, until, size, 1, 5000)
    written = write_next(asked, handed_out, Place(until, key))
    assert written.startswith("/v2/entries?from=")
    read = read_asked(dict(parse_qsl(urlsplit(written).query)), until)
    assert read == Asked(since, until, size, 1 + handed_out, 5000, Place(until, key))


def test_the_next_address_of_a_range_from_the_first_year_is_read_back() -> None:
    first = read_moment("0001-01-01T00:00:00Z", "from")
    written = write_next(Asked(first, AT, 1), 1, Place(AT, 7))
    assert read_asked(dict(parse_qsl(urlsplit(written).query)), AT).since == first


def test_a_first_call_asks_from_the_beginning_to_what_is_settled() -> None:
    assert read_asked({}, AT) == Asked(EPOCH, AT)
    assert read_asked({"from": "2026-01-01T00:00:00Z", "to": "2999-01-01T00:00:00.000Z"}, AT).until == AT


@pytest.mark.parametrize(
    "given_", [
        {"from": "yesterday"}, {"to": "2026-01-01"}, {"from": "0000-00-00T00:00:00Z"}, {"size": "0"}, {"size": "1001"},
        {"size": "ten"}, {"size": "-1"}, {"start": "5"}, {"after": "1-1"}, {"start": "2", "after": "1-1"},
        {"start": "2", "to": "2026-01-01T00:00:00Z", "after": "x"}, {"max": "9" * 40},
    ],
)  # fmt: skip
def test_a_range_that_cannot_be_read_is_refused(given_: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        read_asked(given_, AT)


def test_moments_come_with_or_without_fractions() -> None:
    assert read_moment("2026-03-01T12:00:05.678901Z", "from") == AT
    assert write_moment(read_moment("2026-03-01T13:00:05.5+01:00", "from")) == "2026-03-01T12:00:05Z"


def body(inside: str, root: str = "feedbackSubmission") -> bytes:
    return f'<{root} xmlns="https://hashsharing.ncmec.org/hashsharing/v2">{inside}</{root}>'.encode()


def test_votes_are_read_without_an_xml_declaration_and_with_one() -> None:
    no = f"<negative><reasonIds><guid>{GUID.upper()}</guid></reasonIds></negative>"
    assert read_feedback(body("<affirmative/>")) == Feedback(True)
    assert read_feedback(b'<?xml version="1.0" encoding="UTF-8"?>' + body(no)) == Feedback(False, (GUID,))
    assert read_feedback(b"<feedbackSubmission><affirmative/></feedbackSubmission>") == Feedback(True)


HOSTILE = (
    b"", b"<", b"{}", b"\0" * 9, body("<affirmative/>", root="entry"), body(""), body("<affirmative/><negative/>"),
    body("<negative/>"), body("<negative><reasonIds/></negative>"), body("<perhaps/>"),
    body("<negative><reasonIds><guid>no guid</guid></reasonIds></negative>"),
    body("<negative><reasonIds>" + f"<guid>{GUID}</guid>" * 21 + "</reasonIds></negative>"),
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + body("<affirmative/>"),
    b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><feedbackSubmission>&y;</feedbackSubmission>',
    b'<feedbackSubmission xmlns="https://example.com/other"><affirmative/></feedbackSubmission>',
    body("<a>" * 300 + "</a>" * 300),
)  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_and_other_bodies_are_refused(raw: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_feedback(raw)
    assert refused.value.code in {"bad_xml", "bad_feedback"}


def test_both_spellings_of_the_last_type_are_taken() -> None:
    known = ("MD5", "SSVH_SAFER_HASH")
    assert read_type("TMK_SAFER_HASH", known) == read_type("ssvh_safer_hash", known) == "SSVH_SAFER_HASH"
    with pytest.raises(Refusal):
        read_type("SHA256", known)


def test_feedback_types_are_written_as_the_examples_show() -> None:
    assert [render.feedback_name(kind) for kind in ("MD5", "SHA1", "TMK_PDQF")] == ["Md5", "Sha1", "TmkPdqf"]

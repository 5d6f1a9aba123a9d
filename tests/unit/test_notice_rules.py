"""One writing for an address, moves, the ladder, what checks say, figures, recipients: without database or network."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.addresses import defang, read_address
from tipline.domain.errors import Refusal
from tipline.programs.notices.rules.figures import Course, count
from tipline.programs.notices.rules.moves import (
    ENDED,
    LADDER,
    MAY_SEND,
    MOVES,
    NoticeState,
    Seen,
    Sight,
    gone_since,
    next_rung,
    seen_of,
)
from tipline.programs.notices.rules.recipients import Known, propose

NOW = datetime(2026, 1, 13, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://Photos.EXAMPLE:80/a", "http://photos.example/a"),
        ("https://photos.example:443", "https://photos.example/"),
        ("https://photos.example:8443/a", "https://photos.example:8443/a"),
        ("photos.example/a", "http://photos.example/a"),
        ("photos.example:8080/a", "http://photos.example:8080/a"),
        ("https://photos.example./a#part", "https://photos.example/a"),
        ("https://photos.example/a/./b/../c", "https://photos.example/a/c"),
        ("https://photos.example/a/..", "https://photos.example/"),
        ("https://photos.example/%7euser/%2f%c3%a9é", "https://photos.example/~user/%2F%C3%A9%C3%A9"),
        ("https://photos.example/a?B=%3d&c=%zz", "https://photos.example/a?B=%3D&c=%25zz"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://photos。example/a", "https://photos.example/a"),
        ("http://198.51.100.7/a", "http://198.51.100.7/a"),
        ("http://[2001:DB8::0:1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("  https://photos.example/a\n", "https://photos.example/a"),
    ],
)
def test_an_address_has_one_writing(text: str, url: str) -> None:
    assert read_address(text).url == url


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "url_length"),
        ("https://photos.example/" + "a" * 2000, "url_length"),
        ("ftp://photos.example/a", "url_scheme"),
        ("javascript:alert(1)", "url_scheme"),
        ("data:text/plain,x", "url_scheme"),
        ("https://user@photos.example/", "url_userinfo"),
        ("https://photos.example@evil.example/", "url_userinfo"),
        ("https://photos.example/a b", "url_characters"),
        ("https://photos.example/a\x00b", "url_characters"),
        ("https://photos.example/a\r\nHost: x", "url_characters"),
        ("https://photos.example\\@x/", "url_characters"),
        ("https://photos.example/\u202egpj.exe", "url_characters"),
        ("https://photos.example:99999/", "url_port"),
        ("https://photos.example:0/", "url_port"),
        ("https://photos.example:x/", "url_port"),
        ("https:///a", "url_host"),
        ("https://localhost/a", "url_host"),
        ("http://2130706433/", "url_host"),
        ("http://0x7f.1/", "url_host"),
        ("http://127.1/", "url_host"),
        ("http://0x7f000001/", "url_host"),
        ("http://[fe80::1%25eth0]/", "url_host"),
        ("https://-photos-.example/", "url_host"),
        ("https://photos..example/", "url_host"),
    ],
)
def test_what_is_no_plain_address_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_address(text)
    assert (refused.value.code, refused.value.field) == (code, "url")


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60), st.sampled_from(["", "?"]))
def test_reading_twice_changes_nothing_and_all_is_ascii(tail: str, mark: str) -> None:
    try:
        once = read_address(f"https://Photos.example/{mark}{tail}").url
    except Refusal:
        return
    assert read_address(once).url == once
    assert once.isascii()
    assert "#" not in once
    assert re.fullmatch(r"https://photos\.example/[\x21-\x7e]*", once)


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    try:
        found = read_address(text)
    except Refusal:
        return
    assert read_address(found.url) == found


def test_nothing_makes_a_link_of_a_shown_address() -> None:
    assert defang("https://photos.example:8443/p/1001?a=b") == "hxxps://photos[.]example[:]8443/p/1001?a=b"
    assert defang("http://[2001:db8::1]/") == "hxxp://[2001[:]db8[:][:]1]/"


def test_every_state_has_a_way_out_or_can_be_opened_again() -> None:
    assert set(MOVES) == set(NoticeState)
    assert all(MOVES[state] for state in NoticeState)
    reached = {NoticeState.ENTERED}
    for _ in NoticeState:
        reached |= {to for state in reached for to in MOVES[state]}
    assert reached == set(NoticeState)
    assert all(NoticeState.ENTERED in MOVES[state] for state in ENDED)


def test_nothing_is_sent_before_verification_during_a_dispute_or_after_the_end() -> None:
    closed = {NoticeState.ENTERED, NoticeState.DISPUTED, *ENDED}
    assert not closed & MAY_SEND


def test_the_ladder_only_climbs_and_ends_in_an_escalation() -> None:
    assert all(one.after < other.after for one, other in pairwise(LADDER))
    assert [rung.act for rung in LADDER[:-1]] == ["again"] * (len(LADDER) - 1)
    assert next_rung(NOW, 99, None) == (NOW + LADDER[-1].after, "escalate")


def test_grace_after_an_acknowledgement_never_shortens_a_wait() -> None:
    assert next_rung(NOW, 0, NOW + HOUR)[0] == NOW + 49 * HOUR
    assert next_rung(NOW, 3, NOW + HOUR)[0] == NOW + LADDER[3].after


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (200, Seen.ANSWERS), (301, Seen.MOVED), (404, Seen.GONE), (410, Seen.GONE), (451, Seen.GONE),
        (403, Seen.REFUSES), (429, Seen.REFUSES), (503, Seen.FAILS), (0, Seen.UNREACHABLE), (999, Seen.UNREACHABLE),
    ],
)  # fmt: skip
def test_a_page_that_is_hidden_or_broken_is_not_gone(status: int, seen: Seen) -> None:
    assert seen_of(status) is seen


def sight(hours: int, seen: Seen, *, by_person: bool = False) -> Sight:
    return Sight(NOW + hours * HOUR, seen, by_person)


def test_the_machine_must_see_it_gone_twice_and_a_person_once() -> None:
    assert gone_since([]) is None
    assert gone_since([sight(0, Seen.GONE)]) is None
    assert gone_since([sight(0, Seen.GONE), sight(1, Seen.GONE)]) == NOW
    assert gone_since([sight(0, Seen.GONE), sight(1, Seen.ANSWERS), sight(2, Seen.GONE)]) is None
    assert gone_since([sight(0, Seen.GONE, by_person=True)]) == NOW
    assert gone_since([sight(0, Seen.GONE, by_person=True), sight(1, Seen.ANSWERS)]) is None


def test_open_ones_and_their_age_are_counted_and_percentiles_really_occurred() -> None:
    removed = [Course(NOW, NOW + hours * HOUR) for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    found = count([*removed, Course(NOW, None), Course(NOW, None, ended=True)], NOW + 50 * HOUR)
    assert (found.noticed, found.removed, found.open) == (12, 10, 1)
    assert (found.median_hours, found.ninetieth_hours, found.oldest_open_hours) == (5, 9, 50)
    nothing = count([], NOW)
    assert (nothing.median_hours, nothing.oldest_open_hours) == (None, None)


def test_what_was_gone_before_the_notice_counts_as_no_time_and_never_less() -> None:
    assert count([Course(NOW, NOW - HOUR)], NOW).median_hours == 0


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_nine_of_ten_are_never_faster_than_half(hours: list[int]) -> None:
    found = count([Course(NOW, NOW + each * HOUR) for each in hours], NOW)
    assert found.median_hours is not None
    assert found.ninetieth_hours is not None
    assert found.median_hours <= found.ninetieth_hours
    assert {found.median_hours, found.ninetieth_hours} <= set(map(float, hours))


PHOTOS = Known("partner", "ESP", "Example Photos", "abuse@photos.example", slug="example-photos", partner_id=7)
LOOKALIKE = Known("esp", "ESP", "Photos", slug="photos", esp_id=3)
STRANGER = Known("esp", "ESP", "Example Chat", slug="example-chat", esp_id=4)
HOTLINE = Known("hotline", "HOTLINE", "Example Line", country="NL", certainty="low", url="https://line.example/")
TYPED = Known("person", "HOST", "Example Hosting", "abuse@hosting.example", contact_id=1)


def test_proposals_stand_nearest_first_with_reason_and_certainty() -> None:
    found = propose("cdn.photos.example", "NL", [HOTLINE, TYPED, LOOKALIKE, STRANGER, PHOTOS])
    assert [(one.kind, one.name, one.certainty) for one in found] == [
        ("ESP", "Example Photos", "high"),
        ("ESP", "Photos", "low"),
        ("HOST", "Example Hosting", "medium"),
        ("HOTLINE", "Example Line", "low"),
    ]
    assert "nobody has checked" in found[1].reason
    assert "low certainty" in found[3].reason


def test_a_hotline_is_proposed_for_the_hosting_country_alone() -> None:
    assert propose("photos.example", "", [HOTLINE]) == ()
    assert propose("photos.example", "DE", [HOTLINE]) == ()


def test_a_name_that_only_ends_alike_is_no_subdomain() -> None:
    assert propose("evilphotos.example", "", [PHOTOS]) == ()

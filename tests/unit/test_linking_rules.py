"""Ties between reports: reasons, weights, the same-time rule for addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.report import Identifier, IdentifierKind, PersonRole, ReportHead, Source
from tipline.domain.states import ReportState
from tipline.stages.linking import rules, table
from tipline.stages.linking.bonds import children_in
from tipline.stages.linking.rules import Shared, decide, link, may_tie, mirrored, weight_of
from tipline.stages.linking.table import COMMON, RULES
from tipline.stages.routing.rules import LEAST_WEIGHT

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HEAD = ReportHead(
    id=1, number=1001, source=Source.ESP_API, state=ReportState.ENRICHED, priority=4, score=0, incident_type="",
    headline="", opened_at=NOON, received_at=NOON, esp_id=None, esp_name="", environment="production", hold=None,
    legal_hold=False, preserve_until=None,
)  # fmt: skip


def seen(
    kind: IdentifierKind, value: str, role: PersonRole = PersonRole.SUSPECT, at: datetime | None = None
) -> Identifier:
    return Identifier(kind, role, value, value, at)


def shared(own: Identifier, other: Identifier, reports: int = 2) -> Shared:
    return Shared(own, 2, 1002, other, reports)


def test_the_same_handle_is_a_tie_with_a_reason() -> None:
    handle = seen(IdentifierKind.HANDLE, "harbor_fox_2087")
    found = link(shared(handle, handle))
    assert found.why == "The same handle (reported person in both)"
    assert found.weight == RULES[IdentifierKind.HANDLE].weight


def test_an_address_ties_only_at_the_same_time() -> None:
    early = seen(IdentifierKind.IP, "198.51.100.7", at=NOON)
    near = seen(IdentifierKind.IP, "198.51.100.7", at=NOON + timedelta(minutes=59))
    late = seen(IdentifierKind.IP, "198.51.100.7", at=NOON + timedelta(hours=3))
    timeless = seen(IdentifierKind.IP, "198.51.100.7")
    assert may_tie(early, near)
    assert not may_tie(early, late)
    assert not may_tie(early, timeless)


def test_what_identifies_a_reporter_never_ties() -> None:
    mail = seen(IdentifierKind.EMAIL, "desk@example.com", PersonRole.REPORTER)
    assert not may_tie(mail, mail)


def test_a_common_value_weighs_less_and_says_so() -> None:
    handle = seen(IdentifierKind.HANDLE, "admin")
    found = link(shared(handle, handle, reports=COMMON * 10))
    assert found.weight < RULES[IdentifierKind.HANDLE].weight
    assert "stands in 200 reports" in found.why


def test_the_other_report_sees_the_same_tie_mirrored() -> None:
    own = seen(IdentifierKind.HANDLE, "fox", PersonRole.SUSPECT)
    other = seen(IdentifierKind.HANDLE, "fox", PersonRole.VICTIM)
    back = mirrored(shared(own, other), HEAD)
    assert (back.other_report_id, back.other_number) == (1, 1001)
    assert link(back).why == "The same handle (child here, reported person there)"


def test_a_contact_of_a_seized_list_is_called_one_and_ties_too_weakly_for_a_copy() -> None:
    own = seen(IdentifierKind.EMAIL, "kim@example.org", PersonRole.CONTACT)
    other = seen(IdentifierKind.EMAIL, "kim@example.org", PersonRole.SUSPECT)
    for tie in (shared(own, other), mirrored(shared(own, other), HEAD)):
        found = link(tie)
        assert "contact found with the suspect" in found.why
        assert "child" not in found.why
        assert found.weight < LEAST_WEIGHT


def test_a_report_without_ties_walks_on() -> None:
    result = decide(HEAD, (), NOON)
    assert result.to_state is ReportState.LINKED
    assert result.findings == ()


K = IdentifierKind
# Each kind of value: two of its writings that tie, and one that does not.
EXACT = [
    (K.FILE_SHA256, "ab" * 32, "cd" * 32), (K.KNOWN_FILE, "7", "8"), (K.DEVICE, "490154203237518", "490154203237519"),
    (K.EMAIL, "fox@example.org", "fix@example.org"), (K.ESP_ACCOUNT, "u-1", "u-2"),
    (K.PHONE, "+16025550101", "+16025550102"),
    (K.WALLET, "bc1qexample", "bc1qother"), (K.HANDLE, "fox_2087", "elk_2087"), (K.GROUP, "g-1", "g-2"),
    (K.URL, "photos.example/p", "photos.example/q"), (K.TEXT, "aa", "bb"), (K.PRIOR_REPORT, "4071882193", "4071882194"),
]  # fmt: skip


def keys(one: Identifier) -> set[rules.Key]:
    return {(each.kind, each.value) for each in rules.indexed([one])}


def meet(first: Identifier, second: Identifier) -> bool:
    """Whether a report with the second finds one with the first."""
    return bool(keys(first) & set(rules.probes([second])))


@pytest.mark.parametrize(("kind", "value", "other"), EXACT)
def test_every_kind_of_value_ties_where_it_is_the_same_and_not_where_it_differs(
    kind: IdentifierKind, value: str, other: str
) -> None:
    here, there = seen(kind, value), seen(kind, other)
    assert meet(here, here)
    assert not meet(here, there)
    assert rules.strongest([shared(here, here)])
    assert RULES[kind].words in link(shared(here, here)).why or kind is K.HANDLE


def test_every_rule_of_the_table_has_a_case() -> None:
    assert {kind for kind, *_ in EXACT} | {K.IP, K.LOOK, K.EMAIL_FORM, K.HANDLE_FORM} == set(RULES)


def look(sha256: str, first: str) -> Identifier:
    return Identifier(K.LOOK, PersonRole.SUSPECT, first, sha256, path=f"file {sha256}")


def test_pictures_that_look_alike_tie_and_the_same_bytes_are_told_as_the_same_file() -> None:
    first, file = look("aa", "aa"), seen(K.FILE_SHA256, "aa")
    second, third = look("bb", "aa"), look("cc", "aa")
    assert rules.indexed([first]) == ()
    assert meet(file, second)
    assert meet(second, first)
    assert meet(third, second)
    assert not meet(look("dd", "dd"), second)
    tie = shared(second, rules.met(second, file))
    assert rules.strongest([tie])
    assert link(tie).why == "Looks like the same picture"
    assert link(mirrored(tie, HEAD)).why == "Looks like the same picture"
    assert not may_tie(first, rules.met(first, file))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("d.fox+news@gmail.com", "dfox@gmail.com"), ("dfox@googlemail.com", "dfox@gmail.com"),
        ("fox+a@outlook.com", "fox@outlook.com"), ("fox@ya.ru", "fox@yandex.com"),
    ],
)  # fmt: skip
def test_two_writings_of_one_mailbox_meet(one: str, other: str) -> None:
    first, second = seen(K.EMAIL, one), seen(K.EMAIL, other)
    assert meet(first, second)
    assert meet(second, first)
    assert link(shared(first, second)).weight == RULES[K.EMAIL_FORM].weight


@pytest.mark.parametrize(("one", "other"), [
    ("d.fox@example.org", "dfox@example.org"), ("fox+a@example.org", "fox@example.org"),
    ("fox@gmail.com", "fox@outlook.com"), ("d.fox@outlook.com", "dfox@outlook.com"),
])  # fmt: skip
def test_mailboxes_that_the_provider_keeps_apart_do_not(one: str, other: str) -> None:
    assert not meet(seen(K.EMAIL, one), seen(K.EMAIL, other))


@pytest.mark.parametrize(
    "other", ["desertstar", "desert.star", "d3s3rt_st4r", "d\u0435sert_st\u0430r", "d\u03b5sert-star"]
)
def test_writings_of_a_handle_that_look_alike_meet(other: str) -> None:
    first, second = seen(K.HANDLE, "desert_star"), seen(K.HANDLE, other)
    assert meet(first, second)
    assert meet(second, first)
    assert link(shared(first, second)).weight == RULES[K.HANDLE_FORM].weight


def test_a_number_at_the_end_makes_a_weak_tie_and_too_short_a_handle_none() -> None:
    first, second = seen(K.HANDLE, "desert_star7"), seen(K.HANDLE, "desert_star12")
    assert meet(first, second)
    assert link(shared(first, second)).weight == table.OTHER_NUMBER.weight
    assert not meet(seen(K.HANDLE, "fox7"), seen(K.HANDLE, "fox8"))


def test_a_handle_at_one_company_is_one_account_unless_the_accounts_differ() -> None:
    handle = seen(K.HANDLE, "desert_star")
    here = replace(shared(handle, handle), same_company=True)
    assert link(here).weight == table.SAME_COMPANY_HANDLE.weight
    apart = rules.with_accounts(here, frozenset({"u-1"}), frozenset({"u-2"}))
    assert link(apart).weight == table.OTHER_ACCOUNT.weight
    assert link(rules.with_accounts(here, frozenset({"u-1"}), frozenset())).weight > link(apart).weight
    seized = replace(handle, path="seized list 3 row 5")
    assert link(replace(here, other=seized)).weight == table.PLAIN_HANDLE.weight
    assert not rules.wants_account(replace(here, other=seized))
    elsewhere = replace(here, same_company=False)
    assert link(elsewhere).weight == table.PLAIN_HANDLE.weight
    assert link(replace(elsewhere, reports=10)).weight < link(elsewhere).weight / 2


def test_an_account_number_says_something_at_its_company_alone() -> None:
    account = seen(K.ESP_ACCOUNT, "1001")
    assert link(replace(shared(account, account), same_company=True)).weight == RULES[K.ESP_ACCOUNT].weight
    assert link(replace(shared(account, account), same_company=False)).weight == table.ACCOUNT_ELSEWHERE.weight


def test_an_address_of_many_people_says_less_and_says_so() -> None:
    address = seen(K.IP, "198.51.100.7", at=NOON)
    own, exit_ = shared(address, address), replace(shared(address, address), cautions=frozenset({"vpn"}))
    assert link(exit_).weight < link(own).weight / 2
    assert "many people share this address" in link(exit_).why
    assert "many people" not in link(replace(own, cautions=frozenset({"number_area"}))).why


def test_a_text_ties_from_a_length_on_however_it_is_spaced() -> None:
    text = "Send it today or everybody in your class will hear of it."
    assert rules.digest_of_text(text) == rules.digest_of_text(f"  {text.upper()}!! ")
    assert rules.digest_of_text(text) != rules.digest_of_text(text.replace("class", "school"))
    assert rules.digest_of_text("hello there") == ""


def test_ties_of_different_families_add_up_and_those_of_one_do_not() -> None:
    assert rules.together({"address": 50, "handle": 50}) == 75
    assert rules.together({"mail": 80}) == 80
    assert rules.together({}) == 0


def test_a_viral_file_is_told_a_few_times_and_its_event_keeps_all() -> None:
    file = seen(K.FILE_SHA256, "ab" * 32)
    ties = [replace(shared(file, file, 40), other_report_id=one, other_number=1000 + one) for one in range(2, 40)]
    result = decide(HEAD, ties, NOON)
    assert len(result.findings) == table.MOST_VIRAL_TOLD
    assert len(result.own) == len(ties)
    assert not shared(file, file, 3).is_viral
    assert shared(file, file, 40).is_viral
    old = replace(shared(file, file, 40), is_new=False)  # from hand to hand for years: passed on by many, and no event
    assert (old.is_viral, old.is_passed_on) == (False, True)
    assert replace(old, marks=frozenset({"viral"})).is_viral
    assert replace(shared(file, file, 3), marks=frozenset({"viral"})).is_viral


@given(st.sampled_from(sorted(RULES)), st.integers(2, 100_000))
def test_weight_never_rises_with_how_common_a_value_is(kind: IdentifierKind, reports: int) -> None:
    assert weight_of(kind, reports + 1) <= weight_of(kind, reports) <= RULES[kind].weight


def test_children_of_one_cluster_are_one_child_and_two_of_one_report_are_two() -> None:
    def child(path: str) -> Identifier:
        return Identifier(IdentifierKind.EMAIL, PersonRole.VICTIM, "a", "a", path=f"/report/{path}/victimPerson/email")

    listed = [(1, child("victim[1]")), (1, child("victim[1]")), (1, child("victim[2]")), (2, child("victim[1]"))]
    assert children_in(listed, {}) == 3
    assert children_in(listed, {(1, "/report/victim[2]"): 7, (2, "/report/victim[1]"): 7}) == 2

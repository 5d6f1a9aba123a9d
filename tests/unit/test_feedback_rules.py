"""The outcome form refuses contradictions by field; a contact list loses no row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.contacts import is_marked_child, read_contacts
from tipline.domain.errors import Refusal
from tipline.domain.report import IdentifierKind
from tipline.domain.vocabulary import CASE_STATUSES, CLOSING_REASONS
from tipline.stages.feedback.rules import OutcomeAnswer, check_answer

GOOD = (
    OutcomeAnswer("ongoing"),
    OutcomeAnswer("referred_onward", useful="yes"),
    OutcomeAnswer("arrest", child_identified=True, further_victims=0, self_produced="no", useful="yes"),
    OutcomeAnswer("conviction", child_identified=False, further_victims=3),
    *(OutcomeAnswer("closed", closing_reason=reason) for reason in CLOSING_REASONS),
    *(OutcomeAnswer("ongoing", useful="no", not_useful_reason=reason) for reason in ("stale", "limited", "other")),
)
BAD = (
    (OutcomeAnswer(""), "case_status"),
    (OutcomeAnswer("won"), "case_status"),
    (OutcomeAnswer("ongoing", child_identified=True), "child_identified"),
    (OutcomeAnswer("closed", closing_reason="adult", further_victims=1), "further_victims"),
    (OutcomeAnswer("arrest", further_victims=-1), "further_victims"),
    (OutcomeAnswer("arrest", further_victims=10_001), "further_victims"),
    (OutcomeAnswer("closed"), "closing_reason"),
    (OutcomeAnswer("closed", closing_reason="bored"), "closing_reason"),
    (OutcomeAnswer("arrest", closing_reason="adult"), "closing_reason"),
    (OutcomeAnswer("ongoing", self_produced="maybe"), "self_produced"),
    (OutcomeAnswer("ongoing", useful="perhaps"), "useful"),
    (OutcomeAnswer("ongoing", useful="no"), "not_useful_reason"),
    (OutcomeAnswer("ongoing", useful="yes", not_useful_reason="stale"), "not_useful_reason"),
)


@pytest.mark.parametrize("answer", GOOD)
def test_a_consistent_answer_is_taken(answer: OutcomeAnswer) -> None:
    check_answer(answer)


@pytest.mark.parametrize(("answer", "field"), BAD)
def test_a_contradiction_is_refused_and_names_its_field(answer: OutcomeAnswer, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_answer(answer)
    assert refusal.value.field == field
    assert refusal.value.sentence


def test_the_form_has_the_five_statuses_and_the_ten_closing_reasons() -> None:
    assert len(CASE_STATUSES) == 5
    assert len(CLOSING_REASONS) == 10


def test_handles_addresses_and_numbers_are_read_from_pasted_lines() -> None:
    text = "Contact\r\n@Desert_Star\n\nkim@example.org\r\n(602) 555-0134\n+44 20 7946 0958\n"
    found = [(one.row, one.kind, one.value) for one in read_contacts(text)]
    assert found == [
        (2, IdentifierKind.HANDLE, "desert_star"),
        (4, IdentifierKind.EMAIL, "kim@example.org"),
        (5, IdentifierKind.PHONE, "+16025550134"),
        (6, IdentifierKind.PHONE, "+442079460958"),
    ]


@pytest.mark.parametrize("line", ["handle,night owl", "handle;night owl", "handle\tnight owl", '"handle","night owl"'])
def test_a_row_may_name_its_kind(line: str) -> None:
    (one,) = read_contacts(f"kind,value\n{line}")
    assert (one.kind, one.value, one.problem) == (IdentifierKind.HANDLE, "night owl", "")


def test_a_row_is_a_childs_only_where_the_officer_marks_it() -> None:
    rows = read_contacts("handle,child\nsmall_otter, child\nbig_otter\nhandle,night owl,Child\nchild\n")
    assert [(one.value, is_marked_child(one.written), one.problem) for one in rows] == [
        ("small_otter", True, ""),
        ("big_otter", False, ""),
        ("night owl", True, ""),
        ("child", False, ""),
    ]


def test_a_row_that_cannot_be_read_comes_back_with_its_number_and_problem() -> None:
    text = 'good_one\ntwo words here\na@b.example, c@d.example\nemail,not-an-address\nx\nGOOD_ONE\n"unclosed'
    found = {one.row: one for one in read_contacts(text)}
    assert found[1].problem == ""
    assert "Not a handle" in found[2].problem
    assert "each on its own" in found[3].problem
    assert "Not a handle" in found[4].problem
    assert "Not a handle" in found[5].problem
    assert found[6].problem == "The same as line 1."
    assert found[7].written == "unclosed"


@pytest.mark.parametrize(("text", "code"), [("", "empty_list"), ("\n \n", "empty_list"), ("handle\n", "empty_list")])
def test_an_empty_list_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_contacts(text)


def test_too_long_a_list_is_refused_whole() -> None:
    with pytest.raises(Refusal, match="too_long"):
        read_contacts("\n".join(f"handle_{number}" for number in range(20_001)))


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=40), max_size=20)
)
def test_no_row_is_ever_lost(lines: list[str]) -> None:
    try:
        found = read_contacts("\n".join(["first_handle", *lines]))
    except Refusal:  # pragma: no cover - the first row makes the list readable
        pytest.fail("a readable list was refused")
    rows = {one.row for one in found}
    assert 1 in rows
    expected = {number for number, line in enumerate(lines, start=2) if line.strip(" \t,;\"'") and line.strip()}
    assert expected <= rows
    assert all(one.problem or (one.kind and one.value) for one in found)


def test_an_endless_line_is_a_problem_of_its_own_row() -> None:
    first, second = read_contacts("x" * 200_000 + "\nnight_otter")
    assert first.problem
    assert second.value == "night_otter"

"""What people tell becomes a document that keeps every rule of the wire; all eight incident types are reachable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.answers import HARMS, Answers
from tipline.domain.cybertip import reading
from tipline.domain.cybertip.parse import ParseOptions, parse_report
from tipline.domain.cybertip.render import render_report
from tipline.domain.report import PersonRole
from tipline.domain.timeline import Meaning, events_of
from tipline.domain.vocabulary import INCIDENT_TYPES
from tipline.stages.intake.told import Child, Contact, Place, Suspect, Told, answers_of, document_of, incident_of

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
RELAXED = ParseOptions(reporter_email_required=False)


def through_the_wire(told: Told) -> dict[str, object]:
    return parse_report(render_report(document_of(told, now=NOW)), now=NOW, options=RELAXED)


@pytest.mark.parametrize("kind", INCIDENT_TYPES, ids=lambda kind: kind.code)
def test_each_of_the_eight_types_reaches_the_record(kind: object) -> None:
    code = kind.code  # type: ignore[attr-defined]
    assert reading.incident_type(through_the_wire(Told("something", (code,)))) == kind.wire  # type: ignore[attr-defined]


def test_words_alone_make_a_report() -> None:
    assert "somebody writes" in str(through_the_wire(Told("somebody writes to me"))["additionalInfo"])


def test_the_gravest_of_several_types_counts_and_all_are_told() -> None:
    told = Told("x", ("csam", "molestation"))
    assert incident_of(told) == "molestation"
    assert "Child sexual abuse material" in document_of(told, now=NOW)["additionalInfo"]


def test_what_nobody_told_is_kept_apart_from_what_is_filed() -> None:
    answers = answers_of(Told("somebody writes to me", answers=Answers(harms=("other",))))
    assert answers.not_told == ("type", "time")
    document = through_the_wire(Told("somebody writes to me"))
    assert reading.headline(document, answers) == "Type not told; filed as online enticement of a child"
    (fact,) = reading.times(document, answers)
    assert fact.meaning == "Incident (report made 2026-05-04 12:00 UTC)"
    assert fact.zone == ""
    assert fact.is_stand_in
    (event,) = events_of([document], answers=answers)
    assert (event.meaning, event.is_stand_in) == (Meaning.INCIDENT, True)
    assert not events_of([document])[0].is_stand_in


def test_a_kind_that_only_follows_from_ticks_is_not_called_reported() -> None:
    for told, note in (
        (
            Told("x", answers=Answers(harms=("meeting",))),
            "Online enticement of a child, as follows from what was ticked",
        ),
        (Told("x", ("enticement",), answers=Answers(harms=("meeting",))), ""),
        (Told("x", ("csam",)), ""),
        (Told("x", answers=Answers(harms=("other",))), "Not told"),
    ):
        answers = answers_of(told)
        document = document_of(told, now=NOW)
        assert reading.type_note(document, answers) == note
        assert reading.follows_from_ticks(document, answers) == ("ticked" in note)


def test_what_was_told_is_not_called_a_stand_in() -> None:
    told = Told("x", ("csam",), at=NOW - timedelta(days=1))
    assert answers_of(told).not_told == ()
    assert answers_of(Told("x", answers=Answers(harms=("touched",)))).not_told == ("time",)
    document = through_the_wire(told)
    assert "not told" not in reading.headline(document, answers_of(told))
    assert [fact.meaning for fact in reading.times(document, answers_of(told))] == ["Incident"]


def test_the_readers_find_the_words_first_and_nothing_that_we_wrote() -> None:
    told = Told("He writes to me.\n\nTicked: my own line.", ("csam",), Answers(harms=("money",)))
    document = through_the_wire(told)
    assert str(document["additionalInfo"]).endswith("Ticked: Child sexual abuse material; Somebody wants money.")
    (said,) = reading.narratives(document, answers_of(told))
    assert (said.label, said.text) == ("In the reporter's own words", "He writes to me.\n\nTicked: my own line.")


def test_a_report_without_words_has_no_story() -> None:
    told = Told("", ("csam",), suspects=(Suspect(handle="harbor_fox"),))
    assert reading.narratives(through_the_wire(told), answers_of(told)) == ()


def test_two_accounts_of_one_suspect_are_both_identifiers() -> None:
    told = Told("x", suspects=(Suspect(handle="harbor_fox"), Suspect(handle="harbor_fox2", app="Example Chat")))
    values = {one.value for one in reading.identifiers(through_the_wire(told)) if one.role is PersonRole.SUSPECT}
    assert {"harbor_fox", "harbor_fox2"} <= values


def test_somebody_anonymous_leaves_no_reporter_behind() -> None:
    _, reporter = reading.split_reporter(through_the_wire(Told("x")))
    assert "@" not in str(reporter).replace("'@", "")
    assert not Contact().email


def test_a_threat_to_share_pictures_is_marked_as_sextortion() -> None:
    told = Told("x", answers=Answers(harms=("pictures_threat",)))
    assert reading.annotation_flags(through_the_wire(told)) == ("sextortion",)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)


@given(
    st.builds(
        Told,
        words=words,
        incidents=st.lists(st.sampled_from([kind.code for kind in INCIDENT_TYPES]), unique=True).map(tuple),
        answers=st.builds(Answers, harms=st.lists(st.sampled_from(sorted(HARMS)), unique=True).map(tuple)),
        suspects=st.lists(st.builds(Suspect, handle=words, app=words, name=words), max_size=3).map(tuple),
        child=st.builds(
            Child,
            first_name=words,
            age=st.none() | st.integers(0, 17),
            place=st.builds(Place, state=st.sampled_from(["", "AZ", "CO"]), city=words),
        ),
        at=st.none() | st.just(NOW - timedelta(days=3)),
    )
)
def test_whatever_is_told_keeps_the_rules_of_the_wire(told: Told) -> None:
    assert reading.incident_type(through_the_wire(told))

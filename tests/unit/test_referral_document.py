"""What an agency may know of a report, and what it may not."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.unit.referral_samples import FINDINGS, NOW, RECEIVED, found, head, material, recipient

from tipline.domain.answers import Answers
from tipline.domain.findings import (
    BestPlace,
    ContactsSeized,
    Escalated,
    FactsAdded,
    FileKnown,
    LinkFound,
    Scored,
    ScorePoint,
)
from tipline.domain.referral import Part
from tipline.domain.report import Source
from tipline.domain.states import ReportState
from tipline.stages.referral.document import build_document, canonical, content_digest
from tipline.stages.referral.material import Known, Material
from tipline.stages.referral.rules import EARLY, FULL, SUPPLEMENT, Facts, changes, decide, plan

BANNED = "child porn"


def test_the_document_tells_why_who_where_when_and_what() -> None:
    document = build_document(material(), recipient())
    assert document["why"] == "The suspect is likely in Duval County, FL."
    assert document["primary"]["name"] == "North Florida task force"
    assert document["incident"].startswith("Child sexual abuse material")
    assert [person["role"] for person in document["people"]] == ["SUSPECT", "RECIPIENT"]
    assert {"label": "Screen name", "text": "nightowl_77", "note": ""} in document["people"][0]["facts"]
    assert "We will talk at noon." in document["story"][0]["text"]
    assert document["preservation"]["until"] == "2027-02-21T09:00:00Z"
    assert document["points"][0] == {"value": 22, "sentence": "Somebody threatens the child"}
    assert BANNED not in json.dumps(document).casefold()


def test_each_time_says_what_it_means_whose_it_is_and_how_it_was_sent() -> None:
    rows = build_document(material(), recipient())["timeline"]
    assert rows[0]["at"] == "2026-02-20T15:30:00Z"
    assert rows[0]["source"] == "Incident, sent with zone -07:00"
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert any(row["text"] == "Login (IP address)" and row["source"].startswith("Reported person") for row in rows)
    assert any(row["text"] == "Report received in full" for row in rows)


def test_a_time_that_nobody_told_is_not_shown_as_one() -> None:
    untold = build_document(material(answers=Answers(not_told=("time",))), recipient())["timeline"]
    (stands_in,) = [row for row in untold if "report made" in row["text"]]
    assert stands_in["when"] == "Time not told"
    assert not any(row["when"] for row in untold if row is not stands_in)


def test_two_sources_stand_side_by_side_and_cautions_are_said_once() -> None:
    first, second = build_document(material(), recipient())["ip_events"]
    assert first["sources"] == [
        "first source (2026-01) says Jacksonville, FL, US",
        "second source (2026-02) agrees on the state",
    ]
    assert first["cautions"] == ["The company says this address may be a proxy."]
    assert first["provider"] == "Example Networks (AS64500)"
    assert (first["port"], second["port"]) == (50211, None)
    assert second["place"] == "No place known"
    assert second["cautions"] == ["No time was sent: without it a provider cannot name the subscriber."]


def test_an_open_file_is_given_and_a_sealed_one_is_listed_with_the_reason() -> None:
    opened, sealed = build_document(material(), recipient())["files"]
    assert opened["member"] == f"files/1-{opened['file_id']}.png"
    assert sealed["member"] is None
    assert "warrant is needed (United States v. Wilson" in sealed["state_words"]
    assert (opened["viewed_state"], sealed["viewed_state"]) == ("viewed_now", "not_said")
    assert sealed["viewed_words"] == "The company says: not viewed. What it means by that it has not stated"
    assert len(sealed["sha256"]) == 64


def test_other_reports_are_named_only_where_the_agency_has_them_too() -> None:
    links = build_document(material(), recipient())["links"]
    assert [row["number"] for row in links["named"]] == [4000000011]
    assert links["others"] == 1
    # Neither the other report's number nor what part the value plays in it is told.
    assert links["others_whys"] == ["Same handle: nightowl_77"]
    assert "4000000012" not in json.dumps(links)
    none_shared = build_document(material(), recipient(shares=frozenset()))
    assert none_shared["links"]["others"] == 2
    assert "4000000011" not in json.dumps(none_shared)


def test_existence_only_learns_number_date_and_who_has_it_and_nothing_else() -> None:
    document = build_document(material(), recipient(part=Part.EXISTENCE_ONLY, agency="icac-fl-south"))
    assert set(document) == {
        "form", "number", "as_of", "received_at", "agency", "part", "part_words", "why", "certainty", "primary",
    }  # fmt: skip
    assert document["why"] == ""
    assert "nightowl" not in json.dumps(document)


def test_the_reporter_can_be_reached_or_is_said_to_be_anonymous() -> None:
    company = build_document(material(), recipient())["reporter"]
    assert company["kind"] == "company"
    assert company["lines"][0]["text"] == "Example Chat Inc"
    assert {"label": "E-mail", "text": "trust@example.com", "note": ""} in company["lines"]
    person = material(head=head(source=Source.PUBLIC_FORM, esp_name=""), reporter={"reportingPerson": {}})
    assert build_document(person, recipient())["reporter"]["anonymous"] is True


def test_what_the_reporter_told_later_is_in_the_story() -> None:
    later = material(later=({"additionalInfo": "It was on Tuesday."},))
    told = build_document(later, recipient())["story"][-1]
    assert (told["label"], told["text"]) == ("Told later (part 2)", "It was on Tuesday.")


def test_the_first_plan_is_the_full_package() -> None:
    first = plan(material(), recipient(), None)
    assert first is not None
    assert (first.version, first.kind, first.document["news"]) == (1, FULL, [])


def _known(early: bool = False) -> Known:
    first = plan(material(), recipient(early=early), None)
    assert first is not None
    return Known(first.version, first.content_sha256, first.document, early)


def test_nothing_new_makes_no_supplement_even_when_the_house_has_moved_on() -> None:
    assert plan(material(), recipient(), _known()) is None
    # Later bookkeeping is no news: the same facts, found anew at another time.
    moved = material(head=head(state=ReportState.MADE_AVAILABLE))
    assert plan(moved, recipient(), _known()) is None


def test_a_supplement_says_in_words_what_is_new() -> None:
    news = (
        found("c", LinkFound(13, 4000000013, "HANDLE", "nightowl_77", 70, "Same handle (reported person in both)")),
        found("SUSPECT", BestPlace("SUSPECT", "US", "GA", confidence="possible")),
        found("", Scored(90, 1, ())),
        found("list 1", ContactsSeized("icac-fl-north", rows=12, known_in_reports=3, sought=9)),
        found("", FactsAdded(2)),
    )
    kept = tuple(one for one in FINDINGS if not isinstance(one.body, (BestPlace, Scored)))
    changed = material(findings=(*kept, *news), later=({"additionalInfo": "It was on Tuesday."},))
    made = plan(changed, recipient(), _known())
    assert made is not None
    assert (made.version, made.kind) == (2, SUPPLEMENT)
    assert made.document["news"] == [
        "Priority is now: Urgent",
        "1 new account in words",
        "Place of the reported person: GA, US",
        "1 more report is linked with this one",
        "1 list of seized contacts",
    ]


def test_an_early_referral_is_followed_by_the_full_package() -> None:
    early = _known(early=True)
    assert early.document["kind"] == EARLY
    full = plan(material(later=({"additionalInfo": "More."},)), recipient(), early)
    assert full is not None
    assert (full.kind, full.version) == (FULL, 2)


def test_an_early_document_gives_the_reason_and_the_full_one_says_that_somebody_decided() -> None:
    why = found("", Escalated("They meet tonight"))
    early = plan(material(findings=(*FINDINGS, why)), recipient(early=True), None)
    assert early is not None
    assert early.document["early"] == {"why": "They meet tonight"}
    full = plan(material(), recipient(), Known(1, early.content_sha256, early.document, early=True))
    assert full is not None
    assert full.document["early"] is None
    assert full.document["news"] == ["An analyst decided about it"]


def test_an_agency_that_becomes_primary_is_told_so() -> None:
    copy = plan(material(), recipient(part=Part.COPY), None)
    assert copy is not None
    now_primary = plan(material(), recipient(), Known(1, copy.content_sha256, copy.document))
    assert now_primary is not None
    assert now_primary.document["news"][0] == "The matter is referred to you."


def test_what_was_handed_over_is_not_taken_back() -> None:
    assert plan(material(), recipient(part=Part.EXISTENCE_ONLY), _known()) is None


def test_decide_makes_the_report_available_and_words_each_referral() -> None:
    first = plan(material(), recipient(), None)
    assert first is not None
    result = decide(head(), Facts((recipient(),), (first,), {}), NOW)
    assert result.to_state is ReportState.MADE_AVAILABLE
    assert [(one.subject, one.kind) for one in result.findings] == [("icac-fl-north", "referral_made")]


def test_the_digest_depends_on_content_alone() -> None:
    document = build_document(material(), recipient())
    assert content_digest(document) == content_digest({**document, "version": 9, "news": ["x"], "as_of": "later"})
    assert content_digest(document) != content_digest({**document, "headline": "other"})
    assert canonical({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'.encode()


def test_a_corrected_detail_is_said_to_be_one() -> None:
    old = build_document(material(), recipient())
    new = {**old, "certainty": "low"}
    assert changes(old, new) == ("Details were corrected",)
    assert changes(old, old) == ()


def test_the_package_is_dated_by_the_newest_fact_not_by_the_clock() -> None:
    assert material().as_of == RECEIVED
    later = replace(FINDINGS[1], at=NOW)
    assert material(findings=(*FINDINGS, later)).as_of == NOW


def test_a_viral_event_does_not_send_a_supplement_for_every_further_report() -> None:
    def linked(count: int) -> Material:
        links = (LinkFound(100 + n, 5000000000 + n, "HANDLE", "owl", 50, "Same handle (a)") for n in range(count))
        scored = found("", Scored(50 + count, 2, (ScorePoint(count, f"in {count} reports"),), (f"linked {count}",)))
        return material(findings=(scored, *(found(str(one.other_number), one) for one in links)))

    few, many, more = (build_document(linked(count), recipient()) for count in (20, 21, 500))
    assert (few["links"]["others"], few["links"]["others_more"]) == (20, False)
    assert (more["links"]["others"], more["links"]["others_more"]) == (20, True)
    assert content_digest(many) == content_digest(more)


def test_an_agency_that_knew_the_existence_alone_gets_the_full_package_when_it_is_chosen() -> None:
    chosen = plan(material(), recipient(part=Part.COPY), Known(1, "", {"part": "EXISTENCE_ONLY"}))
    assert chosen is not None
    assert (chosen.version, chosen.kind) == (2, FULL)
    assert chosen.document["news"] == ["You get a copy; another agency has the matter."]


def test_the_answers_of_a_human_door_are_in_words() -> None:
    told = Answers(reporter_is="parent", ongoing="today", danger_now=True, harms=("pictures_threat", "money"))
    lines = {row["label"]: row["text"] for row in build_document(material(answers=told), recipient())["answers"]}
    assert lines["A child is in danger now"] == "Yes"
    assert lines["Who tells"] == "A parent or carer"
    assert lines["What happens"] == "Somebody threatens to share pictures; Somebody wants money"
    assert build_document(material(), recipient())["answers"] == []


KNOWN = FileKnown(
    f"{'1':0>32}", 7, "Industry", "Tipline", how="PDQ", distance=12, classification="A1", judged_by=3, source="report"
)


def with_known(*bodies: FileKnown) -> Material:
    file_id = material().files[0].file_id
    more = (found(f"{file_id}:{body.entry}", replace(body, file_id=file_id)) for body in bodies)
    return material(findings=(*FINDINGS, *more))


def test_a_known_file_is_told_with_list_class_people_and_distance_and_the_other_file_is_not() -> None:
    first, second = build_document(with_known(KNOWN), recipient())["files"]
    (known,) = first["known"]
    assert known["words"] == (
        "Known: Industry, Tipline, class A1. Looks the same, 12 of 256 bits apart; judged by three people."
    )
    assert (known["judged_by"], known["distance"], known["classification"]) == (3, 12, "A1")
    assert second["known"] == []


def test_a_survivors_file_is_no_judged_material_in_the_package_and_gone_when_they_took_it_back() -> None:
    asked = replace(KNOWN, source="survivor", classification="", judged_by=0, list_name="Organisations")
    (known,) = build_document(with_known(asked), recipient())["files"][0]["known"]
    assert known["words"].startswith("A person asked to have this found.")
    assert "Organisations" not in json.dumps(known)
    back = build_document(with_known(replace(asked, standing="withdrawn")), recipient())
    assert back["files"][0]["known"] == []


def test_a_file_that_became_known_is_news_for_an_agency() -> None:
    old, new = build_document(material(), recipient()), build_document(with_known(KNOWN), recipient())
    assert changes(old, new) == ("Hash lists say something new of 1 file",)
    for row in old["files"]:
        del row["known"]  # as packages were written before there were hash lists
    assert changes(old, new) == ("Hash lists say something new of 1 file",)

"""Assembles a report's page from the record and the stages: reads alone, nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from tipline.domain.answers import HARMS, ONGOING, REPORTER_IS, Answers, answers_from
from tipline.domain.cybertip import reading
from tipline.domain.cybertip.fields import fields_of
from tipline.domain.findings import BestPlace, Finding, LinkFound, PlaceFound
from tipline.domain.report import Document, FileRef, ReportHead
from tipline.domain.states import Disposition, ReportState
from tipline.domain.vocabulary import BY_CODE, PRIORITY_LABELS, Priority
from tipline.interfaces.desk import cards, files, journal, recipients, reviews, story, where, words
from tipline.interfaces.desk.clusters import pages as titles
from tipline.interfaces.desk.notices import reported
from tipline.interfaces.desk.queue import Tag
from tipline.interfaces.desk.recipients import Getters
from tipline.interfaces.ui import names
from tipline.reports import custody as custodies
from tipline.reports import lists
from tipline.reports import queries as reports
from tipline.stages.feedback import queries as feedback
from tipline.stages.linking import queries as linking
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import sections
from tipline.stages.referral.material import Material
from tipline.stages.triage import queries as triage

# While a decision can still be undone, the report no longer waits for one.
DECIDED_WORDS = "Decided, can still be undone"
# Not to be opened by anybody: begun and not finished, withdrawn, or never finished.
UNFINISHED = frozenset({ReportState.OPEN, ReportState.RETRACTED, ReportState.LAPSED})


def find_report(number: int) -> ReportHead | None:
    """This function will find a report that was received; others do not exist for the desk."""
    head = reports.find_head(number)
    return None if head is None or head.state in UNFINISHED else head


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of a report, once for all cards."""

    head: ReportHead
    parts: tuple[Document, ...]
    answers: Answers
    files: tuple[FileRef, ...]
    findings: tuple[Finding, ...]


def load_facts(head: ReportHead) -> Facts:
    """This function will read what the cards are made of; of a purged report nothing is left."""
    if head.state is ReportState.PURGED:
        return Facts(head, (), answers_from({}), reports.list_files(head.id), ())
    return Facts(
        head=head,
        parts=reports.load_parts(head.id),
        answers=reports.load_answers(head.id),
        files=reports.list_files(head.id),
        findings=reports.current_findings(head.id),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that can still be undone: what it is, until when, and what happens then."""

    disposition: str
    reason: str
    by: str
    until: datetime
    seconds: int
    then: str


def is_decided(report_id: int) -> bool:
    """This function will say whether a decision waits for the end of its undo window."""
    return triage.find_pending(report_id) is not None


def load_waiting(head: ReportHead, getters: Getters | None, now: datetime) -> Waiting | None:
    """This function will find the decision whose undo window is still open, or that waits to be applied."""
    found = triage.find_pending(head.id)
    if found is None:
        return None
    disposition = Disposition(found.disposition)
    return Waiting(
        disposition=names.DISPOSITION_WORDS[disposition],
        reason=words.reason_words(found.reason),
        by=found.by,
        until=found.effective_at,
        seconds=max(0, round((found.effective_at - now).total_seconds())),
        then=_then(disposition, getters),
    )


def _then(disposition: Disposition, getters: Getters | None) -> str:
    if disposition is Disposition.OUT_OF_SCOPE:
        return "Then the report is closed and goes to no agency."
    names = [f"{one.name} ({one.part.lower()})" for one in getters.agencies] if getters else []
    if not names:
        return "Then the agencies are chosen."
    how = "goes to" if disposition is Disposition.REFERRAL else "is made available as informational to"
    return f"Then it {how} {', '.join(names)}."


def answers_facts(document: Document, answers: Answers) -> tuple[files.Fact, ...]:
    """This function will list the structured answers of a human door."""
    harms = "; ".join(HARMS.get(harm, harm) for harm in answers.harms)
    found = (
        files.Fact("Danger now", "Yes, the reporter says so" if answers.danger_now else ""),
        files.Fact("Told by", REPORTER_IS.get(answers.reporter_is, "")),
        files.Fact("Contact", ONGOING.get(answers.ongoing, "")),
        files.Fact("What happens", harms),
        files.Fact("Kind, as ticked", "; ".join(BY_CODE[code].label for code in answers.kinds if code in BY_CODE)),
        files.Fact("Kind of incident", reading.type_note(document, answers)),
        files.Fact("Language", words.LANGUAGES.get(answers.language, answers.language)),
    )
    return tuple(fact for fact in found if fact.text)


def _material(facts: Facts) -> Material:
    document, *later = facts.parts or ({},)
    return Material(facts.head, document, tuple(later), {}, facts.answers, facts.files, facts.findings)


def build(facts: Facts, *, within: str, now: datetime) -> dict[str, Any]:
    """This function will give the values of a report's page for its template."""
    head = facts.head
    getters = recipients.load_getters(head)
    waiting = load_waiting(head, getters, now)
    custody = custodies.list_custody(head.id)
    return {
        "head": head,
        "url": reverse("desk:report", args=[head.number]),
        "within": within,
        "source": words.source_words(head),
        "state": DECIDED_WORDS if waiting else words.STATE_WORDS[head.state],
        "priority": PRIORITY_LABELS[Priority(head.priority)],
        "tags": _tags(head),
        "hold": words.hold_words(head.hold.reason) if head.hold else "",
        "purged": head.state is ReportState.PURGED,
        "waiting": waiting,
        "verdict": cards.verdict(facts.findings),
        "escalations": journal.load_escalations(head.id) if head.state is not ReportState.PURGED else (),
        "getters": getters,
        "answers": answers_facts(facts.parts[0] if facts.parts else {}, facts.answers),
        "web_pages": reported.load(head, facts.parts, now),
        **_told(facts),
        **_known(facts, within),
        **_kept(facts, custody),
    }


def _tags(head: ReportHead) -> tuple[Tag, ...]:
    return (Tag(f"test data: {head.environment}", "caution"),) if head.environment != "production" else ()


def _told(facts: Facts) -> dict[str, Any]:
    identifiers = reports.list_identifiers(facts.head.id)
    texts = story.told(facts.parts, identifiers, facts.answers)
    return {"story": texts[0] if texts else None, "more_texts": texts[1:]}


def _known(facts: Facts, within: str) -> dict[str, Any]:
    material = _material(facts)
    ties = [found.body for found in facts.findings if isinstance(found.body, LinkFound)]
    others = sorted({tie.other_report_id for tie in ties})
    rows = lists.list_rows(others)
    elsewhere = lists.findings_of(others, (BestPlace.kind, PlaceFound.kind))
    clues = cards.clues(facts.findings)
    best = cards.best_places(facts.findings)
    lent = cards.lent(facts.findings, rows, elsewhere)
    behind = tuple(clue for found in elsewhere.values() for clue in cards.clues(found)) if lent else ()
    return {
        "points": cards.points(facts.findings),
        "proposal": cards.proposal(facts.findings),
        "rules_version": cards.rules_version(facts.findings),
        "is_scored": any(found.kind == "scored" for found in facts.findings),
        "places": (*cards.places(best), *cards.lent_places(lent)),
        "map": where.of_report((*best, *(body for _, body in lent))),
        "clues": clues,
        "place_notes": cards.place_notes((*clues, *behind)),
        "silent": cards.silent(facts.findings),
        "timeline": cards.timeline(facts.head, facts.parts, facts.files, facts.findings, facts.answers),
        "people": sections.people(material),
        "addresses": tuple(_timed(row) for row in sections.address_events(material)),
        "links": cards.links(facts.findings, rows, within),
        "clusters": [(one, titles.title(one)) for one in linking.clusters_of([facts.head.id]).get(facts.head.id, ())],
    }


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": datetime.fromisoformat(row["at"]) if row["at"] else None}


def _kept(facts: Facts, custody: Sequence[custodies.CustodyLine]) -> dict[str, Any]:
    head = facts.head
    return {
        "files": files.tiles(facts.files, head.number),
        "files_title": files.heading(facts.files, custody),
        "custody": custody_lines(custody, facts.files),
        "known": reviews.known_lines(
            facts.findings, head.number, {file.file_id: f"File {file.position}" for file in facts.files}
        ),
        "journal": journal.load_journal(head.id),
        "referrals": tuple(_referral(line) for line in referrals.list_referrals(head.id)),
        "outcomes": feedback.list_outcomes(head.id),
        "contact_lists": feedback.list_contact_lists(head.id),
        "legal_holds": lists.list_legal_holds(head.id),
        "received": tuple(
            {"part": number, "nodes": fields_of(part)} for number, part in enumerate(facts.parts, start=1)
        ),
        "part_types": reports.list_part_types(head.id),
    }


def _referral(line: referrals.ReferralLine) -> dict[str, Any]:
    return {
        "name": line.agency_name,
        "part": names.PART_WORDS[line.part],
        "state": words.REFERRAL_WORDS[line.state],
        "at": line.made_available_at,
        "early": line.early,
        "version": line.version,
    }


def custody_lines(custody: Sequence[custodies.CustodyLine], known: Sequence[FileRef]) -> tuple[dict[str, Any], ...]:
    """This function will write the chain of custody for reading, oldest first."""
    places = {file.file_id: f"File {file.position}" for file in known}
    return tuple(
        {
            "at": line.at,
            "file": places.get(line.file_id, line.file_id),
            "by": ", ".join(part for part in (names.actor_name(line.actor), names.agency_name(line.agency)) if part),
            "act": names.custody_act(line.act),
            "basis": names.custody_basis(line.basis),
            "detail": names.custody_detail(line.detail),
        }
        for line in custody
    )


def load_reporter(head: ReportHead) -> dict[str, Any]:
    """This function will open the reporter's sealed identity; who asked must be written down before."""
    opened = reports.load_reporter(head.id)
    document = {"reporter": opened} if opened else {}
    return {"reporter": fields_of(document), "reporter_open": True}

"""A report's journal for reading: its moves and holds, and what people did with it, each with the reason given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.findings import Escalated
from tipline.domain.states import Disposition
from tipline.domain.vocabulary import REASON_BY_CODE
from tipline.interfaces.desk import words
from tipline.interfaces.ui import names
from tipline.reports import queries as reports
from tipline.stages.routing import queries as routings
from tipline.stages.triage import queries as triage


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, what, why in the words of who did it, and who that was."""

    at: datetime
    text: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation as the page tells of it: why it could not wait, by whom, when."""

    why: str
    by: str
    at: datetime


def load_journal(report_id: int) -> tuple[Line, ...]:
    """This function will list everything that happened with a report, oldest first."""
    found = [*_moves(report_id), *_decisions(report_id), *_escalations(report_id), *_choices(report_id)]
    return tuple(sorted(found, key=lambda line: line.at))


def load_escalations(report_id: int) -> tuple[Escalation, ...]:
    """This function will list the escalations of a report, the newest first."""
    found = [one for one in reports.all_findings(report_id) if isinstance(one.body, Escalated)]
    return tuple(
        Escalation(one.body.why, names.actor_name(one.by), one.at)
        for one in reversed(found)
        if isinstance(one.body, Escalated)
    )


def _moves(report_id: int) -> Iterator[Line]:
    told: dict[str, str] = {}
    for line in reports.list_journal(report_id):
        by = told.setdefault(line.by, names.actor_name(line.by))
        yield Line(line.at, words.move_words(line.code, line.to_state), "", by)


def _decisions(report_id: int) -> Iterator[Line]:
    for one in triage.list_decisions(report_id):
        disposition = names.DISPOSITION_WORDS[Disposition(one.disposition)]
        reason = REASON_BY_CODE.get(one.reason)
        why = ". ".join(part for part in (reason.sentence if reason else names.plain(one.reason), one.note) if part)
        yield Line(one.made_at, f"Decided: {disposition.lower()}", why, one.by)
        if one.undone_at:
            text = f"Decision taken back ({disposition.lower()})"
            yield Line(one.undone_at, text, one.undone_why or "no reason given", one.undone_by or "not recorded")


def _escalations(report_id: int) -> Iterator[Line]:
    return (Line(one.at, "Escalated", one.why, one.by) for one in load_escalations(report_id))


def _choices(report_id: int) -> Iterator[Line]:
    for one in routings.list_routings(report_id):
        if one.by_person:
            agencies = ", ".join(each.name for each in one.recipients)
            yield Line(one.at, f"Agencies chosen by hand: {agencies}", one.reason, names.actor_name(one.by))

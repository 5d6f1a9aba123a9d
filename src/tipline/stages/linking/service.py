"""Reads what is shared, and tells both reports of a tie."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.domain.cybertip import reading
from tipline.domain.identifiers import distinct, key_of
from tipline.domain.report import FileRef, Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports import sightings
from tipline.stages.linking import rules
from tipline.stages.linking.rules import Shared, decide

__all__ = ["TAKES", "decide", "gather", "relink", "save"]

TAKES = ReportState.ENRICHED
BY = system("linking")
# Identifiers that an officer handed in later carry this path and survive re-indexing.
SEIZED = "seized list"


def identifiers_of(report_id: int) -> tuple[Identifier, ...]:
    """This function will collect a report's identifiers: of its document's parts, its files, and seized lists."""
    found = [one for part in reports.load_parts(report_id) for one in reading.identifiers(part)]
    found += [_of_file(file) for file in reports.list_files(report_id)]
    found += [one for one in reports.list_identifiers(report_id) if one.path.startswith(SEIZED)]
    return distinct(found)


def _of_file(file: FileRef) -> Identifier:
    kind, role = IdentifierKind.FILE_SHA256, PersonRole.SUSPECT
    return Identifier(kind, role, file.sha256, file.sha256, path=f"file {file.file_id}")


def gather(head: ReportHead) -> tuple[Shared, ...]:
    """This function will index the report's identifiers, then read who else carries them.

    Indexing is committed before reading, so that of two reports walking at once at least one sees the other.
    """
    own = identifiers_of(head.id)
    record.replace_identifiers(report_id=head.id, identifiers=own)
    asked = [one for one in own if one.kind in rules.RULES]
    # Of a value that half the world shares a few sightings are enough, and their number is counted to a bound.
    found = sightings.find_shared(asked, besides=head.id, environment=head.environment, most=rules.MOST_SIGHTINGS)
    carried = {key: _carried(head, listed) for key, listed in found.items()}
    shared = [
        Shared(one, each.report_id, each.number, each.identifier, carried[key_of(one)])
        for one in asked
        for each in found.get(key_of(one), ())
    ]
    return (*shared, *_prior(head, own))


def _carried(head: ReportHead, seen: tuple[sightings.Sighting, ...]) -> int:
    """How many reports carry a value, this one among them."""
    if len(seen) < rules.MOST_SIGHTINGS:
        return len({each.report_id for each in seen}) + 1
    one = seen[0].identifier
    return sightings.count_sightings(one, besides=head.id, environment=head.environment, most=rules.MOST_COUNTED) + 1


def _prior(head: ReportHead, own: tuple[Identifier, ...]) -> list[Shared]:
    found = []
    for one in own:
        if one.kind is IdentifierKind.PRIOR_REPORT and one.value.isdigit():
            other = reports.find_head(int(one.value))
            if other is not None and other.id != head.id and other.environment == head.environment:
                found.append(Shared(one, other.id, other.number, one, 2))
    return found


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will append the same ties to the other reports, as late news, where they do not know them yet.

    A value that stands in many reports is news to none of them. All are locked first, in one order.
    """
    others: dict[int, list[Shared]] = {}
    for tie in result.own:
        if rules.is_news(tie):
            others.setdefault(tie.other_report_id, []).append(rules.mirrored(tie, head))
    with transaction.atomic():
        record.lock_reports(report_ids=(head.id, *others))
        for other_id in sorted(others):
            _tell(other_id, tuple(others[other_id]), now)


def _tell(report_id: int, ties: tuple[Shared, ...], now: datetime) -> None:
    known = {found.subject for found in reports.current_findings(report_id, "link_found")}
    links = sorted({rules.link(tie) for tie in ties}, key=lambda one: (-one.weight, one.value))
    news = [found for found in (rules.finding(one, now) for one in links) if found.subject not in known]
    record.append_findings(report_id=report_id, findings=news, by=BY, now=now)


def relink(*, report_id: int, now: datetime) -> int:
    """This function will look for ties again after new facts and return how many it found."""
    head = reports.load_head(report_id)
    result = decide(head, gather(head), now)
    known = {found.subject for found in reports.current_findings(report_id, "link_found")}
    fresh = tuple(found for found in result.findings if found.subject not in known)
    with transaction.atomic():
        # First the locks of all, then its own news: in the other order two of them would wait for each other.
        save(head, result, now)
        record.append_findings(report_id=report_id, findings=fresh, by=BY, now=now)
    return len(fresh)

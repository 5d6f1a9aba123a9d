"""Asks every source about every clue and the hash lists about every file, and keeps what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.domain.findings import FileKnown
from tipline.domain.report import FileRef, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.platform.config import settings
from tipline.reference.hashlists import brake
from tipline.reference.hashlists import queries as hashlists
from tipline.reference.hashlists import service as hashlists_service
from tipline.reference.hashlists.depicted import Picture, look_up_depicted
from tipline.reference.hashlists.values import Match, Print
from tipline.reference.places.lookup import Shelf, shelf_of
from tipline.reference.places.values import Answer, NoAnswer
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports.features import features_of_report
from tipline.stages.enrichment import asking, research
from tipline.stages.enrichment.clues import Clue, clues_of
from tipline.stages.enrichment.models import EnrichmentLookup
from tipline.stages.enrichment.rules import (
    Answered,
    KnownFile,
    LookedUp,
    changed_findings,
    decide,
    depicted_before,
    joined,
    prints_of,
    withdrawn_findings,
)

__all__ = ["TAKES", "decide", "forget", "gather", "look_again", "look_up", "look_up_files", "renew", "save"]

TAKES = ReportState.SECURED
BY = system("enrichment")


def gather(head: ReportHead) -> tuple[Answered, ...]:
    """This function will look up every clue and file of a report. The reporter's sealed identity is not among them."""
    shelf = shelf_of(settings())
    told = clues_of(reports.load_parts(head.id), reports.list_files(head.id), reports.load_answers(head.id))
    clues = (*told, *research.clues_by_hand(head.id))
    return (*(LookedUp(clue, look_up(clue, shelf)) for clue in clues), *look_up_files(head))


def look_up_files(head: ReportHead) -> tuple[KnownFile, ...]:
    """This function will ask the hash lists about every file; a report for trying asks the lists for trying."""
    files, prints = reports.list_files(head.id), reports.list_fingerprints(head.id)
    asked = {file.position: prints_of(file, prints) for file in files}
    frames = reports.list_frames(head.id)
    films = {file.position: frames[file.file_id] for file in files if file.file_id in frames}
    is_test = head.environment == "test"
    found = hashlists.look_up_many(asked, test=is_test, films=films)
    shown = {} if is_test else _look_up_depicted(head, files, asked, found)
    matches = {file.file_id: joined(found.get(file.position, ()), shown.get(file.position, ())) for file in files}
    return tuple(KnownFile(file_id, each) for file_id, each in matches.items() if each)


def _look_up_depicted(
    head: ReportHead,
    files: Sequence[FileRef],
    asked: Mapping[int, Sequence[Print]],
    found: Mapping[int, Sequence[Match]],
) -> dict[int, tuple[Match, ...]]:
    """Ask by features of files of which the surer tiers know nothing, and of those where features found something."""
    before = depicted_before(reports.current_findings(head.id, FileKnown.kind))
    wanted = [file for file in files if file.position not in found or file.file_id in before]
    features = features_of_report(head.id) if wanted else {}
    return look_up_depicted(
        {
            file.position: Picture(features[file.file_id], asked[file.position], before.get(file.file_id, ()))
            for file in wanted
            if file.file_id in features
        }
    )


def look_up(clue: Clue, shelf: Shelf) -> tuple[Answer, ...]:
    """This function will ask the sources that know this kind of evidence."""
    return asking.ask(clue, shelf)


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will keep the look-ups, each once: a step that is repeated finds its own there."""
    kept = EnrichmentLookup.objects.filter(report_id=head.id).values_list("role", "evidence", "value")
    known = set(kept)
    EnrichmentLookup.objects.bulk_create(
        _row(head.id, each.clue, answer, now)
        for each in result.own
        if isinstance(each, LookedUp)
        for answer in each.answers
        if (each.clue.role, each.clue.evidence, each.clue.value[:300]) not in known
    )
    _record_hits(head, (each for each in result.own if isinstance(each, KnownFile)), now)


def _record_hits(head: ReportHead, known: Iterable[KnownFile], now: datetime) -> None:
    came_at = head.received_at or head.opened_at
    for each in known:
        hashlists_service.record_hits(
            report_id=head.id, file_id=each.file_id, came_at=came_at, matches=each.matches, now=now
        )


@transaction.atomic
def look_again(*, report_id: int, now: datetime) -> int:
    """This function will ask the hash lists about a report's files again and return how many findings are new.

    An entry that came onto a list since is late news, and so is one that was withdrawn. Repeated, it finds nothing.
    """
    head = reports.load_head(report_id)
    known = look_up_files(head)
    before = reports.current_findings(report_id, FileKnown.kind)
    held = brake.held_among(found.body.entry for found in before if isinstance(found.body, FileKnown))
    fresh = changed_findings(before, known, now, held)
    _record_hits(head, known, now)
    record.append_findings(report_id=report_id, findings=fresh, by=BY, now=now)
    return len(fresh)


def renew(*, report_id: int, now: datetime) -> int:
    """This function will look a report up again after late facts and return how many findings are new."""
    head = reports.load_head(report_id)
    # Asked before the transaction begins: a registry may take its time.
    result = decide(head, gather(head), now)
    with transaction.atomic():
        before = reports.current_findings(report_id)
        known = {(each.subject, each.body) for each in before}
        fresh = [each for each in result.findings if (each.subject, each.body) not in known]
        fresh += withdrawn_findings(before, result, now)
        save(head, result, now)
        record.append_findings(report_id=report_id, findings=fresh, by=BY, now=now)
    return len(fresh)


def forget(*, report_id: int) -> None:
    """This function will remove the look-ups of a report whose content is purged, and what people found by hand."""
    research.forget(report_id=report_id)
    EnrichmentLookup.objects.filter(report_id=report_id).delete()


def _row(report_id: int, clue: Clue, answer: Answer, now: datetime) -> EnrichmentLookup:
    return EnrichmentLookup(
        report_id=report_id,
        role=clue.role,
        evidence=clue.evidence,
        value=clue.value[:300],
        source=answer.source,
        data_date="" if isinstance(answer, NoAnswer) else answer.data_date,
        answered=not isinstance(answer, NoAnswer),
        answer=asdict(answer),
        at=now,
    )

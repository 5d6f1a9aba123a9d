"""Reads what is shared, tells both reports of a tie, and keeps the clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.domain.findings import FileKnown, Finding, PlaceFound, RingFound
from tipline.domain.report import DERIVED, FileRef, Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.reports import sightings
from tipline.reports.files import find_looks
from tipline.stages.linking import collecting, keeping, rules, watching
from tipline.stages.linking.rules import Shared, decide
from tipline.stages.linking.table import FILES, MOST_SIGHTINGS, SEIZED, VIRAL_FOR, VIRAL_FROM, counted_to

__all__ = ["TAKES", "decide", "gather", "relink", "save"]

TAKES = ReportState.ENRICHED
BY = system("linking")
_K = IdentifierKind


def identifiers_of(
    head: ReportHead, files: Sequence[FileRef], known: Sequence[FileKnown], standing: Iterable[Identifier]
) -> tuple[Identifier, ...]:
    """This function will collect a report's identifiers: of its document's parts, its files, and seized lists.

    standing: what is indexed already; what seized lists gave is kept from there.
    """
    seized = (one for one in standing if one.path.startswith(SEIZED) and one.kind not in DERIVED)
    firsts = find_looks(head.id) if files and head.environment == "production" else {}
    looks = collecting.looks_of(files, firsts)
    more = (*seized, *looks)
    return collecting.collect(reports.load_parts(head.id), files, known, more, reports.load_answers(head.id))


def gather(head: ReportHead) -> tuple[Shared, ...]:
    """This function will index the report's identifiers, then read who else carries them.

    Indexing is committed before reading, so that of two reports walking at once at least one sees the other.
    """
    files = reports.list_files(head.id)
    findings = reports.current_findings(head.id, FileKnown.kind, PlaceFound.kind)
    standing = reports.indexed_identifiers(head.id)
    known = [found.body for found in findings if isinstance(found.body, FileKnown)]
    own = identifiers_of(head, files, known, standing)
    record.replace_identifiers(head=head, identifiers=rules.indexed(own), standing=standing)
    probes = rules.probes(own)
    # Of a value that half the world shares a few sightings are enough, and their number is counted to a bound.
    found = sightings.find_keys(probes, besides=head.id, environment=head.environment, most=MOST_SIGHTINGS)
    cautions = _cautions(findings)
    marks = collecting.marks_of(files)
    carried = _carried(head, found)
    old = _old_files(head, carried)
    shared = [
        Shared(
            one, each.report_id, each.number, rules.met(one, each.identifier), carried[key],
            rules.same(head.esp_id, each.esp_id),
            cautions.get(one.raw, frozenset()), marks.get(one.path, frozenset()), is_new=key not in old,
        )
        for key, listed in found.items()
        for each in listed
        for one in probes[key]
    ]  # fmt: skip
    return (*_with_accounts(shared, own), *_prior(head, own))


def _with_accounts(shared: Sequence[Shared], own: Sequence[Identifier]) -> list[Shared]:
    mine = rules.account_of(own)
    asked = {one.other_report_id for one in shared if rules.wants_account(one)} if mine else set()
    accounts = sightings.find_values(asked, _K.ESP_ACCOUNT, PersonRole.SUSPECT)
    return [
        rules.with_accounts(one, mine, accounts.get(one.other_report_id, frozenset()))
        if rules.wants_account(one)
        else one
        for one in shared
    ]


def _cautions(findings: Sequence[Finding]) -> dict[str, frozenset[str]]:
    """What enrichment says of each address: a VPN's, a mobile network's, a server's."""
    places = [found.body for found in findings if isinstance(found.body, PlaceFound) and found.body.evidence == "ip"]
    return {body.value: frozenset(body.cautions) for body in places}


def _carried(head: ReportHead, found: sightings.Found) -> dict[rules.Key, int]:
    """How many reports carry each value, this one among them."""
    full = {key: counted_to(key[0]) for key, seen in found.items() if len(seen) >= MOST_SIGHTINGS}
    many = sightings.count_keys(full, besides=head.id, environment=head.environment)
    # One report may hold a value in many rows, and what is counted ends where nothing changes any more.
    return {key: max(many.get(key, 0), len({each.report_id for each in seen})) + 1 for key, seen in found.items()}


def _old_files(head: ReportHead, carried: Mapping[rules.Key, int]) -> frozenset[rules.Key]:
    """Files in many reports that have gone from hand to hand for long."""
    common = [key for key, many in carried.items() if key[0] in FILES and many >= VIRAL_FROM]
    first = sightings.first_of_keys(common, besides=head.id, environment=head.environment)
    return frozenset(key for key, at in first.items() if at < head.opened_at - VIRAL_FOR)


def _prior(head: ReportHead, own: tuple[Identifier, ...]) -> list[Shared]:
    found = []
    for one in own:
        if one.kind is _K.PRIOR_REPORT and one.value.isdigit() and len(one.value) < 19:
            other = reports.find_head(int(one.value))
            if other is not None and other.id != head.id and other.environment == head.environment:
                found.append(Shared(one, other.id, other.number, one, 2))
    return found


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will append the same ties to the other reports, as late news, where they do not know them yet, put
    the report into its clusters and keep what is known of the person behind it.

    A value that stands in many reports is news to none of them. All are locked first, in one order.
    """
    others: dict[int, list[Shared]] = {}
    for tie in result.own:
        if rules.is_news(tie):
            others.setdefault(tie.other_report_id, []).append(rules.mirrored(tie, head))
    with transaction.atomic():
        record.lock_reports(report_ids=(head.id, *others))
        known = reports.subjects_of(others, "link_found")
        news = {one: _news(ties, known.get(one, frozenset()), now) for one, ties in others.items()}
        record.append_to_many(found=news, by=BY, now=now)
        keeping.place(head, result.own, now)
        record.keep_findings(report_id=head.id, findings=_ring(head, now))


def _ring(head: ReportHead, now: datetime) -> list[Finding]:
    ring = watching.ring_of(head.id, now)
    if ring is None or ring in [found.body for found in reports.current_findings(head.id, RingFound.kind)]:
        return []
    return [Finding("person", ring, by=str(BY), tool=rules.TOOL, at=now)]


def _news(ties: Sequence[Shared], known: frozenset[str], now: datetime) -> list[Finding]:
    links = sorted({rules.link(tie) for tie in ties}, key=lambda one: (-one.weight, one.value))
    return [found for found in (rules.finding(one, now) for one in links) if found.subject not in known]


def relink(*, report_id: int, now: datetime) -> int:
    """This function will look for ties again after new facts and return how many it found."""
    head = reports.load_head(report_id)
    result = decide(head, gather(head), now)
    known = reports.subjects_of([report_id], "link_found").get(report_id, frozenset())
    fresh = tuple(found for found in result.findings if found.subject not in known)
    with transaction.atomic():
        # First the locks of all, then its own news: in the other order two of them would wait for each other.
        save(head, result, now)
        record.append_findings(report_id=report_id, findings=fresh, by=BY, now=now)
    return len(fresh)

"""Assembles a cluster's page from linking, the record and the rosters: reads alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.findings import BestPlace, Finding, OutcomeRecorded, ReferralMade
from tipline.domain.number import groups
from tipline.domain.report import PersonRole
from tipline.interfaces.desk import where, words
from tipline.interfaces.desk.clusters import children
from tipline.interfaces.desk.clusters.growth import growth
from tipline.interfaces.desk.clusters.nearby import nearby
from tipline.interfaces.ui import names
from tipline.interfaces.ui.paging import turns
from tipline.programs.identification import rosters
from tipline.programs.identification.rosters import Wanted
from tipline.reports import lists
from tipline.stages.enrichment import queries as enrichment
from tipline.stages.linking import queries as linking
from tipline.stages.linking import watching
from tipline.stages.linking.queries import ClusterLine

SIZE = 50
# A page looks at so many reports of a cluster, the newest; and at so many rows of a roster.
MOST_REPORTS, MOST_ROWS = 2_000, 5_000
KINDS = {
    "SUSPECT": "Suspects",
    "VICTIM": "Children",
    "SERIES": "Series of files",
    "VIRAL": "Viral events",
}
KIND_WORDS = {"SUSPECT": "Suspect", "VICTIM": "Child", "SERIES": "Series", "VIRAL": "Viral event"}
ALERT_WORDS = {"grows": "It grows: from {0} to {1} reports", "crosses": "It reached another agency: {1} have it now"}
ACT_WORDS = {
    "took_in": "took in cluster {0}", "merged": "merged into cluster {0}", "unmerged": "taken apart from cluster {0}",
    "kept_apart": "is not one with cluster {0}", "added": "put report {1} in", "removed": "took report {1} out",
    "let_out": "took cluster {0} out again",
    "named": "named it", "taken": "took it over", "handed_over": "handed it over", "let_go": "gave it back",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which part of the page is asked for."""

    members_from: int = 0
    children_from: int = 0
    country: str | None = None
    status: str = ""


def title(line: ClusterLine) -> str:
    """This function will name a cluster: as people did, or by its kind and number."""
    return line.name or f"{KIND_WORDS[line.kind]} {line.id}"


def alert_words(code: str, before: int, now: int) -> str:
    """This function will say what an alert is about."""
    return ALERT_WORDS.get(code, code).format(before, now)


def with_agencies(rows: Sequence[ClusterLine]) -> list[tuple[ClusterLine, str, tuple[str, ...]]]:
    """This function will give clusters with their names, and with the agencies that have reports of them."""
    sent = watching.agencies_by_cluster([row.id for row in rows])
    return [(row, title(row), tuple(map(names.agency_name, sent.get(row.id, ())))) for row in rows]


def build(line: ClusterLine, chosen: Chosen, url: str, now: datetime) -> dict[str, Any]:
    """This function will give the values of a cluster's page for its template."""
    ids = watching.reports_in(line.id, MOST_REPORTS)
    findings = lists.findings_of(ids, (BestPlace.kind, ReferralMade.kind, OutcomeRecorded.kind))
    facts = _facts(ids, findings)
    laid = linking.list_rosters(line.id)
    found = _children(ids, facts, laid)
    return {
        "line": line,
        "title": title(line),
        "kind": KIND_WORDS[line.kind],
        "url": url,
        "reports": len(ids),
        "is_cut": len(ids) >= MOST_REPORTS,
        "plot": growth(lists.count_by_week(ids), now.date()),
        "agencies": _agencies(facts),
        "where": where.of_cluster(findings, enrichment.list_hinted_places(ids, where.MOST_PLACES)),
        "alerts": [
            (one, alert_words(code, before, after), at)
            for one, code, before, after, at in linking.list_alerts_of(line.id)
        ],
        "parts": linking.list_parts(line.id),
        "proposals": [(one, title(one.other)) for one in linking.list_proposals(line.id, now=now)],
        "acts": [(one, _act_words(one)) for one in linking.list_acts(line.id)],
        "left": _left(line.id),
        "nearby": nearby(line.id, ids) if line.kind == "SUSPECT" else (),
        **_members(line, chosen, url),
        **_roster(found, chosen, url),
        **_lists(laid, ids),
    }


def _facts(ids: Sequence[int], findings: Mapping[int, Sequence[Finding]]) -> dict[int, children.ReportFacts]:
    numbers = lists.numbers_of(ids)
    return {one: _fact(numbers[one], findings.get(one, ())) for one in ids if one in numbers}


def _fact(number: int, findings: Sequence[Finding]) -> children.ReportFacts:
    bodies = [found.body for found in findings]
    place = next((body for body in bodies if isinstance(body, BestPlace) and body.role == PersonRole.VICTIM), None)
    told = [names.agency_name(body.agency) for body in bodies if isinstance(body, ReferralMade)]
    return children.ReportFacts(
        number=number,
        country=place.country if place else "",
        state=place.state if place else "",
        agencies=tuple(dict.fromkeys(told)),
        is_identified=any(isinstance(body, OutcomeRecorded) and bool(body.child_identified) for body in bodies),
    )


def _children(
    ids: Sequence[int], facts: Mapping[int, children.ReportFacts], laid: Sequence[int]
) -> tuple[children.Child, ...]:
    roster = children.Roster()
    children.of_reports(roster, lists.identifiers_of(ids, children.ROLES), facts)
    children.unnamed(roster, lists.children_told(children.childless(roster, facts)), facts)
    for roster_id in laid:
        rows, _ = rosters.list_children(roster_id, Wanted(), size=MOST_ROWS, with_reports=True)
        children.of_list(roster, roster_id, rows)
    return roster.children()


def _agencies(facts: Mapping[int, children.ReportFacts]) -> list[tuple[str, int]]:
    return Counter(name for one in facts.values() for name in one.agencies).most_common()


def _act_words(one: linking.ActLine) -> str:
    return ACT_WORDS.get(one.code, one.code).format(one.other_id, groups(one.report_number or 0))


def _left(top: int) -> list[tuple[int, datetime, str]]:
    rows = linking.list_left(top)
    numbers = lists.numbers_of([one for one, *_ in rows])
    return [(numbers[one], at, by) for one, at, by in rows if one in numbers]


def _members(line: ClusterLine, chosen: Chosen, url: str) -> dict[str, Any]:
    rows = linking.list_members(line.id, offset=chosen.members_from, size=SIZE)
    ids = [row.report_id for row in rows]
    heads = {row.head.id: row.head for row in lists.list_rows(ids)}
    vias = lists.numbers_of([row.via_report_id for row in rows if row.via_report_id])
    shown = [
        {"row": row, "head": heads[row.report_id], "state": words.STATE_WORDS.get(heads[row.report_id].state, ""),
         "source": words.source_words(heads[row.report_id]), "via": vias.get(row.via_report_id or 0),
         "strength": names.strength(row.weight)}
        for row in rows if row.report_id in heads
    ]  # fmt: skip
    page = turns(f"{url}?part=members", total=line.size, offset=chosen.members_from, size=SIZE)
    return {"members": shown, "members_page": page}


def _roster(found: Sequence[children.Child], chosen: Chosen, url: str) -> dict[str, Any]:
    fits = [
        one for one in found
        if chosen.country in (None, one.country) and chosen.status in ("", one.status)
    ]  # fmt: skip
    query = f"?status={chosen.status}" + (f"&country={chosen.country}" if chosen.country is not None else "")
    page = turns(f"{url}{query}&part=children", total=len(fits), offset=chosen.children_from, size=SIZE)
    stand = Counter(one.status for one in found)
    return {
        "children": fits[chosen.children_from : chosen.children_from + SIZE],
        "children_page": page,
        "children_total": len(found),
        "stand": [(status, CHILD_WORDS[status], stand[status]) for status in children.STATUSES],
        "countries": children.by_country(found),
        "chosen": chosen,
    }


CHILD_WORDS = {"SOUGHT": "sought", "IDENTIFIED": "identified", "SAFE": "safe"}


def _lists(laid: Sequence[int], ids: Sequence[int]) -> dict[str, Any]:
    there = [one for roster_id in laid if (one := rosters.find_roster(roster_id)) is not None]
    may = [(one, count) for one, count in rosters.list_meeting(ids) if one.id not in laid]
    return {"rosters": there, "rosters_fitting": may}


def preview(into: ClusterLine, child: ClusterLine) -> dict[str, Any]:
    """This function will say what a merge of two clusters would make, and what people said of them before."""
    both = set(watching.reports_in(into.id, MOST_REPORTS)) & set(watching.reports_in(child.id, MOST_REPORTS))
    agencies = [watching.agencies_of(watching.reports_in(one.id, MOST_REPORTS)) for one in (into, child)]
    return {
        "into_title": title(into),
        "child_title": title(child),
        "kind": KIND_WORDS[into.kind],
        "is_alike": into.kind == child.kind,
        "total": into.size + child.size,
        "in_both": len(both),
        "agencies": sorted({names.agency_name(one) for found in agencies for one in found}),
        "left": (*_left(into.id), *_left(child.id)),
        "is_parted": linking.are_parted(into.id, child.id),
    }

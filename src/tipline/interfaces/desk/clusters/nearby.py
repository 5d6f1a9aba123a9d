"""Reports that share something with those of a suspect's cluster and are not in it: a person says whether they belong.

What ties them does not tell by itself that it is the same person: a name that others choose as well, a file that is
passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tipline.domain.findings import Finding, LinkFound
from tipline.interfaces.desk import cards
from tipline.reports import lists
from tipline.stages.linking import queries as linking
from tipline.stages.linking.people import NO_MEMBERS
from tipline.stages.linking.queries import ClusterLine
from tipline.stages.linking.table import FILES

MOST = 10
# So many of a cluster's reports are looked at, the newest, and so many of their ties, the newest too.
MOST_REPORTS, MOST_TIES = 200, 2_000


@dataclass(frozen=True, slots=True)
class Near:
    """A report outside: what ties it, to which of the cluster's reports, and in which suspect's cluster it is."""

    link: cards.Link
    vias: tuple[int, ...]
    elsewhere: ClusterLine | None


def nearby(top: int, ids: Sequence[int]) -> tuple[Near, ...]:
    """This function will list at most MOST: those tied by more than a file first, then by strength.

    ids: the cluster's reports, the newest first.
    """
    looked = ids[:MOST_REPORTS]
    ties = list(_ties_outward(top, looked, frozenset(ids)))
    found = lists.list_rows(sorted({body.other_report_id for _, _, body in ties}))
    rows = {row.head.number: row for row in found if row.head.state not in NO_MEMBERS}
    links = cards.links((finding for _, finding, _ in ties), list(rows.values()), "")
    of_people = {body.other_number for _, _, body in ties if body.identifier_kind not in FILES}
    ordered = sorted(links, key=lambda one: one.number not in of_people)
    chosen = [one for one in ordered if one.number in rows][:MOST]
    grouped = linking.clusters_of([rows[one.number].head.id for one in chosen])
    numbers = lists.numbers_of(looked)
    vias: dict[int, set[int]] = {}
    for member, _, body in ties:
        vias.setdefault(body.other_number, set()).add(numbers[member])
    made = []
    for one in chosen:
        theirs = [each for each in grouped.get(rows[one.number].head.id, ()) if each.kind == "SUSPECT"]
        made.append(Near(one, tuple(sorted(vias[one.number])), theirs[0] if theirs else None))
    return tuple(made)


def _ties_outward(top: int, looked: Sequence[int], inside: Collection[int]) -> Iterator[tuple[int, Finding, LinkFound]]:
    """The newest ties to reports that a person may be asked about."""
    ties = [one for one in lists.list_ties(looked) if one[1] not in inside]
    settled = linking.settled_for(top, sorted({other for _, other, _ in ties}))
    chosen = [(member, found) for member, other, found in ties if other not in settled][:MOST_TIES]
    findings = lists.load_findings(looked, [found for _, found in chosen])
    for member, found in chosen:
        finding = findings.get(found)  # none where it was purged meanwhile
        if finding and isinstance(finding.body, LinkFound):
            yield member, finding, finding.body

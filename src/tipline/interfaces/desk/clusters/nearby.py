"""Reports that share something with those of a suspect's cluster and are not in it: a person says whether they belong.

What ties them does not tell by itself that it is the same person: a name that others choose as well, a file that is
passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    ties = list(_ties_outward(top, looked, ids))
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


def _ties_outward(top: int, looked: Sequence[int], inside: Sequence[int]) -> Iterator[tuple[int, Finding, LinkFound]]:
    found = lists.newest_links(looked, besides=inside, most=MOST_TIES)
    ties = [(member, one, one.body) for member, several in found.items() for one in several]
    settled = linking.settled_for(
        top, sorted({body.other_report_id for _, _, body in ties if isinstance(body, LinkFound)})
    )
    for member, finding, body in ties:
        if isinstance(body, LinkFound) and body.other_report_id not in settled:
            yield member, finding, body

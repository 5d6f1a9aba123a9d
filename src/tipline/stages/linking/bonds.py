"""What two reports share, as ties between the people, children and files in them: what clusters are made of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tipline.domain.identifiers import hash64
from tipline.domain.report import CHILD_ROLES, Identifier, IdentifierKind, PersonRole
from tipline.stages.linking import rules
from tipline.stages.linking.clusters import ClusterKind, Node, Tie
from tipline.stages.linking.rules import Shared
from tipline.stages.linking.table import FILES, RULES

_K = IdentifierKind
# The same file in two reports speaks for one person a little: people pass files on.
FILE_SHARE = 0.4
_PERSON = re.compile(r"/report/\w+(?:\[\d+\])?")


def bonds(report_id: int, ties: Iterable[Shared]) -> tuple[Tie, ...]:
    """This function will give the ties between nodes of a report and of others."""
    return tuple(bond for shared in ties for bond in _bonds(report_id, shared))


def _bonds(report_id: int, shared: Shared) -> Iterator[Tie]:
    weight = rules.weigh(shared)
    if shared.own.kind in FILES:
        kind = ClusterKind.VIRAL if shared.is_viral else ClusterKind.SERIES
        yield _bond(kind, report_id, shared, weight)
        if not shared.is_passed_on:
            yield _bond(ClusterKind.SUSPECT, report_id, shared, round(weight * FILE_SHARE))
    elif shared.own.kind is _K.PRIOR_REPORT or _are(shared, {PersonRole.SUSPECT}):
        yield _bond(ClusterKind.SUSPECT, report_id, shared, weight)
    elif _are(shared, CHILD_ROLES):
        yield _bond(ClusterKind.VICTIM, report_id, shared, weight)


def _are(shared: Shared, roles: Iterable[PersonRole]) -> bool:
    return shared.own.role in roles and shared.other.role in roles


def _bond(kind: ClusterKind, report_id: int, shared: Shared, weight: int) -> Tie:
    own, other = facet_of(kind, shared.own), facet_of(kind, shared.other)
    return Tie(
        own=Node(kind, report_id, own),
        other=Node(kind, shared.other_report_id, other),
        family=RULES[shared.own.kind].family,
        # Enough to tell two reasons apart, and too little to say what was shared.
        value=f"{shared.own.kind}:{hash64(shared.own.kind, shared.own.value) & 0xFFFF:04x}",
        weight=weight,
        why=rules.why(shared),
        why_back=rules.why(replace(shared, own=shared.other, other=shared.own)),
    )


def facet_of(kind: ClusterKind, one: Identifier) -> str:
    """This function will name what of a report an identifier is of: its suspect, a child of it, a file of it."""
    if kind is ClusterKind.SUSPECT:
        return ""
    if kind is ClusterKind.VICTIM:
        found = _PERSON.match(one.path)
        return found[0][:80] if found else one.path[:80]
    return one.path[:80]


def children_in(listed: Iterable[tuple[int, Identifier]], tops: Mapping[tuple[int, str], int]) -> int:
    """This function will count the children of several reports: those of one cluster are one.

    listed: identifiers of children by report; tops: the cluster of a child by report and facet, where it is in one.
    """
    named = {(report_id, facet_of(ClusterKind.VICTIM, one)) for report_id, one in listed}
    return len({tops.get(child, child) for child in named})

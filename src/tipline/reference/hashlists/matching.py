"""Looking fingerprints up: digests by index, PDQ against a packed copy in memory that knows whether it is current.

Only entries that are on a list now are compared: not proposed, rejected or withdrawn ones, no canaries (made-up
hashes), and nothing of the lists for trying unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tipline.media.hamming import Words, find_near, pack
from tipline.reference.hashlists.models import EntryPrint, HashList
from tipline.reference.hashlists.rules import sum_up, tidied
from tipline.reference.hashlists.values import (
    ACTIVE,
    LARGE_TYPES,
    PDQ_LEAST_QUALITY,
    PDQ_RADIUS,
    TEST_LISTS,
    Match,
    Print,
)

# How well a kind of agreement says that it is the same file; the first that agrees is told.
_ORDER = ("SHA256", "SHA1", "MD5", "PDNA", "NETCLEAN", "PDQ")
_Found = tuple[int, str, int]  # entry, type, distance

_EQUAL = """
SELECT DISTINCT asked.row, p.entry_id, p.type
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS asked(row, type, value)
JOIN hashlists_entryprint p ON p.type = asked.type AND p.value = asked.value
JOIN hashlists_entry e ON e.id = p.entry_id AND e.state = 'ACTIVE' AND e.canary_of_id IS NULL
JOIN hashlists_hashlist l ON l.id = e.hash_list_id AND (l.slug = ANY(%s)) = %s
"""
_TOLD = """
SELECT e.id, e.entry_id, l.slug, l.name, m.id, m.name, e.media, e.classification, e.source,
  (SELECT count(*) FROM hashlists_judgement j WHERE j.entry_id = e.id AND j.round = e.round),
  (SELECT max(j.at) FROM hashlists_judgement j WHERE j.entry_id = e.id AND j.round = e.round),
  (SELECT count(DISTINCT v.partner_id) FROM hashlists_vote v WHERE v.entry_id = e.id AND v.verdict = 'AFFIRMATIVE'),
  (SELECT count(DISTINCT v.partner_id) FROM hashlists_vote v WHERE v.entry_id = e.id AND v.verdict = 'NEGATIVE')
FROM hashlists_entry e
JOIN hashlists_hashlist l ON l.id = e.hash_list_id
JOIN partners_partner m ON m.id = e.member_id
WHERE e.id = ANY(%s) AND e.state = 'ACTIVE'
"""


@dataclass(frozen=True, slots=True)
class _Packed:
    """All loosely comparable hashes, and of which editions of the lists."""

    editions: frozenset[tuple[int, int]]
    words: Words
    entries: tuple[int, ...]


_held: dict[bool, _Packed] = {}


def look_up(prints: Sequence[Print], *, test: bool = False) -> tuple[Match, ...]:
    """This function will find the entries that one file agrees with; see `look_up_many`."""
    return look_up_many({0: prints}, test=test).get(0, ())


def look_up_many(rows: Mapping[int, Sequence[Print]], *, test: bool = False) -> dict[int, tuple[Match, ...]]:
    """This function will find the entries that files agree with; several thousand files a call.

    rows: fingerprints by a number of the caller's. Digests agree exactly; PDQ within PDQ_RADIUS bits where both have a
    quality of PDQ_LEAST_QUALITY. test: compare with the lists for trying instead of the real ones. Returns only rows
    that agree with something; each entry once, by the strongest agreement; strongest and nearest first.
    """
    tidy = {row: [tidied(one) for one in prints] for row, prints in rows.items()}
    found: dict[int, dict[int, _Found]] = {}
    for row, one in (*_equal(tidy, test), *_near(tidy, test)):
        best = found.setdefault(row, {})
        if one[0] not in best or _strength(one) < _strength(best[one[0]]):
            best[one[0]] = one
    told = _tell({entry for best in found.values() for entry in best})
    matched = {
        row: tuple(_match(told[one[0]], one) for one in sorted(best.values(), key=_strength) if one[0] in told)
        for row, best in found.items()
    }
    return {row: matches for row, matches in matched.items() if matches}


def _strength(one: _Found) -> tuple[int, int, int]:
    return _ORDER.index(one[1]), one[2], one[0]


def _equal(rows: Mapping[int, Sequence[Print]], test: bool) -> list[tuple[int, _Found]]:
    asked = [
        (row, one.type, one.value)
        for row, prints in rows.items()
        for one in prints
        if one.type != "PDQ" and one.type in _ORDER and one.type not in LARGE_TYPES and one.value
    ]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_EQUAL, [*(list(column) for column in zip(*asked, strict=True)), list(TEST_LISTS), test])
        return [(row, (entry, kind, 0)) for row, entry, kind in cursor.fetchall()]


def _near(rows: Mapping[int, Sequence[Print]], test: bool) -> list[tuple[int, _Found]]:
    asked = [(row, one.value) for row, prints in rows.items() for one in prints if _is_comparable(one)]
    if not asked:
        return []
    packed = _current(test)
    near = {value: find_near(value, packed.words, PDQ_RADIUS) for value in {value for _, value in asked}}
    return [(row, (packed.entries[column], "PDQ", apart)) for row, value in asked for column, apart in near[value]]


def _is_comparable(one: Print) -> bool:
    return one.type == "PDQ" and one.quality >= PDQ_LEAST_QUALITY and len(one.value) == 64


def _current(test: bool) -> _Packed:
    # The editions are read before the hashes: a change in between makes the copy look older than it is, never newer.
    lists = HashList.objects.filter(slug__in=TEST_LISTS) if test else HashList.objects.exclude(slug__in=TEST_LISTS)
    editions = frozenset(lists.values_list("id", "edition"))
    held = _held.get(test)
    if held is None or held.editions != editions:
        held = _held[test] = _load(editions)
    return held


def _load(editions: frozenset[tuple[int, int]]) -> _Packed:
    rows = EntryPrint.objects.filter(
        type="PDQ", quality__gte=PDQ_LEAST_QUALITY, entry__state=ACTIVE, entry__canary_of=None,
        entry__hash_list_id__in=[list_id for list_id, _ in editions],
    ).values_list("entry_id", "value")  # fmt: skip
    found = list(rows)
    return _Packed(editions, pack([value for _, value in found]), tuple(entry for entry, _ in found))


def _tell(entries: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    wanted = sorted(entries)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [wanted])
        return {row[0]: row for row in cursor.fetchall()}


def _match(told: tuple[Any, ...], one: _Found) -> Match:
    (key, entry_id, slug, name, member, member_name, media, classified, source, people, last, yes, no) = told
    return Match(
        entry=key, entry_id=entry_id, list_slug=slug, list_name=name, member_id=member,
        member_name=member_name, media=media, classification=classified, how=one[1], distance=one[2], judged_by=people,
        last_judged_at=last, standing=sum_up(yes, no), source=source,
    )  # fmt: skip

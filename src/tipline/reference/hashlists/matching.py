"""Looking fingerprints up: digests by index, PDQ against a packed copy in memory that knows whether it is current.

Only entries that are on a list now are compared: not proposed, rejected or withdrawn ones, no canaries (made-up
hashes), and nothing of the lists for trying unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tipline.media.hamming import Words, find_near_many, pack
from tipline.platform.database.columns import COLUMN, column
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
_COMPARED = tuple(kind for kind in _ORDER if kind != "PDQ" and kind not in LARGE_TYPES)
_Found = tuple[int, str, int]  # entry, type, distance
Values = Mapping[str, Sequence[tuple[int, str]]]

# LATERAL and OFFSET 0: one look-up in the index for each value and one for each hit, in this order whatever the planner
# thinks. On a shelf that was filled a moment ago it thinks of one row, and would ask for every value 20,000 times.
_EQUAL = f"""
SELECT DISTINCT asked.place, p.entry_id
FROM unnest({COLUMN}) WITH ORDINALITY AS asked(value, place)
CROSS JOIN LATERAL (SELECT entry_id FROM hashlists_entryprint WHERE type = %s AND value = asked.value OFFSET 0) AS p
CROSS JOIN LATERAL (
  SELECT FROM hashlists_entry e JOIN hashlists_hashlist l ON l.id = e.hash_list_id AND (l.slug = ANY(%s)) = %s
  WHERE e.id = p.entry_id AND e.state = 'ACTIVE' AND e.canary_of_id IS NULL OFFSET 0
) AS is_listed
"""  # noqa: S608 - only constants
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
    values: dict[str, list[tuple[int, str]]] = {}
    for row, prints in rows.items():
        for one in map(tidied, prints):
            # What has a line end inside is no fingerprint and agrees with nothing.
            if one.value and "\n" not in one.value and (one.type != "PDQ" or _is_comparable(one)):
                values.setdefault(one.type, []).append((row, one.value))
    return look_up_values(values, test=test)


def look_up_values(values: Values, *, test: bool = False) -> dict[int, tuple[Match, ...]]:
    """This function will do what `look_up_many` does for values in the one form that is compared, by their type.

    values: (row, value) by type; of PDQ only those that may be compared.
    """
    found: dict[int, dict[int, _Found]] = {}
    for row, one in (*_equal(values, test), *_near(values.get("PDQ", ()), test)):
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


def _equal(values: Values, test: bool) -> Iterator[tuple[int, _Found]]:
    for kind in _COMPARED:
        if asked := values.get(kind):
            with connection.cursor() as cursor:
                cursor.execute(_EQUAL, [column([value for _, value in asked]), kind, list(TEST_LISTS), test])
                yield from ((asked[place - 1][0], (entry, kind, 0)) for place, entry in cursor.fetchall())


def _near(asked: Sequence[tuple[int, str]], test: bool) -> Iterator[tuple[int, _Found]]:
    if not asked:
        return
    packed = _current(test)
    near = find_near_many([value for _, value in asked], packed.words, PDQ_RADIUS)
    for row, value in asked:
        yield from ((row, (packed.entries[at], "PDQ", apart)) for at, apart in near.get(value, ()))


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

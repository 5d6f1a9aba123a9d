"""Looking fingerprints up: digests by an index of the database, PDQ by an index of nearness beside it (`adapters`).

Only entries that are on a list now are compared: not proposed, rejected or withdrawn ones, none that are held, no
canaries (made-up hashes), and nothing of the lists for trying unless asked for. Some fingerprints never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from tipline.domain.known import FILM, form_of
from tipline.media.thresholds import PDQ_LEAST_QUALITY
from tipline.media.video.matching import FilmMatch
from tipline.media.video.prints import FramePrint
from tipline.platform.database.columns import COLUMN, column
from tipline.reference.hashlists.adapters import find_near
from tipline.reference.hashlists.films import look_up_film
from tipline.reference.hashlists.never import load_never
from tipline.reference.hashlists.rules import sum_up, tidied
from tipline.reference.hashlists.values import LARGE_TYPES, TEST_LISTS, Match, Print

# How well a kind of agreement says that it is the same file; the first that agrees is told.
_ORDER = ("SHA256", "SHA1", "MD5", "PDNA", "NETCLEAN", FILM, "PDQ")
_COMPARED = tuple(kind for kind in _ORDER if kind not in ("PDQ", FILM, *LARGE_TYPES))
Values = Mapping[str, Sequence[tuple[int, str]]]
Films = Mapping[int, Sequence[FramePrint]]

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
AND NOT EXISTS (SELECT FROM hashlists_entryhold h WHERE h.entry_id = e.id AND h.released_at IS NULL)
"""


class Found(NamedTuple):
    """An entry that agrees, by which type of fingerprint, in how many bits it differs, and the value that was asked.

    film: where and how it agrees, where `how` is FILM.
    """

    entry: int
    how: str
    distance: int
    value: str
    film: FilmMatch | None = None


def look_up(prints: Sequence[Print], *, test: bool = False) -> tuple[Match, ...]:
    """This function will find the entries that one file agrees with; see `look_up_many`."""
    return look_up_many({0: prints}, test=test).get(0, ())


def look_up_many(
    rows: Mapping[int, Sequence[Print]], *, test: bool = False, films: Films | None = None
) -> dict[int, tuple[Match, ...]]:
    """This function will find the entries that files agree with; several thousand files a call.

    rows: fingerprints by a number of the caller's. Digests agree exactly; PDQ within PDQ_RADIUS bits where both have a
    quality of PDQ_LEAST_QUALITY. films: the frames of those that are films, which agree where they line up in time with
    a listed film's (FILM). test: compare with the lists for trying instead of the real ones. Returns only rows
    that agree with something; each entry once, by the strongest agreement; strongest and nearest first.
    """
    values: dict[str, list[tuple[int, str]]] = {}
    forms: dict[tuple[int, str], str] = {}
    for row, prints in rows.items():
        for one in map(tidied, prints):
            # What has a line end inside is no fingerprint and agrees with nothing.
            if one.value and "\n" not in one.value and (one.type != "PDQ" or _is_comparable(one)):
                values.setdefault(one.type, []).append((row, one.value))
                forms.setdefault((row, one.value), one.form)
    return _look_up(values, forms, test, films or {})


def look_up_values(values: Values, *, test: bool = False) -> dict[int, tuple[Match, ...]]:
    """This function will do what `look_up_many` does for values in the one form that is compared, by their type.

    values: (row, value) by type; of PDQ only those that may be compared.
    """
    return _look_up(values, {}, test, {})


def _look_up(
    values: Values, forms: Mapping[tuple[int, str], str], test: bool, films: Films
) -> dict[int, tuple[Match, ...]]:
    found: dict[int, dict[int, Found]] = {}
    counting = _counting((*_equal(values, test), *_near(values.get("PDQ", ()), test)))
    for row, one in (*counting, *_films(films, test)):
        best = found.setdefault(row, {})
        if one.entry not in best or _strength(one) < _strength(best[one.entry]):
            best[one.entry] = one
    told = tell_listed({entry for best in found.values() for entry in best})
    matched = {
        row: tuple(
            match_of(told[one.entry], one, forms.get((row, one.value), ""))
            for one in sorted(best.values(), key=_strength)
            if one.entry in told
        )
        for row, best in found.items()
    }
    return {row: matches for row, matches in matched.items() if matches}


def _counting(found: Sequence[tuple[int, Found]]) -> list[tuple[int, Found]]:
    if not found:
        return []
    never = load_never()
    return [(row, one) for row, one in found if not never.holds(one.how, one.value)]


def _strength(one: Found) -> tuple[int, int, int]:
    return _ORDER.index(one.how), one.distance, one.entry


def _equal(values: Values, test: bool) -> Iterator[tuple[int, Found]]:
    for kind in _COMPARED:
        if asked := values.get(kind):
            with connection.cursor() as cursor:
                cursor.execute(_EQUAL, [column([value for _, value in asked]), kind, list(TEST_LISTS), test])
                for place, entry in cursor.fetchall():
                    row, value = asked[place - 1]
                    yield row, Found(entry, kind, 0, value)


def _near(asked: Sequence[tuple[int, str]], test: bool) -> Iterator[tuple[int, Found]]:
    near = find_near([value for _, value in asked], lists=TEST_LISTS, inside=test)
    for row, value in asked:
        yield from ((row, Found(entry, "PDQ", apart, value)) for entry, apart in near.get(value, ()))


def _films(films: Films, test: bool) -> Iterator[tuple[int, Found]]:
    for row, frames in films.items():
        for match in look_up_film(frames, test=test):
            yield row, Found(match.film, FILM, match.distance, "", match)


def _is_comparable(one: Print) -> bool:
    return one.type == "PDQ" and one.quality >= PDQ_LEAST_QUALITY and len(one.value) == 64


def tell_listed(entries: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    """This function will read what a match says of entries; of those that are not listed now, or held, nothing."""
    wanted = sorted(entries)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [wanted])
        return {row[0]: row for row in cursor.fetchall()}


def match_of(told: tuple[Any, ...], one: Found, form: str = "") -> Match:
    """This function will make a match of what is told of an entry and of how it was found."""
    (key, entry_id, slug, name, member, member_name, media, classified, source, people, last, yes, no) = told
    film = one.film
    if film is not None:
        form = form_of(film.form, trimmed=film.is_trimmed)
    return Match(
        entry=key, entry_id=entry_id, list_slug=slug, list_name=name, member_id=member, member_name=member_name,
        media=media, classification=classified, how=one.how, distance=one.distance, judged_by=people,
        last_judged_at=last, standing=sum_up(yes, no), source=source,
        form=form if one.how in ("PDQ", FILM) else "", at_ms=film.begins_ms if film else None,
        known_ms=film.film_begins_ms if film else None,
    )  # fmt: skip

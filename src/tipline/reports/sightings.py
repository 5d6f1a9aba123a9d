"""Where an identifier was seen: every range of reports is asked by its hash, in one prepared statement for all of them.

Planned anew for each identifier, the look-up would cost more the more ranges there are, and most of it for planning.
The index gives the newest first: a value that half the world shares costs no more than the few rows that are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.identifiers import hash64, key_of
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.domain.states import UNFINISHED
from tipline.platform.database.rows import ask, ask_in_order

Key = tuple[IdentifierKind, str]


@dataclass(frozen=True, slots=True)
class Sighting:
    """An identifier seen in another report; `esp_id` is the company that sent that one, if one did."""

    report_id: int
    number: int
    identifier: Identifier
    esp_id: int | None = None


Found = Mapping[Key, tuple[Sighting, ...]]


# OFFSET 0 is a fence: each row's report is looked for by its key, and never all reports for a row of theirs.
_CARRIERS = """
FROM reports_identifierrow i CROSS JOIN LATERAL (
  SELECT r.number, r.esp_id, r.opened_at FROM reports_report r
  WHERE r.id = i.report_id AND r.environment = asked.environment AND r.state <> ALL(asked.unfinished) OFFSET 0
) AS r
WHERE i.hash64 = asked.hash AND i.kind = asked.kind AND i.value = asked.value AND i.report_id <> asked.besides
"""
_ASKED = """
FROM (SELECT unnest(%b::bigint[]) AS hash, unnest(%b::text[]) AS kind, unnest(%b::text[]) AS value,
        unnest(%b::int[]) AS most, %s::bigint AS besides, %s::text AS environment, %b::text[] AS unfinished) AS asked
"""
_NEWEST = f"""
SELECT s.kind, s.role, s.value, s.raw, s.at, s.path, s.report_id, s.number, s.esp_id {_ASKED} CROSS JOIN LATERAL (
  SELECT i.kind, i.role, i.value, i.raw, i.at, i.path, i.report_id, r.number, r.esp_id {_CARRIERS}
  ORDER BY i.report_id DESC LIMIT asked.most
) AS s ORDER BY s.report_id DESC
"""
# By the index alone: of thousands of rows none is read, so neither what they hold nor the state of their reports.
_COUNT = f"""
SELECT asked.kind, asked.value, s.many {_ASKED} CROSS JOIN LATERAL (
  SELECT count(*) FROM (
    SELECT DISTINCT i.report_id FROM reports_identifierrow i
    WHERE i.hash64 = asked.hash AND i.report_id <> asked.besides
    ORDER BY i.report_id DESC LIMIT asked.most
  ) AS one
) AS s(many)
"""  # noqa: S608 - only constants


_FIRST = f"""
SELECT asked.kind, asked.value, s.at {_ASKED} CROSS JOIN LATERAL (
  SELECT r.opened_at AS at {_CARRIERS} ORDER BY i.report_id LIMIT asked.most
) AS s
"""


def find_keys(keys: Collection[Key], *, besides: int, environment: str, most: int) -> Found:
    """This function will find values in other reports of an environment: of each the newest, at most `most`."""
    if not keys:
        return {}
    found: dict[Key, list[Sighting]] = defaultdict(list)
    for kind, role, value, raw, at, path, report_id, number, esp_id in ask_in_order(
        _NEWEST, _asked(dict.fromkeys(keys, most), besides, environment)
    ):
        seen = Identifier(IdentifierKind(kind), PersonRole(role), value, raw, at, path)
        found[key_of(seen)].append(Sighting(report_id, number, seen, esp_id))
    return {key: tuple(listed) for key, listed in found.items()}


def find_sightings(
    identifier: Identifier, *, besides: int, environment: str = "production", most: int = 200
) -> tuple[Sighting, ...]:
    """This function will find the same identifier in other reports of an environment, newest first, at most `most`."""
    found = find_keys([key_of(identifier)], besides=besides, environment=environment, most=most)
    return found.get(key_of(identifier), ())


def count_keys(most: Mapping[Key, int], *, besides: int, environment: str) -> dict[Key, int]:
    """This function will count the other reports that carry each value, each up to its number.

    Those that are open, lapsed or retracted are among them: what a value says depends on how many write it.
    """
    rows = ask_in_order(_COUNT, _asked(most, besides, environment)) if most else []
    return {(IdentifierKind(kind), value): many for kind, value, many in rows}


def first_of_keys(keys: Collection[Key], *, besides: int, environment: str) -> dict[Key, datetime]:
    """This function will tell when each value came up first, in the other reports of an environment."""
    rows = ask_in_order(_FIRST, _asked(dict.fromkeys(keys, 1), besides, environment)) if keys else []
    return {(IdentifierKind(kind), value): at for kind, value, at in rows}


_VALUES = """
SELECT i.report_id, i.value FROM unnest(%b::bigint[]) AS asked(id)
JOIN reports_identifierrow i ON i.report_id = asked.id WHERE i.kind = %s AND i.role = %s
"""


def find_values(report_ids: Collection[int], kind: IdentifierKind, role: PersonRole) -> dict[int, frozenset[str]]:
    """This function will list the values of one kind and role that several reports carry, by report id."""
    found: dict[int, set[str]] = defaultdict(set)
    for report_id, value in ask(_VALUES, [sorted(report_ids), str(kind), str(role)]) if report_ids else ():
        found[report_id].add(value)
    return {report_id: frozenset(values) for report_id, values in found.items()}


def _asked(most: Mapping[Key, int], besides: int, environment: str) -> list[object]:
    listed = sorted(most)
    kinds, values = [str(kind) for kind, _ in listed], [value for _, value in listed]
    hashes, mosts = [hash64(*key, environment) for key in listed], [most[key] for key in listed]
    return [hashes, kinds, values, mosts, besides, environment, sorted(UNFINISHED)]

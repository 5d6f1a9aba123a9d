"""A made-up year in codes, as an earlier system would hand it over: what each report counted as. Nobody is in it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

_TYPES = {"csam": 700, "enticement": 150, "unsolicited": 50, "trafficking": 22, "molestation": 30,
          "misleading_words": 30, "misleading_domain": 12, "tourism": 6}  # fmt: skip
_COMPANIES = {"Example Chat": 520, "Example Drive": 240, "Example Games": 110, "Sample Mail": 70, "Model Video": 40,
              "Example Forum": 4}  # fmt: skip
_COUNTRIES = {"US": 400, "IN": 90, "PH": 80, "BR": 60, "GB": 55, "DE": 45, "MX": 40, "CA": 38, "FR": 30, "ID": 28,
              "AU": 22, "PL": 14, "NL": 12, "JP": 9, "SE": 5, "NZ": 3, "EE": 1, "": 120}  # fmt: skip
_AGES = {"7-9": 6, "10-12": 20, "13-14": 34, "15-17": 40, "unknown": 60}
_REACHED = {"waiting": 4, "decided": 6, "available": 70, "answered": 14, "arrest": 5, "conviction": 1}
_STATUS = {"answered": "ongoing", "arrest": "arrest", "conviction": "conviction"}


def year(of: int, *, size: int, until: date | None = None, seed: int = 7) -> Iterator[tuple[date, dict[str, Any]]]:
    """This function will make about `size` reports of a year: day, and what it counts as. Some kinds grow."""
    chance = random.Random(seed + of)
    last = min(until or date(of, 12, 31), date(of, 12, 31))
    days = (last - date(of, 1, 1)).days + 1
    for at in range(size):
        day = date(of, 1, 1) + timedelta(days=at * days // size)
        yield day, _one(chance, day.timetuple().tm_yday / 365)


def _one(chance: random.Random, late: float) -> dict[str, Any]:
    kind = _pick(chance, _TYPES)
    if kind == "csam" and chance.random() < 0.16 * late:
        kind = "enticement"
    company = chance.random() < (0.72 if kind == "enticement" else 0.93)
    reached = _pick(chance, _REACHED)
    user, child = _pick(chance, _COUNTRIES), _pick(chance, _COUNTRIES) if kind != "csam" else ""
    agencies = ["icac" if user == "US" else "national"] + (["federal"] if chance.random() < 0.1 else [])
    return {
        "door": "company" if company else "public",
        "type": kind,
        "esp": _pick(chance, _COMPANIES) if company else "",
        "user_country": user,
        "child_country": child,
        "countries": tuple(sorted({user, _pick(chance, _COUNTRIES) if chance.random() < 0.15 else user} - {""})),
        "disposition": "undecided" if reached == "waiting" else _disposition(chance),
        "priority": _pick(chance, {"urgent": 3, "soon": 12, "later": 25, "ordinary": 60}),
        "flags": _flags(chance, kind, late),
        "recipients": () if reached in {"waiting", "decided"} else tuple(sorted(agencies)),
        "answers": ((agencies[0], _STATUS[reached]),) if reached in _STATUS else (),
        "reached": reached,
        "child_age": _pick(chance, _AGES) if kind != "csam" else "unknown",
        "bundle": None,
    }


def _disposition(chance: random.Random) -> str:
    return _pick(chance, {"actionable": 55, "informational": 43, "out_of_scope": 2})


def _flags(chance: random.Random, kind: str, late: float) -> tuple[str, ...]:
    flags = []
    if kind == "enticement" and chance.random() < 0.15 + 0.6 * late * late:
        flags.append("sextortion")
    if kind == "csam" and chance.random() < 0.01 + 0.09 * late:
        flags.append("generativeAi")
    if kind == "csam" and chance.random() < 0.08:
        flags.append("viral")
    return tuple(flags)


def _pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]

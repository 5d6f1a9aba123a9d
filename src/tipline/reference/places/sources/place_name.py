"""Towns that a free text names (GeoNames, CC-BY 4.0). A word that is also a town's name does not count by itself.

A name counts after a word such as "in" or "from", or before its state or country, or in a script without capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from tipline.reference.places import towns
from tipline.reference.places.locate import county_of_town
from tipline.reference.places.tables import rows, state_code
from tipline.reference.places.towns import Town
from tipline.reference.places.values import Answer, Caution, NoAnswer, PlaceAnswer, Reason

SOURCE = towns.SOURCE
MOST_TOWNS = 5
_LONGEST_NAME = 4  # words
_LONGEST_TEXT = 20_000
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*", re.UNICODE)


def look_up(text: str) -> tuple[Answer, ...]:
    """This function will find the towns that a text names, each once, at most five."""
    found = tuple(dict.fromkeys(_towns_in(unicodedata.normalize("NFKC", text)[:_LONGEST_TEXT])))[:MOST_TOWNS]
    return tuple(_answer(town, 1 / len(found)) for town in found) or (NoAnswer(SOURCE, Reason.NOT_IN_DATA),)


def _answer(town: Town, share: float) -> PlaceAnswer:
    county = county_of_town(town.state, town.name) if town.country == "US" else None
    fips, name = (county.fips, county.name) if county else ("", "")
    return PlaceAnswer(
        SOURCE, "gazetteer", towns.EDITION, town.country, town.state, fips, name, town.name, town.lat, town.lon,
        cautions=(Caution.NAMED_IN_TEXT,), share=share,
    )  # fmt: skip


def _towns_in(text: str) -> Iterator[Town]:
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        town, used = _town_at(text, words, at)
        if town:
            yield town
        at += max(1, used)


def _town_at(text: str, words: list[re.Match[str]], at: int) -> tuple[Town | None, int]:
    if not _may_be_name(words[at].group()):
        return None, 0
    for many in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        run = words[at : at + many]
        name = text[run[0].start() : run[-1].end()]
        listed = towns.by_name().get(towns.fold(name), ())
        if listed and _one_line(name):
            after = words[at + many] if at + many < len(words) else None
            town = _qualified(text, run[-1], after, listed)
            if town:
                return town, many
            if _stands_alone(name, words[at - 1].group() if at else ""):
                return listed[0], many
    return None, 0


def _one_line(name: str) -> bool:
    return "\n" not in name and "," not in name


def _may_be_name(word: str) -> bool:
    """Names begin with a capital; of a script that has none, any word may be one."""
    return word[0].isupper() or word[0].lower() == word[0].upper()


def _qualified(text: str, last: re.Match[str], after: re.Match[str] | None, listed: tuple[Town, ...]) -> Town | None:
    """The town that a state or country behind the name points to: Springfield, MO; Paris (France)."""
    if after is None or not re.fullmatch(r"\s*[,(/]\s*", text[last.end() : after.start()]):
        return None
    said = re.match(r"[^\W\d_]+(?: [A-Z][^\W\d_]+)?", text[after.start() :])
    tried = (said.group(), after.group()) if said else (after.group(),)
    for name in tried:
        state = state_code(name)
        country = _countries().get(towns.fold(name), "")
        for town in listed:
            if (state and town.country == "US" and town.state == state) or (country and town.country == country):
                return town
            if town.state and town.country != "US" and towns.fold(town.state) == towns.fold(name):
                return town
    return None


@cache
def _countries() -> dict[str, str]:
    return {towns.fold(row["name"]): row["country"] for row in rows("country_names.csv")}


def _stands_alone(name: str, before: str) -> bool:
    folded = towns.fold(name)
    if folded in _words("ordinary") or (len(name) < 4 and name.isascii()):
        return False
    return before.casefold() in _words("cue") or not name[0].isupper()


@cache
def _words(kind: str) -> frozenset[str]:
    """`cue`: "in", "from", "live" in the languages of most reports. `ordinary`: words of any text that are towns too,
    which count before their state or country alone.
    """
    return frozenset(row["word"] for row in rows("place_words.csv") if row["kind"] == kind)

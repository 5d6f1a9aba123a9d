"""Words of danger in many languages: which plain phrases stand in a text, as the text writes them. Pure.

A phrase is found whatever its endings (stems), with a slip of a finger in its long words, with look-alike letters and
digits for letters, with up to two words between its own. Negated it does not count; in quotation marks it counts less.
The phrases are data (`data/words.json`): adding a language is adding rows.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from threading import Lock
from typing import Any

from rapidfuzz.distance import OSA

GAP = 2  # words that may stand between two words of a phrase
NEGATED_BEFORE = 3  # words before a phrase in which a negation counts
FUZZY_FROM, TWO_SLIPS_FROM = 5, 10  # letters of a word from which one slip, and two, are forgiven
MOST_CHARS = 20_000  # of a text; what follows is not looked at
LONGEST_QUOTE = 400
_TOKEN = re.compile(r"[\w@$\u0300-\u036f\u064b-\u0652\u0900-\u097f]+(?:['’][\w]+)*")
_BREAK = re.compile(r"[.!?;:,\n。！？，、।؟،]")
_END = re.compile(r"[.!?\n。！？।؟]")
_PAIRS = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("„", "”"), ("「", "」"))
_QUOTES = re.compile("|".join(f"{a}[^{a}{b}]{{1,{LONGEST_QUOTE}}}{b}" for a, b in _PAIRS))
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u0652]")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
# Letters of other scripts that look like Latin ones, for words that mix scripts.
_ALIKE = str.maketrans("аеорсухкмнтвіјѕԁɡοαερτυνικ", "aeopcyxkmhtbijsdgoaeptuvik")
_LATIN = re.compile(r"[a-z]")
_RUN = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase that stands in a text: what it speaks of, in which language, as written, whether quoted."""

    category: str
    language: str
    found: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Language:
    stemmer: str
    negators: frozenset[str]
    after: int
    phrases: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]  # first stem -> (category, stems)
    stems: frozenset[str]  # every one that a phrase holds


def fold(word: str) -> str:
    """This function will bring a word into the form in which its writings are equal."""
    plain = unicodedata.normalize("NFKD", word).casefold().replace("ı", "i").replace("’", "").replace("'", "")
    plain = _RUN.sub(r"\1", _MARKS.sub("", plain))
    if not _LATIN.search(plain):
        return unicodedata.normalize("NFC", plain)
    return plain.translate(_ALIKE).translate(_LEET) if not plain.isdigit() else plain


_folded = lru_cache(maxsize=1 << 16)(fold)


@cache
def _data() -> dict[str, Any]:
    text = resources.files("tipline.stages.triage").joinpath("data", "words.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def meanings() -> dict[str, str]:
    """This function will say what the phrases speak of, by category."""
    return dict(_data()["categories"])


def languages() -> tuple[str, ...]:
    """This function will name the languages that have phrases."""
    return tuple(_data()["languages"])


_lock = Lock()  # a stemmer keeps the word it works on


@cache
def _stemmer(name: str) -> Any:
    # It brings the stemmers of 35 languages, and only who reads texts needs any: a desk that shows rules does not.
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer(name)


def _stem(word: str, stemmer: str) -> str:
    return str(_stemmer(stemmer).stemWord(word)) if stemmer else word


@cache
def _spaced() -> Mapping[str, _Language]:
    """By code, the languages that write with blanks."""
    return {code: _language(one) for code, one in _data()["languages"].items() if not one.get("joined")}


def _language(data: dict[str, Any]) -> _Language:
    phrases: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for category, several in data["phrases"].items():
        for phrase in several:
            stems = tuple(_stem(fold(word), data["stemmer"]) for word in phrase.split())
            phrases.setdefault(stems[0], []).append((category, stems))
    frozen = {first: tuple(several) for first, several in phrases.items()}
    return _Language(
        stemmer=data["stemmer"],
        negators=frozenset(map(fold, data["negators"])),
        after=data.get("after", 0),
        phrases=frozen,
        stems=frozenset(stem for several in frozen.values() for _, stems in several for stem in stems),
    )


@cache
def _written() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """By first letter: (word as the data writes it, its language, its stem), for slips of a finger."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for code, data in _data()["languages"].items():
        for phrase in () if data.get("joined") else (one for several in data["phrases"].values() for one in several):
            for word in map(fold, phrase.split()):
                if len(word) >= FUZZY_FROM:
                    found.setdefault(word[0], set()).add((word, code, _stem(word, data["stemmer"])))
    return {letter: tuple(sorted(several)) for letter, several in found.items()}


@lru_cache(maxsize=1 << 16)
def _meanings(word: str) -> frozenset[tuple[str, str]]:
    """Which (language, stem) of the phrases a folded word can be."""
    with _lock:
        stems = {(code, _stem(word, one.stemmer)) for code, one in _spaced().items()}
        found = {(code, stem) for code, stem in stems if stem in _spaced()[code].stems}
        found |= {(code, stem) for written, code, stem in _near(word)}
    return frozenset(found)


def _near(word: str) -> Iterator[tuple[str, str, str]]:
    if len(word) < FUZZY_FROM:
        return
    for one in _written().get(word[0], ()):
        slips = 2 if len(one[0]) >= TWO_SLIPS_FROM else 1
        if abs(len(one[0]) - len(word)) <= slips and OSA.distance(one[0], word, score_cutoff=slips) <= slips:
            yield one


def find(text: str) -> tuple[Hit, ...]:
    """This function will find the phrases that stand in a text and are not negated."""
    text = text[:MOST_CHARS]
    hits = (*_in_words(text), *_in_signs(text))
    quotes = [one.span() for one in _QUOTES.finditer(text)] if hits else []
    found = dict.fromkeys(
        Hit(category, code, text[start:end], any(a < start and end < b for a, b in quotes))
        for category, code, start, end in hits
    )
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _meant(word: str) -> frozenset[tuple[str, str]]:
    return _meanings(fold(word))


def _in_words(text: str) -> Iterator[tuple[str, str, int, int]]:
    spots = [one.span() for one in _TOKEN.finditer(text)]
    meanings = [_meant(text[start:end]) for start, end in spots]
    for at, meant in enumerate(meanings):
        for code, stem in sorted(meant) if meant else ():
            language = _spaced()[code]
            for category, phrase in language.phrases.get(stem, ()):
                places = _places(meanings, at, [(code, each) for each in phrase[1:]])
                if not places or _END.search(text, spots[at][1], spots[places[-1]][0]):
                    continue
                if not _is_negated(text, spots, places, language):
                    yield category, code, spots[at][0], spots[places[-1]][1]


Meanings = list[frozenset[tuple[str, str]]]
Spots = list[tuple[int, int]]


def _places(meanings: Meanings, at: int, wanted: list[tuple[str, str]]) -> list[int]:
    """Where a phrase's words stand from `at` on, in order and close together; nothing where one is missing."""
    places = [at]
    for one in wanted:
        for spot in range(places[-1] + 1, min(places[-1] + 2 + GAP, len(meanings))):
            if one in meanings[spot]:
                places.append(spot)
                break
        else:
            return []
    return places


def _breaks(text: str, spots: Spots, at: int) -> bool:
    """Whether a comma or more stands between a word and the one before it."""
    return bool(_BREAK.search(text, spots[at - 1][1], spots[at][0]))


def _is_negated(text: str, spots: Spots, places: list[int], language: _Language) -> bool:
    first, last = places[0], places[-1]
    around = [spot for spot in range(first, last) if spot not in places]
    for spot in range(first - 1, max(-1, first - 1 - NEGATED_BEFORE), -1):
        if _breaks(text, spots, spot + 1):
            break
        around.append(spot)
    for spot in range(last + 1, min(len(spots), last + 1 + language.after)):
        if _breaks(text, spots, spot):
            break
        around.append(spot)
    return any(_folded(text[slice(*spots[spot])]) in language.negators for spot in around)


@cache
def _signs() -> tuple[tuple[str, str, str, tuple[str, ...], bool], ...]:
    """(phrase, category, language, negators, whether they stand before) of scripts that write without blanks."""
    return tuple(
        (phrase, category, code, tuple(data["negators"]), bool(data.get("before")))
        for code, data in _data()["languages"].items()
        if data.get("joined")
        for category, several in data["phrases"].items()
        for phrase in several
    )


def _in_signs(text: str) -> Iterator[tuple[str, str, int, int]]:
    if text.isascii():
        return
    for phrase, category, code, negators, before in _signs():
        start = text.find(phrase)
        while start >= 0:
            end = start + len(phrase)
            beside = text[max(0, start - 2) : start] if before else text[end : end + 6]
            if not any(beside.endswith(one) if before else one in _END.split(beside)[0] for one in negators):
                yield category, code, start, end
            start = text.find(phrase, end)


def find_all(texts: Iterable[str]) -> tuple[Hit, ...]:
    """This function will find the phrases of several texts, each once."""
    return tuple(dict.fromkeys(hit for text in texts for hit in find(text)))

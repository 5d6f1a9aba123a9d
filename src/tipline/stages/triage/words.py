"""Words of danger in many languages: which plain phrases stand in a text, as the text writes them. Pure.

A phrase is found whatever its endings (stems), with a slip of a finger in its long words, with look-alike letters and
digits for letters, with up to two words between its own. Negated it does not count, nor in the company of words that
make it harmless (`unless`), nor in letters that only other languages have (`own`); in quotation marks it counts less.
The phrases are data (`data/words.json`): adding a language is adding rows. A phrase is slots with blanks between; `a|b`
is either, `<kid>` any word of that set, `kill*` whatever begins so, `=kills` that word and no other ending. `fillers`
(a number too) stand between without being counted; at a word of `clause` a negation ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tipline.stages.triage.phrases import BREAK, END, company_of, listed, slots_of
from tipline.stages.triage.signs import in_signs
from tipline.stages.triage.writing import TOKEN, fold, folded

GAP = 2  # words that may stand between two words of a phrase
MOST_BETWEEN = 6  # of any kind, with those that are not counted
NEGATED_BEFORE = 3  # words before a phrase in which a negation counts
COMPANY = 3  # words beside a phrase in which company makes it harmless
LEAST_PREFIX, LONGEST_PREFIX = 3, 40  # a word of a text may be as long as the text
FUZZY_FROM, TWO_SLIPS_FROM = 5, 10  # letters of a word from which one slip, and two, are forgiven
ALONE_FROM = 7  # the same of a phrase that is one word
MOST_CHARS = 20_000  # of a text; what follows is not looked at
LONGEST_QUOTE = 400
# "l'enfant", "qu'elle", "dell'amica" are two words; "I'm" and "don't" are one.
_ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|all|dall|dell|nell|sull|quell|un)['’](?=[haeiouyàáâèéêëìîïòôùûœ])", re.I
)
_PAIRS = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("„", "”"), ("「", "」"))
_QUOTES = re.compile("|".join(f"{a}[^{a}{b}]{{1,{LONGEST_QUOTE}}}{b}" for a, b in _PAIRS))


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase that stands in a text: what it speaks of, in which language, as written, whether quoted."""

    category: str
    language: str
    found: str
    quoted: bool


Stem = tuple[str, str]  # a language, and what words of it are compared by
Slots = tuple[frozenset[Stem], ...]


@dataclass(frozen=True, slots=True)
class _Begun:
    """The phrases that begin with one stem: each one's category and other slots, and all that may come second."""

    phrases: tuple[tuple[str, Slots], ...]
    seconds: frozenset[Stem]
    has_alone: bool  # whether one is a single word


@dataclass(frozen=True, slots=True)
class _Language:
    stemmer: str
    scripts: frozenset[str]  # that of its own, Latin too where people write it so
    negators: frozenset[str]
    clause: frozenset[str]
    fillers: frozenset[str]
    after: int
    phrases: Mapping[str, _Begun]  # by first stem
    stems: frozenset[str]  # every one that a phrase holds; `kill*` for what begins so
    unless: Mapping[str, frozenset[str]]  # by category
    unlike: re.Pattern[str]  # words that are no slip of another
    foreign: re.Pattern[str]  # letters that others have and it has not


def meanings() -> dict[str, str]:
    """This function will say what the phrases speak of, by category."""
    return dict(listed()["categories"])


def languages() -> tuple[str, ...]:
    """This function will name the languages that have phrases."""
    return tuple(listed()["languages"])


_lock = Lock()  # a stemmer keeps the word it works on


@cache
def _stemmer(name: str) -> Any:
    # It brings the stemmers of 35 languages, and only who reads texts needs any: a desk that shows rules does not.
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer(name)


@lru_cache(maxsize=1 << 16)
def _stem(word: str, stemmer: str) -> str:
    if not stemmer:
        return word
    with _lock:
        stem = str(_stemmer(stemmer).stemWord(word))
    return stem if len(stem) > 1 else word  # one letter is left of too many words


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").partition(" ")[0]


@cache
def _spaced() -> Mapping[str, _Language]:
    """By code, the languages that write with blanks."""
    return {code: _language(code, one) for code, one in listed()["languages"].items() if not one.get("joined")}


@lru_cache(maxsize=1 << 16)  # the words of a set stand in many phrases
def _key(word: str, stemmer: str) -> str:
    if word.startswith("="):
        return f"={fold(word[1:])}"
    return f"{fold(word[:-1])}*" if word.endswith("*") else _stem(fold(word), stemmer)


def _language(code: str, data: Mapping[str, Any]) -> _Language:
    stemmer, phrases = data["stemmer"], dict[str, list[tuple[str, Slots]]]()
    stems: set[str] = set()
    for category, several in data["phrases"].items():
        for phrase in several:
            keys = [sorted({_key(word, stemmer) for word in slot}) for slot in slots_of(phrase, data)]
            slots = tuple(frozenset((code, key) for key in slot) for slot in keys[1:])
            stems.update(key for slot in keys for key in slot)
            for first in keys[0]:
                phrases.setdefault(first, []).append((category, slots))
    return _Language(
        stemmer=stemmer,
        scripts=frozenset(_script(key.lstrip("=")) for key in stems),
        negators=frozenset(map(fold, data["negators"])),
        clause=frozenset(map(fold, data.get("clause", ()))),
        fillers=frozenset(map(fold, data.get("fillers", ()))),
        after=data.get("after", 0),
        phrases={first: _begun(several) for first, several in phrases.items()},
        stems=frozenset(stems),
        unless={category: frozenset(_key(one, stemmer) for one in words) for category, words in company_of(data)},
        unlike=re.compile(data.get("unlike", r"(?!)")),
        foreign=re.compile(f"[{''.join(sorted(_own() - set(data.get('own', ''))))}]"),
    )


@cache
def _own() -> frozenset[str]:
    """The letters by which a language is known from its neighbours."""
    return frozenset(sign for data in listed()["languages"].values() for sign in data.get("own", ""))


def _begun(several: Iterable[tuple[str, Slots]]) -> _Begun:
    phrases = tuple(several)
    seconds = frozenset[Stem]().union(*(slots[0] for _, slots in phrases if slots))
    return _Begun(phrases, seconds, any(not slots for _, slots in phrases))


@cache
def _written() -> tuple[Mapping[tuple[str, int], dict[str, set[Stem]]], ...]:
    """By first letter and length, for slips of a finger: the words as the data writes them, and how others begin."""
    whole: dict[tuple[str, int], dict[str, set[Stem]]] = {}
    begun: dict[tuple[str, int], dict[str, set[Stem]]] = {}
    for code, data in listed()["languages"].items():
        for phrase in () if data.get("joined") else (one for several in data["phrases"].values() for one in several):
            for word in (one for slot in slots_of(phrase, data) for one in slot):
                plain = folded(word.rstrip("*"))
                if word[0] != "=" and len(plain) >= FUZZY_FROM:
                    kept = (begun if word.endswith("*") else whole).setdefault((plain[0], len(plain)), {})
                    kept.setdefault(plain, set()).add((code, _key(word, data["stemmer"])))
    return whole, begun


@lru_cache(maxsize=1 << 16)
def _exactly(word: str) -> frozenset[Stem]:
    """Which (language, stem) of the phrases a folded word is."""
    found: set[Stem] = set()
    script = _script(word) if word else ""
    begins = [f"{word[:length]}*" for length in range(LEAST_PREFIX, min(len(word), LONGEST_PREFIX) + 1)]
    for code, one in _spaced().items():
        if script in one.scripts:
            keys = (_stem(word, one.stemmer), f"={word}", *begins)
            found.update((code, key) for key in keys if key in one.stems)
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def _meanings(word: str) -> frozenset[Stem]:
    """Which (language, stem) of the phrases a folded word can be."""
    return _exactly(word) | _near(word, FUZZY_FROM)


@lru_cache(maxsize=1 << 16)
def _beginnings(word: str) -> tuple[tuple[str, _Language, _Begun, bool], ...]:
    """What phrases a word may begin: language, phrases, whether it may stand alone for one."""
    several = [(code, _spaced()[code], stem) for code, stem in sorted(_meanings(word))]
    begun = [(code, one, stem, one.phrases[stem]) for code, one, stem in several if stem in one.phrases]
    has_alone = any(one.has_alone for *_, one in begun)
    alone = _exactly(word) | _near(word, ALONE_FROM) if has_alone else frozenset()
    return tuple((code, one, those, those.has_alone and (code, stem) in alone) for code, one, stem, those in begun)


def _near(word: str, least: int) -> frozenset[Stem]:
    """What a word can be that was written with a slip, of the words that have so many letters at least."""
    found: set[Stem] = set()
    whole, begun = _written()
    for length in range(least, min(len(word), LONGEST_PREFIX) + 3) if len(word) >= FUZZY_FROM else ():
        slips = 2 if length >= TWO_SLIPS_FROM else 1
        if abs(length - len(word)) <= slips:
            found.update(_within(word, whole.get((word[0], length), {}), slips))
        if length <= len(word):
            found.update(_within(word[:length], begun.get((word[0], length), {}), 1))
    return frozenset((code, stem) for code, stem in found if not _spaced()[code].unlike.search(word))


def _within(word: str, kept: Mapping[str, set[Stem]], slips: int) -> Iterator[Stem]:
    near = process.extract(word, kept.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None) if kept else ()
    for written, _, _ in near:
        yield from kept[written]


def find(text: str) -> tuple[Hit, ...]:
    """This function will find the phrases that stand in a text and are not negated."""
    text = text[:MOST_CHARS]
    hits = (*_in_words(text), *in_signs(text))
    quotes = [one.span() for one in _QUOTES.finditer(text)] if hits else []
    found = dict.fromkeys(
        Hit(category, code, text[start:end], any(a < start and end < b for a, b in quotes))
        for category, code, start, end in hits
    )
    return tuple(found)


Spots = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as words: where each stands, how it is written when folded, what it can be."""

    text: str
    spots: Spots
    words: list[str]
    meanings: list[frozenset[Stem]]


def _spots(text: str) -> Spots:
    """Where the words of a text stand."""
    spots = [one.span() for one in TOKEN.finditer(text)]
    if "'" not in text and "’" not in text:
        return spots
    split: Spots = []
    for start, end in spots:
        elided = _ELIDED.match(text, start, end)
        split += [(start, elided.end() - 1), (elided.end(), end)] if elided else [(start, end)]
    return split


def _in_words(text: str) -> Iterator[tuple[str, str, int, int]]:
    spots = _spots(text)
    words = [folded(text[start:end]) for start, end in spots]
    read = _Read(text, spots, words, [_meanings(word) for word in words])
    for at, word in enumerate(words):
        beginnings = _beginnings(word)
        if not beginnings:
            continue
        ahead = frozenset[Stem]().union(*read.meanings[at + 1 : at + 2 + MOST_BETWEEN])
        for code, language, begun, may_be_alone in beginnings:
            if not may_be_alone and begun.seconds.isdisjoint(ahead):
                continue
            for category, slots in begun.phrases:
                if slots[0].isdisjoint(ahead) if slots else not may_be_alone:
                    continue
                places = _places(read, at, slots, language.fillers)
                if places and _stands(read, places, category, language):
                    yield category, code, spots[at][0], spots[places[-1]][1]


def _stands(read: _Read, places: Sequence[int], category: str, language: _Language) -> bool:
    """Whether a phrase says what it says: in one sentence, neither negated nor harmless, in the language's letters."""
    start, end = read.spots[places[0]], read.spots[places[-1]]
    if END.search(read.text, start[1], end[0]) or language.foreign.search(read.text, start[0], end[1]):
        return False
    return not _is_negated(read, places, language) and not _is_harmless(read, places, category, language)


def _places(read: _Read, at: int, slots: Slots, fillers: frozenset[str]) -> list[int]:
    """Where a phrase's words stand from `at` on, in order and close together; nothing where one is missing."""
    meanings, words = read.meanings, read.words
    places, spot = [at], at
    for slot in slots:
        between, end = 0, min(spot + 2 + MOST_BETWEEN, len(words))
        spot += 1
        while spot < end and slot.isdisjoint(meanings[spot]):
            word = words[spot]
            if word not in fillers and not word.isdigit():
                between += 1
                if between > GAP:
                    return []
            spot += 1
        if spot == end:
            return []
        places.append(spot)
    return places


def _breaks(read: _Read, at: int) -> bool:
    """Whether a comma or more stands between a word and the one before it."""
    return bool(BREAK.search(read.text, read.spots[at - 1][1], read.spots[at][0]))


def _is_negated(read: _Read, places: Sequence[int], language: _Language) -> bool:
    first, last = places[0], places[-1]
    around = [spot for spot in range(first, last) if spot not in places]
    for spot in range(first - 1, max(-1, first - 1 - NEGATED_BEFORE), -1):
        if _breaks(read, spot + 1) or read.words[spot] in language.clause:
            break
        around.append(spot)
    for spot in range(last + 1, min(len(read.spots), last + 1 + language.after)):
        if _breaks(read, spot):
            break
        around.append(spot)
    return any(read.words[spot] in language.negators for spot in around)


def _is_harmless(read: _Read, places: Sequence[int], category: str, language: _Language) -> bool:
    """Whether company in the same sentence makes a phrase harmless: a live song, laughing to death."""
    unless = language.unless.get(category)
    if not unless:
        return False
    first, last = places[0], places[-1]
    spots = range(max(0, first - COMPANY), min(len(read.words), last + 1 + COMPANY))
    own = set(places)  # a word of the phrase itself is company only where it is named so: `=word`
    beside = (
        spot
        for spot in spots
        if f"={read.words[spot]}" in unless
        or (spot not in own and _is_company(read.words[spot], unless, language.stemmer))
    )
    return any(not _is_apart(read, *sorted((spot, first if spot < first else last))) for spot in beside)


def _is_apart(read: _Read, before: int, behind: int) -> bool:
    """Whether a sentence ends between two words."""
    return before < behind and bool(END.search(read.text, read.spots[before][1], read.spots[behind][0]))


@lru_cache(maxsize=1 << 14)
def _is_company(word: str, unless: frozenset[str], stemmer: str) -> bool:
    begins = (f"{word[:length]}*" for length in range(LEAST_PREFIX, min(len(word), LONGEST_PREFIX) + 1))
    return _stem(word, stemmer) in unless or any(one in unless for one in begins)


def find_all(texts: Iterable[str]) -> tuple[Hit, ...]:
    """This function will find the phrases of several texts, each once."""
    return tuple(dict.fromkeys(hit for text in texts for hit in find(text)))

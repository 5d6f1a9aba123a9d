"""Phrases of danger in scripts without blanks, or that glue their words together: found in the signs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tipline.stages.triage.phrases import BREAK, END, company_of, listed, slots_of

SIGNS_BETWEEN, SIGNS_BESIDE, SIGNS_COMPANY = 6, 3, 12  # between a phrase's words, of a negation, of company


@dataclass(frozen=True, slots=True)
class _Signs:
    """A phrase of a script without blanks: how it may begin, how it goes on, and what beside it takes it back."""

    category: str
    language: str
    heads: tuple[str, ...]
    whole: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    unless: re.Pattern[str]


def _either(several: Iterable[str]) -> str:
    return "|".join(several) or "(?!)"


def _signed(code: str, data: Mapping[str, Any], category: str, phrase: str) -> _Signs:
    before, after = _either(data.get("before", ())), _either(data.get("after", ()))
    slots = [[one.replace("_", " ") for one in slot] for slot in slots_of(phrase, data)]
    gap = rf"(?:(?!{before}|{after})[^.!?\n。！？]){{0,{SIGNS_BETWEEN}}}?"
    whole = gap.join(f"(?:{'|'.join(re.escape(one).replace(chr(92) + ' ', ' ?') for one in slot)})" for slot in slots)
    heads = tuple(dict.fromkeys(one.split(" ")[0] for one in slots[0]))
    company = dict(company_of(data)).get(category, ())
    compiled = (re.compile(one) for one in (whole, before, after, _either(map(re.escape, company))))
    return _Signs(category, code, heads, *compiled)


Heads = Mapping[str, tuple[tuple[str, tuple[_Signs, ...]], ...]]  # by their first signs: heads, with their phrases


@cache
def _signs() -> tuple[tuple[re.Pattern[str], Heads, Heads], ...]:
    """By script, the phrases of languages that write without blanks or glue words together, by how they begin."""
    return tuple(
        (re.compile(data["script"]), *_heads(code, data))
        for code, data in listed()["languages"].items()
        if data.get("joined")
    )


def _heads(code: str, data: Mapping[str, Any]) -> tuple[Heads, Heads]:
    """The phrases by the first two signs of their heads, and those with a head of one sign."""
    by: dict[str, list[_Signs]] = {}
    for category, several in data["phrases"].items():
        for phrase in (_signed(code, data, category, one) for one in several):
            for head in phrase.heads:
                by.setdefault(head, []).append(phrase)
    begun: dict[str, list[tuple[str, tuple[_Signs, ...]]]] = {}
    for head, phrases in by.items():
        begun.setdefault(head[:2], []).append((head, tuple(phrases)))
    kept = {first: tuple(several) for first, several in begun.items()}
    return kept, {first: several for first, several in kept.items() if len(first) == 1}


def in_signs(text: str) -> Iterator[tuple[str, str, int, int]]:
    """This function will find the phrases of these languages in a text: category, language, from where to where."""
    for script, pairs, ones in () if text.isascii() else _signs():
        if not script.search(text):
            continue
        ends: dict[int, int] = {}  # of what was found of a phrase: it is not looked for inside
        for start, phrase in _begins(text, pairs, ones):
            if start < ends.get(id(phrase), 0):
                continue
            if found := phrase.whole.match(text, start):
                ends[id(phrase)] = found.end()
                if not _is_taken_back(text, phrase, *found.span()):
                    yield phrase.category, phrase.language, *found.span()


def _begins(text: str, pairs: Heads, ones: Heads) -> Iterator[tuple[int, _Signs]]:
    """Where phrases may begin."""
    for start, heads in [(at, found) for at in range(len(text)) if (found := pairs.get(text[at : at + 2]))]:
        for head, phrases in heads:
            if text.startswith(head, start):
                for phrase in phrases:
                    yield start, phrase
    for start, sign in enumerate(text) if ones else ():
        for _, phrases in ones.get(sign, ()):
            for phrase in phrases:
                yield start, phrase


def _is_taken_back(text: str, phrase: _Signs, start: int, end: int) -> bool:
    before, after = BREAK.split(text[max(0, start - SIGNS_BESIDE) : start])[-1], END.split(text[end : end + 8])[0]
    if phrase.before.search(before) or phrase.after.search(after):
        return True
    left, right = END.split(text[max(0, start - SIGNS_COMPANY) : start])[-1], text[end : end + SIGNS_COMPANY]
    return bool(phrase.unless.search(f"{left}{text[start:end]}{END.split(right)[0]}"))

"""What was told, in the teller's words: the first lines, the rest, and the evidence marked in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.report import Document, Identifier

# Five lines of at most 68 signs.
SHOWN = 330
_LEAST_MARK = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked where it is evidence."""

    text: str
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One text of the report: what it is about, where it stands, its first lines and the rest."""

    label: str
    path: str
    first: tuple[Piece, ...]
    rest: tuple[Piece, ...]


def told(
    parts: Sequence[Document], identifiers: Iterable[Identifier], answers: Answers = reading.NOTHING
) -> tuple[Told, ...]:
    """This function will give every free text of a report.

    First what somebody wrote in own words; of a company's texts the longest of the first part; last what is said
    about a time.
    """
    evidence = _pattern({one.raw for one in identifiers})
    found = []
    for number, part in enumerate(parts, start=1):
        later = f"Told later (part {number})" if number > 1 else ""
        texts = sorted(_first(part, answers), key=_about_time) if number == 1 else reading.narratives(part)
        found += [_told(later or each.label, each.path, each.text, evidence) for each in texts]
    return tuple(found)


def _first(part: Document, answers: Answers) -> Sequence[reading.Narrative]:
    texts = reading.narratives(part, answers)
    return texts if answers != reading.NOTHING else sorted(texts, key=lambda each: -len(each.text))


def _about_time(text: reading.Narrative) -> bool:
    return text.path.endswith("/incidentDateTimeDescription")


def _told(label: str, path: str, text: str, evidence: re.Pattern[str] | None) -> Told:
    first, rest = cut(" ".join(text.split()))
    return Told(label, path, marked(first, evidence), marked(rest, evidence))


def cut(text: str, most: int = SHOWN) -> tuple[str, str]:
    """This function will part a text into its first lines and the rest, between two words."""
    if len(text) <= most:
        return text, ""
    end = text.rfind(" ", most // 2, most)
    end = end if end > 0 else most
    return text[:end], text[end:].strip()


def _pattern(raws: Iterable[str]) -> re.Pattern[str] | None:
    wanted = {raw.strip().lstrip("@") for raw in raws}
    long_first = sorted((one for one in wanted if len(one) >= _LEAST_MARK), key=len, reverse=True)
    if not long_first:
        return None
    joined = "|".join(re.escape(one) for one in long_first)
    return re.compile(rf"@?(?:{joined})(?!\w)", re.IGNORECASE)


def marked(text: str, evidence: re.Pattern[str] | None) -> tuple[Piece, ...]:
    """This function will part a text into plain and marked stretches."""
    if evidence is None or not text:
        return (Piece(text),) if text else ()
    pieces, start = [], 0
    for hit in evidence.finditer(text):
        pieces += [Piece(text[start : hit.start()]), Piece(hit.group(), is_mark=True)]
        start = hit.end()
    return tuple(piece for piece in (*pieces, Piece(text[start:])) if piece.text)

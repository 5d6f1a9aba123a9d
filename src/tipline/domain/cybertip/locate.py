"""Where an element stands in the document as it was sent: line and column of its start tag, in characters.

The tree knows lines only, and real clients send one line. So a second, plain pass over the same text follows the
paths that are asked for. It runs only when there is something to say, and takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from tipline.domain.cybertip.violations import Violation

_STEP = re.compile(r"(.*?)(?:\[(\d+)\])?")
Spot = tuple[int, int]


def place(violations: Iterable[Violation], text: str) -> tuple[Violation, ...]:
    """This function will give every violation its line and column, sorted by place.

    `text` is known to be well-formed and free of a document type. What is not found is placed where the nearest
    element around it stands.
    """
    found = tuple(violations)
    wanted = _Wanted()
    ends = [wanted.add(one.path) for one in found]
    _follow(wanted, text)
    placed = [replace(one, line=end.spot[0], column=end.spot[1]) for one, end in zip(found, ends, strict=True)]
    return tuple(sorted(placed, key=lambda one: (one.line, one.column)))


@dataclass(slots=True)
class _Wanted:
    """An element that is looked for, and those inside it by name and position."""

    inside: dict[tuple[str, int], _Wanted] = field(default_factory=dict)
    spot: Spot = (1, 1)

    def add(self, path: str) -> _Wanted:
        """Look for a path as well; an attribute stands where its element does."""
        at = self
        for step in path.split("/@")[0].strip("/").split("/"):
            found = _STEP.fullmatch(step)
            if step and found:
                key = (found.group(1), int(found.group(2) or 1))
                at = at.inside.setdefault(key, _Wanted())
        return at

    def settle(self, spot: Spot) -> None:
        """Take a place, for oneself and, until they have one of their own, for all inside."""
        self.spot = spot
        for one in self.inside.values():
            one.settle(spot)


@dataclass(slots=True)
class _Level:
    """An open element that leads to something wanted, and how many of each name it has had inside."""

    wanted: _Wanted
    counts: dict[str, int] = field(default_factory=dict)


def _follow(wanted: _Wanted, text: str) -> None:
    parser = expat.ParserCreate("utf-8")
    levels = [_Level(wanted)]
    aside = 0  # how deep we are in something that nobody asked for

    def start(name: str, _attributes: object) -> None:
        nonlocal aside
        if aside:
            aside += 1
            return
        here = levels[-1]
        here.counts[name] = position = here.counts.get(name, 0) + 1
        found = here.wanted.inside.get((name, position))
        if found is None:
            aside = 1
            return
        found.settle((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))
        levels.append(_Level(found))

    def end(_name: str) -> None:
        nonlocal aside
        if aside:
            aside -= 1
        else:
            levels.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    # The two parsers know different editions of XML: a name that only the first one takes ends this pass early.
    with suppress(expat.ExpatError):
        parser.Parse(text.encode(), True)

"""The frames of all known films in one index, and which of them a film that comes in agrees with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol

from tipline.media.index.near import NearIndex, Writer
from tipline.media.index.plan import RADIUS
from tipline.media.video.matching import FilmMatch, Vote, count, is_in_doubt
from tipline.media.video.prints import FramePrint, entry_of, split

Side = Literal["glance", "query"]


class Seen(Protocol):
    """A film that was looked at: milliseconds, and the hashes of its frames."""

    @property
    def length(self) -> int: ...

    @property
    def prints(self) -> tuple[FramePrint, ...]: ...


def put(writer: Writer, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will add a known film's frames; `film` is a number of the caller's."""
    writer.add([(one.hash, entry_of(film, one.ms)) for one in prints])


def take_off(writer: Writer, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will remove them again."""
    writer.remove([(one.hash, entry_of(film, one.ms)) for one in prints])


def votes(index: NearIndex, prints: Sequence[FramePrint], radius: int = RADIUS) -> list[Vote]:
    """This function will list the moments of known films that a film's moments agree with."""
    found = index.find_many(b"".join(one.hash for one in prints), radius) if prints else []
    return [
        Vote(one.ms, *split(near.entry), one.form, one.is_trimmed, near.distance)
        for one, each in zip(prints, found, strict=True)
        for near in each
    ]


def ask(index: NearIndex, look: Callable[[Side], Seen], *, is_thorough: bool = False) -> list[FilmMatch]:
    """This function will list the known films that a film agrees with, the surest first.

    look: hashes the film for a side, "glance", and "query" where that leaves a doubt.
    """
    seen = look("glance")
    found = votes(index, seen.prints)
    if is_in_doubt(found, [one.ms for one in seen.prints], seen.length, is_thorough=is_thorough):
        seen = look("query")
        found = votes(index, seen.prints)
    return count(found, [one.ms for one in seen.prints])

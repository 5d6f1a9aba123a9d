"""The frames of all known films in one index, and which of them a film that comes in agrees with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol

from tipline.media.index.port import Finder, Store
from tipline.media.thresholds import PDQ_RADIUS
from tipline.media.video.matching import FilmMatch, Vote, count, doubts, has_unseen
from tipline.media.video.prints import FramePrint, entry_of, split

Side = Literal["glance", "near", "query"]
MOST_DOUBTS = 16  # key frames whose neighbours are looked at


class Seen(Protocol):
    """A film that was looked at: milliseconds, and the hashes of its frames."""

    @property
    def length(self) -> int: ...

    @property
    def prints(self) -> tuple[FramePrint, ...]: ...


Look = Callable[[Side, Sequence[int]], Seen]


def put(writer: Store, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will add a known film's frames; `film` is a number of the caller's."""
    writer.add([(one.hash, entry_of(film, one.ms)) for one in prints])


def take_off(writer: Store, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will remove them again."""
    writer.remove([(one.hash, entry_of(film, one.ms)) for one in prints])


def votes(index: Finder, prints: Sequence[FramePrint], radius: int = PDQ_RADIUS) -> list[Vote]:
    """This function will list the moments of known films that a film's moments agree with."""
    found = index.find_many(b"".join(one.hash for one in prints), radius) if prints else []
    return [
        Vote(one.ms, *split(near.entry), one.form, one.is_trimmed, near.distance)
        for one, each in zip(prints, found, strict=True)
        for near in each
    ]


def ask(index: Finder, look: Look, *, is_thorough: bool = False) -> list[FilmMatch]:
    """This function will list the known films that a film agrees with, the surest first.

    look: hashes the film for a side: "glance"; "near" some of its key frames where those leave a doubt. is_thorough:
    also "query" where nothing was found and a stretch of the film was not seen.
    """
    seen = look("glance", ())
    prints, found = list(seen.prints), votes(index, seen.prints)
    if doubtful := doubts(found, [one.ms for one in prints])[:MOST_DOUBTS]:
        near = look("near", doubtful).prints
        prints += near
        found += votes(index, near)
    moments = [one.ms for one in prints]
    if is_thorough and has_unseen(moments, seen.length) and not count(found, moments):
        prints = list(look("query", ()).prints)
        found, moments = votes(index, prints), [one.ms for one in prints]
    return count(found, moments)

"""The frames of all known films in one index, and which of them a film that comes in agrees with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tipline.media.index.port import Finder, Store
from tipline.media.thresholds import PDQ_RADIUS
from tipline.media.video.matching import FilmMatch, Vote, count
from tipline.media.video.prints import FramePrint, entry_of, split


def put(writer: Store, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will add a known film's frames; `film` is a number of the caller's."""
    writer.add([(one.hash, entry_of(film, one.ms)) for one in prints])


def take_off(writer: Store, film: int, prints: Iterable[FramePrint]) -> None:
    """This function will remove them again."""
    writer.remove([(one.hash, entry_of(film, one.ms)) for one in prints])


def look_up(index: Finder, prints: Sequence[FramePrint], radius: int = PDQ_RADIUS) -> list[FilmMatch]:
    """This function will list the known films that a film agrees with, the surest first."""
    found = index.find_many(b"".join(one.hash for one in prints), radius) if prints else []
    votes = [
        Vote(one.ms, *split(near.entry), one.form, one.is_trimmed, near.distance)
        for one, each in zip(prints, found, strict=True)
        for near in each
    ]
    return count(votes, [one.ms for one in prints])

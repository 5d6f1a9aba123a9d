"""From agreeing frames to agreeing films. Pure.

Two frames within reach of each other are a vote: this film, so many milliseconds later, in this form. One vote may be
chance or a black screen; votes of several moments for the same shift are the film. In a film that was made slower or
faster the shift grows: then a stretch of it agrees, which is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tipline.media.video.sides import FAR_MS

BIN_MS = 1000
LEAST_MOMENTS = 2  # so many moments of the query must agree
LEAST_SHARE = 0.5  # of the query's moments between the first that agrees and the last


class Vote(NamedTuple):
    """A moment of the query agrees with a moment of a known film; `form` is how the query's frame had to be turned."""

    at_ms: int
    film: int
    film_ms: int
    form: int
    is_trimmed: bool
    distance: int


@dataclass(frozen=True, slots=True)
class FilmMatch:
    """A known film is in the query: from when to when, where that stretch begins in the known film, in which form.

    share: of the query's moments in that stretch, those that agree. trimmed: of those, how many without a border only.
    """

    film: int
    begins_ms: int
    ends_ms: int
    film_begins_ms: int
    form: int
    moments: int
    share: float
    is_trimmed: bool
    distance: int  # the least

    @property
    def offset_ms(self) -> int:
        """How much later the same moment is in the known film than in the query; negative where it is earlier."""
        return self.film_begins_ms - self.begins_ms


def count(votes: Iterable[Vote], moments: Sequence[int]) -> list[FilmMatch]:
    """This function will list the known films that agree, the surest first.

    moments: the times of all frames of the query that were good enough to be looked up, in milliseconds.
    """
    asked = sorted(set(moments))
    by_film: dict[tuple[int, int], list[Vote]] = defaultdict(list)
    for vote in votes:
        by_film[vote.film, vote.form].append(vote)
    found: dict[int, FilmMatch] = {}
    for (film, form), each in by_film.items():
        match = _aligned(film, form, each, asked)
        if match and (film not in found or _sureness(match) > _sureness(found[film])):
            found[film] = match
    return sorted(found.values(), key=_sureness, reverse=True)


def doubts(votes: Sequence[Vote], moments: Sequence[int]) -> list[int]:
    """This function will list the moments of a glance that were near to something, where nothing lined up yet.

    None where a known film was found by two moments, or nothing was near at all.
    """
    if any(match.moments >= LEAST_MOMENTS for match in count(votes, moments)):
        return []
    return sorted({one.at_ms for one in votes})


def has_unseen(moments: Sequence[int], length: int) -> bool:
    """This function will tell whether a stretch of a film lies too far from every moment that was looked at."""
    seen = sorted({0, *moments, length})
    return any(after - before > FAR_MS for before, after in pairwise(seen))


def _sureness(match: FilmMatch) -> tuple[int, float, int]:
    return match.moments, match.share, -match.distance


def _aligned(film: int, form: int, votes: list[Vote], asked: Sequence[int]) -> FilmMatch | None:
    bins: dict[int, set[int]] = defaultdict(set)
    for vote in votes:
        number = (vote.film_ms - vote.at_ms) // BIN_MS
        for near in (number - 1, number, number + 1):  # so that no edge of a bin parts a crowd
            bins[near].add(vote.at_ms)
    best = max(bins, key=lambda number: (len(bins[number]), -abs(number)))
    chosen = _nearest(vote for vote in votes if abs((vote.film_ms - vote.at_ms) // BIN_MS - best) <= 1)
    first, last = min(chosen), max(chosen)
    within = [ms for ms in asked if first <= ms <= last]
    needed = min(LEAST_MOMENTS, len(asked))
    share = len(chosen) / len(within)
    if len(chosen) < needed or share < LEAST_SHARE:
        return None
    return FilmMatch(
        film=film,
        begins_ms=first,
        ends_ms=last,
        film_begins_ms=chosen[first].film_ms,
        form=form,
        moments=len(chosen),
        share=share,
        is_trimmed=all(vote.is_trimmed for vote in chosen.values()),
        distance=min(vote.distance for vote in chosen.values()),
    )


def _nearest(votes: Iterable[Vote]) -> Mapping[int, Vote]:
    """Of each moment of the query the vote with the least distance."""
    best: dict[int, Vote] = {}
    for vote in votes:
        if vote.at_ms not in best or vote.distance < best[vote.at_ms].distance:
            best[vote.at_ms] = vote
    return best

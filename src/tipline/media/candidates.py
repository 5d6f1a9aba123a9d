"""Which known pictures might a picture show? A short list for `features.verify` to judge; never an answer by itself.

`FeatureCandidates` needs no model: the codes of known pictures' best places lie in a `NearIndex`. The entry of each
says which picture, its size and angle, so every near code is a vote for one picture lying in the query in one way. It
does not say where in its picture the place is: who steals an index cannot draw pictures from it. Votes that agree in
picture, turn and size are summed; a code that many pictures share counts little. Adding a picture is
`writer.add(rows_of(picture, features))`, removing it `writer.remove(...)` of the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tipline.media.features.store import Features
from tipline.media.index.port import Neighbour

INDEXED = 128  # places of each known picture that are looked up; all stored ones are compared afterwards
ASKED = 450  # places of the query
RADIUS, WIDE_RADIUS = 16, 28  # the wider one where all copies are wanted: a person asks, and waits for it
LEAST_SCORE = 1.5  # so many votes that agree; below, chance alone proposes pictures
MOST_PICTURES = 1 << 48
_MOST_HITS = 64  # a code near to more than this tells nothing
_LEAST_VOTES, _MOST_SHARED = 3, 4096  # the same where all copies of a picture are wanted, not the likeliest few
_TURNS, _OCTAVES = 12, 1  # bins to a turn, and to an octave


class Candidate(NamedTuple):
    """A known picture that may be shown, and a score that only orders those of one list.

    mirrored: in which hand; None where that is not known.
    """

    entry: int
    score: float
    mirrored: bool | None = None


class Looked(Protocol):
    """What candidates are found by."""

    @property
    def features(self) -> Features | None:
        """This function will return the picture's features."""

    @property
    def embedding(self) -> NDArray[np.float32] | None:
        """This function will return the picture's embedding, (d,), where the operator has a model."""


class Candidates(Protocol):
    """Anything that lists known pictures which may be shown: by features, by a model, by what comes next."""

    def among(self, looked: Looked, most: int) -> list[Candidate]:
        """This function will list at most `most`, the likeliest first."""


def rows_of(picture: int, features: Features) -> list[tuple[bytes, int]]:
    """This function will make the rows of a known picture for a `NearIndex` Writer: at most INDEXED."""
    codes, entries = arrays_of(picture, features)
    return [(code.tobytes(), entry) for code, entry in zip(codes, entries.tolist(), strict=True)]


def arrays_of(picture: int, features: Features) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """This function will make the same rows as arrays, (n, 32) and (n,), as `Writer.load` takes them.

    `picture` is a number below 2^48. An entry holds it, and angle and size in the lower 15 bits. No row is there twice.
    """
    if not 0 <= picture < MOST_PICTURES:
        raise ValueError("a picture is a number below 2^48")
    kept = features.first(INDEXED)
    angles, sizes = kept.rows["angle"].astype(np.uint64), kept.rows["size"].astype(np.uint64)
    entries = np.uint64(picture << 15) | angles << np.uint64(7) | sizes >> np.uint64(1)
    told = [(code.tobytes(), entry) for code, entry in zip(kept.codes, entries.tolist(), strict=True)]
    first = [told.index(one) for one in dict.fromkeys(told)]
    return kept.codes[first], entries[first]


def count_rows(features: Features) -> int:
    """This function will count the rows that a picture has in an index."""
    return len(arrays_of(0, features)[1])


class Searched(Protocol):
    """An index of nearness: a `NearIndex`, or a `Copy`."""

    def find_many(self, hashes: bytes, radius: int, most: int) -> list[list[Neighbour]]:
        """This function will list what is near to each hash, 32 bytes each; nothing where more than `most` are."""


class FeatureCandidates:
    """Candidates by local features alone, from an index that `rows_of` filled."""

    def __init__(self, index: Searched, *, asked: int = ASKED, all_copies: bool = False) -> None:
        """This function will take an index. `all_copies`: a code counts the same however many pictures have it."""
        self._index = index
        self._radius, self._asked, self._all = WIDE_RADIUS if all_copies else RADIUS, asked, all_copies

    def among(self, looked: Looked, most: int) -> list[Candidate]:
        """This function will list at most `most` known pictures that the query shows in either hand."""
        return self.among_each([looked], most)[0]

    def among_each(self, looked: Sequence[Looked], most: int) -> list[list[Candidate]]:
        """This function will do what `among` does for many: the index is asked once, which costs less for each."""
        hands = [_hands(one.features.first(self._asked)) if one.features is not None else () for one in looked]
        codes = b"".join(hand.codes.tobytes() for both in hands for hand in both)
        if not codes:
            return [[] for _ in looked]
        hits = iter(self._index.find_many(codes, self._radius, _MOST_SHARED if self._all else _MOST_HITS))
        listed = []
        for both in hands:
            voted = [self._voted(hand, [*islice(hits, len(hand))], mirrored=at > 0) for at, hand in enumerate(both)]
            listed.append(sorted(chain(*voted), key=lambda one: (-one.score, one.entry))[:most])
        return listed

    def _voted(self, features: Features, hits: Sequence[Sequence[Neighbour]], *, mirrored: bool) -> list[Candidate]:
        kept = [(at, near.entry, near.distance) for at, each in enumerate(hits) for near in each]
        if not kept:
            return []
        table = np.array(kept, dtype=np.int64)
        asked = table[:, 0]
        alike = np.full(len(table), LEAST_SCORE / _LEAST_VOTES)
        weights = alike if self._all else 1.0 / np.bincount(asked)[asked]
        return _counted(features, table, weights, mirrored=mirrored)


def _hands(straight: Features) -> tuple[Features, Features]:
    """A picture's features, and those that it has in a mirror."""
    return straight, straight.mirrored()


def _counted(
    features: Features, table: NDArray[np.int64], weights: NDArray[np.float64], *, mirrored: bool
) -> list[Candidate]:
    """Sum the votes: `table` has the query's place, the entry and the distance of each near code."""
    asked, entries = table[:, 0], table[:, 1]
    pictures = entries >> 15
    turns = (features.rows["angle"][asked].astype(np.int64) - (entries >> 7 & 255)) % 256
    octaves = features.rows["size"][asked].astype(np.int64) - ((entries & 127) << 1)
    keys, sums = [], []
    # Each vote goes to the two bins about it of either kind, so that no border cuts a crowd in two.
    for half in (0, 1):
        turn = (2 * turns * _TURNS // 256 + half) // 2 % _TURNS
        for other in (0, 1):
            octave = (2 * octaves * _OCTAVES // 16 + other) // 2 + 64
            keys.append((((pictures * 2 + half) * 2 + other) * _TURNS + turn) * 256 + octave)
            sums.append(weights)
    bins, places = np.unique(np.concatenate(keys), return_inverse=True)
    crowds = np.bincount(places, weights=np.concatenate(sums))
    owners = bins // (256 * _TURNS * 4)
    order = np.argsort(-crowds, kind="stable")
    first: dict[int, float] = {}
    for owner, crowd in zip(owners[order].tolist(), crowds[order].tolist(), strict=True):
        first.setdefault(owner, crowd)
    return [Candidate(owner, crowd, mirrored) for owner, crowd in first.items() if crowd >= LEAST_SCORE]


class EmbeddingCandidates:
    """Candidates by a model's embeddings: the nearest by angle, among all."""

    def __init__(self, entries: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """This function will take the known ones: `vectors` is (n, d)."""
        self._entries = list(entries)
        self._vectors = _unit(vectors)

    def add(self, entry: int, vector: NDArray[np.float32]) -> None:
        """This function will add one known picture: `vector` is (d,)."""
        self._entries.append(entry)
        self._vectors = np.concatenate([self._vectors, _unit(vector[None])])

    def among(self, looked: Looked, most: int) -> list[Candidate]:
        """This function will list the `most` nearest, with the cosine of the angle between."""
        if looked.embedding is None or not self._entries:
            return []
        cosines = self._vectors @ _unit(looked.embedding[None])[0]
        order = np.argsort(-cosines, kind="stable")[:most]
        return [Candidate(self._entries[at], float(cosines[at])) for at in order.tolist()]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit

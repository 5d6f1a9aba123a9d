"""Whether two pictures show the same: features that look alike must also lie alike.

Each pair of alike places tells by itself how one picture would lie in the other (turn, size, shift). The supposition
that most other pairs agree with is refined to an affine one, and judged (Philbin and others, 2007). Nothing is drawn by
lot: the same features give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tipline.media.features.store import Features

Floats = NDArray[np.float64]
Point = tuple[float, float]

LEAST_INLIERS = 9
_LEAST_SHARE = 0.06  # of the alike pairs that lie where the pictures overlap
_LOOSE, _TIGHT = 0.04, 0.015  # how far off a place may be, in longer sides of the known picture
_BLUR = 0.006  # and at least so much of the query's
_TURN, _OCTAVE = np.radians(30), 0.8  # how far off the turn and size of one pair may be
_SUPPOSITIONS = 4
_ROUNDS = 4
_MOST_STRETCH = 2.5
_SMALLEST, _LARGEST = 0.04, 25.0
_LEAST_SPREAD = 0.012  # of inliers across their narrow way, in longer sides of the known picture
_LEAST_AREA = 0.08  # of one of the two pictures that the inliers are spread over: less is a caption or a logo
_MOST_APART = 80  # bits
_CELL = 1 / 96  # inliers nearer to each other than this are one


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a known picture lies in another one: the evidence for a person to look at.

    inliers: separate places that agree. pairs: alike places where the pictures overlap. outline: the known picture's
    corners (top left, top right, bottom right, bottom left) in the query, as fractions of its width and height; they
    may lie outside. transform: a, b, c, d, e, f with x' = ax + by + c, y' = dx + ey + f, both in fractions. mirrored:
    whether one shows the other in a mirror.
    """

    inliers: int
    pairs: int
    mirrored: bool
    transform: tuple[float, ...]
    outline: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Alike places, one row for each pair: in the known picture and in the query, and what each pair supposes."""

    known: Floats
    query: Floats
    turns: Floats
    octaves: Floats


def verify(known: Features, query: Features, *, mirrored: bool | None = None) -> Geometry | None:
    """This function will tell how the known picture lies in the query; None where it does not.

    `mirrored` tells which hand to look at, None both.
    """
    hands = (False, True) if mirrored is None else (mirrored,)
    found = (_verify(known, query.mirrored() if hand else query, is_mirrored=hand) for hand in hands)
    return next((one for one in found if one is not None), None)


def _verify(known: Features, query: Features, *, is_mirrored: bool) -> Geometry | None:
    pairs = _alike(known, query)
    if len(pairs.known) < LEAST_INLIERS:
        return None
    best, most = None, 0
    for matrix, inside in _refined(pairs):
        count = min(_separate(pairs.known[inside]), _separate(pairs.query[inside] / _size_of(matrix)))
        if count > most:
            best, most = (matrix, inside), count
    if best is None or most < LEAST_INLIERS:
        return None
    matrix, inside = best
    if not _is_plausible(matrix, pairs.known[inside]):
        return None
    area = _area(pairs.known[inside])
    if max(area / _spans(known).prod(), area * _size_of(matrix) ** 2 / _spans(query).prod()) < _LEAST_AREA:
        return None
    overlapping = _overlapping(matrix, known, query, pairs)
    if most < _LEAST_SHARE * overlapping:
        return None
    return _told(matrix, known, query, (most, overlapping, is_mirrored))


def _alike(known: Features, query: Features) -> _Pairs:
    """Places that are each other's nearest by their codes."""
    if not len(known) or not len(query):
        return _Pairs(np.empty((0, 2)), np.empty((0, 2)), np.empty(0), np.empty(0))
    apart = _distances(known.codes, query.codes)
    forth, back = apart.argmin(axis=1), apart.argmin(axis=0)
    rows = np.arange(len(forth))
    is_pair = (back[forth] == rows) & (apart[rows, forth] <= _MOST_APART)
    rows, columns = rows[is_pair], forth[is_pair]
    return _Pairs(
        known.points[rows], query.points[columns],
        query.angles[columns] - known.angles[rows], query.octaves[columns] - known.octaves[rows],
    )  # fmt: skip


def _distances(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint16]:
    ours, theirs = one.view("<u8"), other.view("<u8")
    apart = np.zeros((len(ours), len(theirs)), dtype=np.uint16)
    for word in range(ours.shape[1]):
        apart += np.bitwise_count(ours[:, word, None] ^ theirs[None, :, word])
    return apart


def _refined(pairs: _Pairs) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """The few suppositions that most pairs agree with, each made affine and exact."""
    cosines = np.exp2(pairs.octaves) * np.cos(pairs.turns)
    sines = np.exp2(pairs.octaves) * np.sin(pairs.turns)
    across, down = pairs.known[:, 0], pairs.known[:, 1]
    # Row i, column j: where supposition i puts the known place of pair j.
    x = cosines[:, None] * (across[None] - across[:, None]) - sines[:, None] * (down[None] - down[:, None])
    y = sines[:, None] * (across[None] - across[:, None]) + cosines[:, None] * (down[None] - down[:, None])
    x += pairs.query[:, 0, None] - pairs.query[None, :, 0]
    y += pairs.query[:, 1, None] - pairs.query[None, :, 1]
    allowed = np.maximum(_LOOSE * np.exp2(pairs.octaves), _BLUR)[:, None]
    agree = (x * x + y * y <= allowed * allowed) & _same_pose(
        pairs.turns[None] - pairs.turns[:, None], pairs.octaves[None] - pairs.octaves[:, None]
    )
    order = np.argsort(-agree.sum(axis=1), kind="stable")[:_SUPPOSITIONS]
    return [found for at in order if (found := _settled(pairs, agree[at])) is not None]


def _same_pose(turns: Floats, octaves: Floats) -> NDArray[np.bool_]:
    off = np.abs((turns + np.pi) % (2 * np.pi) - np.pi)
    same: NDArray[np.bool_] = (off <= _TURN) & (np.abs(octaves) <= _OCTAVE)
    return same


def _settled(pairs: _Pairs, inside: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]] | None:
    matrix = None
    for step in range(_ROUNDS):
        if inside.sum() < 4:
            return None
        matrix = _fitted(pairs.known[inside], pairs.query[inside])
        share = step / (_ROUNDS - 1)
        inside = _agreeing(pairs, matrix, _LOOSE + (_TIGHT - _LOOSE) * share)
    return None if matrix is None else (matrix, inside)


def _fitted(known: Floats, query: Floats) -> Floats:
    """The affine matrix, (2, 3), that puts known places where the query has them; a similarity of few pairs."""
    if len(known) >= 8:
        ones = np.column_stack([known, np.ones(len(known))])
        affine: Floats = np.linalg.lstsq(ones, query, rcond=None)[0].T.astype(np.float64)
        return affine
    middle, aim = known.mean(axis=0), query.mean(axis=0)
    here, there = (known - middle) @ np.array([1, 1j]), (query - aim) @ np.array([1, 1j])
    turn = (np.conj(here) @ there) / max(float(np.vdot(here, here).real), 1e-12)
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([linear, aim - linear @ middle])


def _agreeing(pairs: _Pairs, matrix: Floats, loose: float) -> NDArray[np.bool_]:
    size = _size_of(matrix)
    off = np.linalg.norm(pairs.known @ matrix[:, :2].T + matrix[:, 2] - pairs.query, axis=1)
    turn = np.arctan2(matrix[1, 0] - matrix[0, 1], matrix[0, 0] + matrix[1, 1])
    near = off <= max(loose * size, _BLUR)
    agreeing: NDArray[np.bool_] = near & _same_pose(pairs.turns - turn, pairs.octaves - np.log2(size))
    return agreeing


def _size_of(matrix: Floats) -> float:
    return max(float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))), 1e-6)


def _separate(points: Floats) -> int:
    """How many places these are when close ones count once."""
    return len(np.unique(np.floor(points / _CELL).astype(np.int64), axis=0))


def _is_plausible(matrix: Floats, inliers: Floats) -> bool:
    """Neither turned inside out, nor stretched or shrunk beyond use, nor held by places along one line."""
    linear = matrix[:, :2]
    long, short = np.linalg.svd(linear, compute_uv=False)
    if np.linalg.det(linear) <= 0 or long > _MOST_STRETCH * short or not _SMALLEST <= short <= long <= _LARGEST:
        return False
    spread = np.sqrt(np.linalg.eigvalsh(np.cov(inliers.T))[0].clip(0))
    return bool(spread >= _LEAST_SPREAD)


def _area(points: Floats) -> float:
    """Over how much points are spread, in squares of the longer side: exact where they fill a box evenly."""
    return 12 * float(np.sqrt(np.linalg.det(np.cov(points.T)).clip(0)))


def _overlapping(matrix: Floats, known: Features, query: Features, pairs: _Pairs) -> int:
    """How many pairs lie where both pictures are."""
    landed = pairs.known @ matrix[:, :2].T + matrix[:, 2]
    back = np.linalg.inv(matrix[:, :2])
    origin = (pairs.query - matrix[:, 2]) @ back.T
    is_there = (landed >= 0).all(axis=1) & (landed <= _spans(query)).all(axis=1)
    is_there &= (origin >= 0).all(axis=1) & (origin <= _spans(known)).all(axis=1)
    return int(is_there.sum())


def _spans(features: Features) -> Floats:
    sides = np.array([features.width, features.height], dtype=np.float64)
    spans: Floats = sides / sides.max()
    return spans


def _told(matrix: Floats, known: Features, query: Features, counts: tuple[int, int, bool]) -> Geometry:
    inliers, pairs, is_mirrored = counts
    scaled = matrix * np.append(_spans(known), 1.0)[None, :] / _spans(query)[:, None]
    if is_mirrored:
        scaled[0] = [0, 0, 1] - scaled[0]
    corners = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]) @ scaled.T
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners.round(5))
    transform = tuple(float(one) for one in scaled.round(6).reshape(-1))
    return Geometry(inliers, pairs, is_mirrored, transform, (first, second, third, fourth))

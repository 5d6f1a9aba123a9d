"""How a segment is cut into tables, and how far each is searched. Pure arithmetic.

If the radii r_i of the tables fulfil sum(r_i + 1) > r, every hash within r is within r_i of the query in one table at
least (the general pigeonhole principle: Qin et al., "GPH", 2018). More is sure: from one of these tables on, going
round, every run of chunks differs in fewer bits than its sum of (r_i + 1) (Qin and Xiao, "Pigeonring", 2018: the cycle
lemma for r_i + 1 less what differs). A row of a table therefore carries a mark, the bits of its hash that follow the
table's own, and nearly every row is refused by it before its hash is read. What a search costs is reads that miss the
cache. Searches up to PDQ_RADIUS are planned for; farther ones are exact too, and slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from heapq import heapify, heapreplace
from math import comb, exp, log2

from tipline.media.kernels import NOT_NEEDED
from tipline.media.thresholds import PDQ_RADIUS

HASH_BITS = 256
_MARK_BITS = 16
_LINE_BYTES, _LINE_VALUES = 64, 60  # where the rows of so many values lie (kernels.h)
_PLAIN_BELOW = 4096  # so few are looked at one by one
_WIDEST, _NARROWEST = 28, 8
_MOST_TABLES = 32
_MOST_RADIUS = 7
# What a search costs, in nanoseconds as measured: a hash looked at in order; a value of a table; a further line of
# memory at a place; 32 rows that are compared by their marks at once; a row that is compared by its hash, in order.
_SWEEP, _VALUE, _LINE, _MARKS, _BY_HASH = 1.2, 8.0, 5.0, 3.0, 2.0
# To go to a place that lies anywhere: the processor has to find its page first, which takes longer among more of them.
_PLACE, _PLACE_OF_EACH = 14.0, 0.1e-6
_FURTHER = (
    4  # a row that its mark lets pass costs so many places: its number and its hash lie among more pages than marks
)
# All takes at most this for each hash; of few, memory is cheap.
_HASH_BYTES, _ROW_BYTES = 32, 4
_MOST_BYTES, _FEW, _MOST_BYTES_OF_FEW = 102, 30_000_000, 200

Widths = tuple[int, ...]  # the bits of each table, in the order in which they follow each other in the hash


def widths_for(count: int, entry_bytes: int) -> Widths:
    """This function will tell how so many hashes are cut; nothing where a plain look at each is as quick."""
    if count < _PLAIN_BELOW:
        return ()
    step = 1 << max(0, count.bit_length() - 5)  # a plan takes a third of a second: about as many are cut alike
    return _planned(count // step * step, entry_bytes)


@lru_cache(maxsize=256)
def _planned(count: int, entry_bytes: int) -> Widths:
    most = (_MOST_BYTES if count > _FEW else _MOST_BYTES_OF_FEW) - _HASH_BYTES - entry_bytes
    plans = {
        cut: _cost(cut, radii_for(cut, count, PDQ_RADIUS), count)
        for cut in _cuts(count)
        if table_bytes(cut, count) <= most
    }
    best = min(plans, key=plans.__getitem__, default=())
    return best if best and radii_for(best, count, PDQ_RADIUS) else ()


def _cuts(count: int) -> Iterator[Widths]:
    """Any first table, and the other bits in tables of two widths: what is searched farther is to be wider."""
    about = round(log2(count))
    least, most = max(_NARROWEST, about - 8), min(_WIDEST, about + 1)
    for first in range(max(least, about - 4), most + 1):
        for width in range(max(least, about - 5), most + 1):
            for wide in range((HASH_BITS - first) // width + 1):
                left = HASH_BITS - first - width * wide
                for narrow in range(max(1, -(-left // width)), min(_MOST_TABLES - wide, left // least + 1)):
                    yield (first, *(width,) * wide, *(left // narrow + (at < left % narrow) for at in range(narrow)))


def table_bytes(cut: Widths, count: int) -> float:
    """This function will tell how much memory the tables take for each hash."""
    rows = (_ROW_BYTES + _MARK_BITS // 8) * (len(cut) - 1)  # the hashes themselves lie in the order of the first
    return rows + sum(map(line_bytes, cut)) / count


def line_bytes(width: int) -> int:
    """This function will tell what it takes to say where the rows of each value of so many bits lie."""
    return -(-(1 << width) // _LINE_VALUES) * _LINE_BYTES


@lru_cache(maxsize=4096)
def radii_for(cut: Widths, count: int, radius: int) -> bytes:
    """This function will tell how far each table is searched so that nothing within `radius` is missed.

    Empty where looking at every hash is cheaper, or the tables cannot reach so far.
    """
    if not cut:
        return b""
    radii = [-1] * len(cut)
    steps = [(_step(width, 0, count, at == 0), at) for at, width in enumerate(cut)]
    heapify(steps)
    for _ in range(radius + 1):
        at = steps[0][1]
        radii[at] += 1
        heapreplace(steps, (_step(cut[at], radii[at] + 1, count, at == 0), at))
    made = bytes(NOT_NEEDED if held < 0 else held for held in radii)
    is_far = any(held > min(_MOST_RADIUS, width) for held, width in zip(radii, cut, strict=True))
    return b"" if is_far or _cost(cut, made, count) > count * _SWEEP else made


@lru_cache(maxsize=1 << 14)
def _step(width: int, radius: int, count: int, is_first: bool) -> float:
    """What it costs to search one table one bit farther, but for rows whose marks let them pass."""
    rows = count / (1 << width)  # of a value
    there = 1 - exp(-rows)  # the share of values that have any
    size = _HASH_BYTES if is_first else _MARK_BITS // 8
    each = _BY_HASH * rows if is_first else _MARKS * (there + rows / 32)
    each += _VALUE + there * _place(count) + rows * size / _LINE_BYTES * _LINE
    return comb(width, radius) * each


def _place(count: int) -> float:
    return _PLACE + _PLACE_OF_EACH * count


def _cost(cut: Widths, radii: bytes, count: int) -> float:
    if not radii:
        return count * _SWEEP
    return sum(_cost_of(cut, radii, at, count) for at, held in enumerate(radii) if held != NOT_NEEDED)


def _cost_of(cut: Widths, radii: bytes, at: int, count: int) -> float:
    values = sum(comb(cut[at], bits) for bits in range(radii[at] + 1))
    passed = _passed(cut, radii, at) * values * count / (1 << cut[at]) if at else 0.0
    steps = sum(_step(cut[at], bits, count, at == 0) for bits in range(radii[at] + 1))
    return steps + passed * _FURTHER * _place(count)


def _passed(cut: Widths, radii: bytes, at: int) -> float:
    """The share of a table's rows that their marks let pass, where the table differs in all that it is searched for.

    As `bound_of` in near.c has it: the mark follows the table's own bits; each further chunk allows its radius and one,
    and what the mark holds of it counts if it refuses more than that.
    """
    bits, left = 0, 0
    while bits < _MARK_BITS:
        at = (at + 1) % len(cut)
        width, allowed = min(cut[at], _MARK_BITS - bits), 0 if radii[at] == NOT_NEEDED else radii[at] + 1
        if width <= 2 * allowed:
            break
        bits, left = bits + width, left + allowed
    return _share_within(bits, left)


@lru_cache(maxsize=4096)
def _share_within(bits: int, most: int) -> float:
    """Of random values, so many differ in at most `most` of so many bits."""
    return sum(comb(bits, held) for held in range(min(bits, most) + 1)) / (1 << bits)


def cap_for(count: int) -> int:
    """This function will tell after how many rows a search had better look at every hash."""
    return count // 8 + 1024

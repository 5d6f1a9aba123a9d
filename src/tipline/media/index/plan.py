"""How a segment is cut into tables, how far each is searched, and what its rows tell beforehand. Pure arithmetic.

If the radii r_i of the tables fulfil sum(r_i + 1) > r, every hash within r is within r_i of the query in one table at
least (the general pigeonhole principle: Qin et al., "GPH", 2018). So a table need not tell again what an earlier one
told: of what only it can tell, each earlier chunk differs in r_j + 1 bits or more, which leaves little of r for all the
other bits. A row of a table therefore carries a mark, the bits of its hash that follow the table's own, and most rows
are refused by it before their hash is read. What a search costs is reads that miss the cache; the cheapest plan has
some wide tables, whose values hold a row or two each, and then narrower ones, whose rows have marks. Searches up to
PDQ_RADIUS are planned for; farther ones are exact too, and slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heapreplace
from math import comb, exp, log2

from tipline.media.kernels import NOT_NEEDED
from tipline.media.thresholds import PDQ_RADIUS

HASH_BITS = 256
ROW_BYTES, MOST_MARK = 4, 8
_LINE_BYTES, _LINE_VALUES = 64, 60  # where the rows of so many values lie (kernels.h)
_PLAIN_BELOW = 4096  # so few are looked at one by one
_WIDEST, _NARROWEST = 28, 8
_MOST_TABLES = 32
_MOST_RADIUS = 7
_SWEEP = 0.12  # a hash looked at in order costs this much of a cache miss
# What else a search costs, in cache misses: where a value's rows lie, a further line of them, a row that is there, and
# its hash, whose page is another each time.
_PLACE, _LINE, _ROW, _HASH = 0.5, 0.35, 0.03, 1.5
# All takes at most this for each hash; of few, memory is cheap.
_HASH_BYTES = 32
_MOST_BYTES, _FEW, _MOST_BYTES_OF_FEW = 102, 30_000_000, 150
_PASSED = (0.1, 0.02)  # marks are tried that let so many of the rows pass


@dataclass(frozen=True, slots=True)
class Table:
    """One table: how many bits it is about, and the bytes of its rows' marks."""

    width: int
    mark: int = 0


Tables = tuple[Table, ...]


def tables_for(count: int, entry_bytes: int) -> Tables:
    """This function will tell how so many hashes are cut; nothing where a plain look at each is as quick."""
    if count < _PLAIN_BELOW:
        return ()
    step = 1 << max(0, count.bit_length() - 5)  # a plan takes a third of a second: about as many are cut alike
    return _planned(count // step * step, entry_bytes)


@lru_cache(maxsize=256)
def _planned(count: int, entry_bytes: int) -> Tables:
    most = (_MOST_BYTES if count > _FEW else _MOST_BYTES_OF_FEW) - _HASH_BYTES - entry_bytes
    plans = {tables: _cost(tables, radii_for(tables, count, PDQ_RADIUS), count) for tables in _plans(count, most)}
    best = min(plans, key=plans.__getitem__, default=())
    return best if best and radii_for(best, count, PDQ_RADIUS) else ()


def _plans(count: int, most: int) -> Iterator[Tables]:
    about = round(log2(count))
    for width in range(max(_NARROWEST, about - 3), min(_WIDEST, about + 2) + 1):
        for wide in range(1, HASH_BITS // width + 1):
            for narrow in range(_MOST_TABLES - wide + 1):
                for made in _marked(_cut(width, wide, narrow), wide, count):
                    if table_bytes(made, count) <= most:
                        yield made


def _cut(width: int, wide: int, narrow: int) -> tuple[int, ...]:
    """So many tables of a width, and the other bits in so many narrower ones; nothing where that cannot be."""
    left = HASH_BITS - width * wide
    if not narrow:
        return (width,) * wide if not left else ()
    widths = tuple(left // narrow + (at < left % narrow) for at in range(narrow))
    return (width,) * wide + widths if widths[-1] >= _NARROWEST and widths[0] <= width else ()


def _marked(widths: tuple[int, ...], wide: int, count: int) -> Iterator[Tables]:
    radii = radii_for(tuple(Table(width, MOST_MARK) for width in widths), count, PDQ_RADIUS)
    if not radii:
        return
    shares = [[_passed(widths, radii, at, mark) for mark in range(MOST_MARK + 1)] for at in range(len(widths))]
    for passed in _PASSED:
        marks = [next((mark for mark, share in enumerate(each) if share <= passed), MOST_MARK) for each in shares]
        for first in {1, wide}:
            yield tuple(Table(width, marks[at] if at >= first else 0) for at, width in enumerate(widths))


def _passed(widths: Sequence[int], radii: bytes, at: int, mark: int) -> float:
    """The share of a table's rows that its marks let pass, where the table differs in all that it is searched for.

    What only this table can tell of differs in each earlier chunk by one bit more than that is searched for; the mark
    may differ in what that leaves, but for chunks of which it holds a part. It begins behind the table's own bits, and
    behind the last bit comes the first.
    """
    if radii[at] == NOT_NEEDED:
        return 0.0
    begun, left, first = sum(widths[: at + 1]), PDQ_RADIUS - radii[at], 0
    for width, radius in zip(widths[:at], radii[:at], strict=True):
        after = (first - begun) % HASH_BITS
        if radius != NOT_NEEDED and after >= 8 * mark and after + width <= HASH_BITS:
            left -= radius + 1
        first += width
    return _share_within(8 * mark, left)


@lru_cache(maxsize=4096)
def _share_within(bits: int, most: int) -> float:
    """Of random values, so many differ in at most `most` of so many bits."""
    return sum(comb(bits, held) for held in range(min(bits, most) + 1)) / (1 << bits)


def table_bytes(tables: Tables, count: int) -> float:
    """This function will tell how much memory the tables take for each hash."""
    rows = sum(ROW_BYTES + one.mark for one in tables[1:])  # the hashes themselves lie in the order of the first
    return rows + sum(line_bytes(one.width) for one in tables) / count


def line_bytes(width: int) -> int:
    """This function will tell what it takes to say where the rows of each value of so many bits lie."""
    return -(-(1 << width) // _LINE_VALUES) * _LINE_BYTES


@lru_cache(maxsize=4096)
def radii_for(tables: Tables, count: int, radius: int) -> bytes:
    """This function will tell how far each table is searched so that nothing within `radius` is missed.

    Empty where looking at every hash is cheaper, or the tables cannot reach so far.
    """
    if not tables:
        return b""
    radii = [-1] * len(tables)
    steps = [(_step(one, 0, count), at) for at, one in enumerate(tables)]
    heapify(steps)
    for _ in range(radius + 1):
        at = steps[0][1]
        radii[at] += 1
        heapreplace(steps, (_step(tables[at], radii[at] + 1, count), at))
    made = bytes(NOT_NEEDED if held < 0 else held for held in radii)
    is_far = any(held > min(_MOST_RADIUS, one.width) for held, one in zip(radii, tables, strict=True))
    return b"" if is_far or _cost(tables, made, count) > count * _SWEEP else made


def _step(table: Table, radius: int, count: int) -> float:
    """What it costs to search one table one bit farther."""
    rows = count / (1 << table.width)
    return comb(table.width, radius) * (_PLACE + 1 + rows * (_ROW if table.mark else _HASH))


def _cost(tables: Tables, radii: bytes, count: int) -> float:
    if not radii:
        return count * _SWEEP
    return sum(_cost_of(tables, radii, at, count) for at, held in enumerate(radii) if held != NOT_NEEDED)


def _cost_of(tables: Tables, radii: bytes, at: int, count: int) -> float:
    table = tables[at]
    rows = count / (1 << table.width)
    widths = tuple(one.width for one in tables)
    size, passed = (ROW_BYTES + table.mark, _passed(widths, radii, at, table.mark)) if at else (_HASH_BYTES, 0.0)
    begun = (1 - exp(-rows)) + _LINE * rows * size / _LINE_BYTES
    return sum(comb(table.width, bits) for bits in range(radii[at] + 1)) * (
        _PLACE + begun + rows * (_ROW + _HASH * passed)
    )


def cap_for(count: int) -> int:
    """This function will tell after how many rows a search had better look at every hash."""
    return count // 8 + 1024

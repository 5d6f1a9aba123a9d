"""How a segment is cut into tables, and how far each table is searched. Pure arithmetic.

If the radii r_i of the tables fulfil sum(r_i + 1) > r, every hash within r is within r_i of the query in one table at
least (the general pigeonhole principle: Qin et al., "GPH", 2018). What a search costs is a cache miss for each value
looked up and for each hash looked at; the cheapest plan has chunks of about log2 n bits. Searches up to PDQ_RADIUS are
planned for; farther ones are exact too, and slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb

from tipline.media.kernels import NOT_NEEDED
from tipline.media.thresholds import PDQ_RADIUS

HASH_BITS = 256
_PLAIN_BELOW = 4096  # so few are looked at one by one
_WIDEST, _NARROWEST = 27, 8
_MOST_TABLES = 32
_MOST_RADIUS = 7
_SWEEP = 0.12  # a hash looked at in order costs this much of a cache miss
# Tables take at most this for each hash: with the hash (32) and its entry (8) 102; of few, memory is cheap.
_TABLE_BYTES, _FEW, _TABLE_BYTES_OF_FEW = 62, 30_000_000, 110


def widths_for(count: int) -> tuple[int, ...]:
    """This function will tell how many bits each table takes; none where a plain look is as quick."""
    if count < _PLAIN_BELOW:
        return ()
    plans = [widths for number in range(10, _MOST_TABLES + 1) if _fits(widths := _cut(number), count)]
    costs = {widths: _cost(widths, radii_for(widths, count, PDQ_RADIUS), count) for widths in plans}
    best = min(plans, key=costs.__getitem__, default=())
    return best if best and radii_for(best, count, PDQ_RADIUS) else ()


def _cut(number: int) -> tuple[int, ...]:
    wide = HASH_BITS % number
    return tuple(HASH_BITS // number + (at < wide) for at in range(number))


def _fits(widths: Sequence[int], count: int) -> bool:
    held = 4 * (len(widths) - 1) + sum(4 * (1 << width) for width in widths) / count
    return (
        min(widths) >= _NARROWEST
        and max(widths) <= _WIDEST
        and held <= (_TABLE_BYTES if count > _FEW else _TABLE_BYTES_OF_FEW)
    )


@lru_cache(maxsize=4096)
def radii_for(widths: tuple[int, ...], count: int, radius: int) -> bytes:
    """This function will tell how far each table is searched so that nothing within `radius` is missed.

    Empty where looking at every hash is cheaper, or the tables cannot reach so far.
    """
    radii = [-1] * len(widths)
    for _ in range(radius + 1):
        steps = [
            (_step(width, held + 1, count), at) for at, (width, held) in enumerate(zip(widths, radii, strict=True))
        ]
        if not steps:
            return b""
        radii[min(steps)[1]] += 1
    made = bytes(NOT_NEEDED if held < 0 else held for held in radii)
    is_far = any(held > min(_MOST_RADIUS, width) for held, width in zip(radii, widths, strict=True))
    return b"" if is_far or _cost(widths, made, count) > count * _SWEEP else made


def _step(width: int, radius: int, count: int) -> float:
    """What it costs to search one table one bit farther."""
    return comb(width, radius) * (1 + 2 * count / (1 << width))


def _cost(widths: Sequence[int], radii: bytes, count: int) -> float:
    if not radii:
        return count * _SWEEP
    pairs = [(width, radius) for width, radius in zip(widths, radii, strict=True) if radius != NOT_NEEDED]
    return sum(_step(width, held, count) for width, radius in pairs for held in range(radius + 1))


def cap_for(count: int) -> int:
    """This function will tell after how many candidates a search had better look at every hash."""
    return count // 8 + 1024

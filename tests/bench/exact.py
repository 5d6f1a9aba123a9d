"""Digests by the hundred million: bytes a key and look-ups a second, one at a time and in batches, beside a dict.

The peer is threatexchange's index of exact signals with a million keys, which is the most that is fair to its memory.
Half of the queries are absent. One core. Look-ups are asked in rounds, and the round in the middle counts.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench import beside
from tests.bench.rounds import in_rounds

from tipline.figures.figure import Figure, Measured, Peer, Series
from tipline.media.index.exact import ExactTable, write_table

ABOUT = "digests: bytes a key and look-ups a second at 100 million, beside threatexchange's dict"
_KINDS = {"MD5": (16, 18), "SHA-1": (20, 22), "SHA-256": (32, 34)}
_SINGLE, _BATCHED = 1_000_000, 10_000_000
_ROUNDS = 7


def run(full: bool) -> Iterator[Figure]:
    """This function will build tables in a temporary folder: 7 GB of disk in full size, 8 GB of memory."""
    count, asked = (100_000_000, 2_000_000) if full else (1_000_000, 200_000)
    for kind, (width, most) in _KINDS.items():
        with tempfile.TemporaryDirectory(prefix="tipline-exact-") as folder, get_context("spawn").Pool(1) as pool:
            ours = pool.apply(_ours, (Path(folder), width, count, asked))
            peer = _theirs(Path(folder), asked) if kind == "MD5" else None
        where = f"{kind}, {count / 1e6:g} M"
        series = Series("exact", ours["sound"] and (peer is None or peer["found"] == asked // 2))
        small = Series("exact", series.sound and (ours["bytes"] <= most or not full))
        held = Measured(ours["bytes"], count, ours["built"])
        yield small.figure(f"bytes a key (to be at most {most}), {where}", "B", held)
        single = Measured(asked / ours["single"], asked, ours["single"])
        batched = Measured(asked / ours["batched"], asked, ours["batched"])
        yield series.figure(
            f"look-ups one at a time, {where}", "look-ups/s", single, at_least=_SINGLE if full else None
        )
        yield series.figure(f"look-ups in batches, {where}", "look-ups/s", batched, at_least=_BATCHED if full else None)
        yield series.figure(f"built, {where}", "s", Measured(ours["built"], count, ours["built"]))
        if peer:
            beside_it = Peer("threatexchange TrivialSignalTypeIndex, 1 M", peer["rate"])
            yield series.figure(f"look-ups beside a dict of a million, {where}", "look-ups/s", single, peer=beside_it)
            smaller = Peer("threatexchange TrivialSignalTypeIndex, 1 M", 1 / peer["bytes"])
            keys = Measured(1 / ours["bytes"], count, 0)
            yield series.figure(f"keys a byte beside a dict of a million, {where}", "keys/B", keys, peer=smaller)


def _ours(folder: Path, width: int, count: int, asked: int) -> dict[str, Any]:
    rng = np.random.default_rng(width)
    digests = rng.integers(0, 1 << 64, (count, (width + 7) // 8), dtype=np.uint64).view(np.uint8)[:, :width]
    digests = np.ascontiguousarray(digests)
    queries = rng.integers(0, 256, (asked, width), dtype=np.uint8)
    rows = rng.integers(0, min(count, 1_000_000), asked // 2)
    queries[::2] = digests[rows]
    np.save(folder / "digests.npy", digests[:1_000_000])
    np.save(folder / "queries.npy", queries)
    begun = time.perf_counter()
    write_table(folder / "table", digests)
    built = time.perf_counter() - begun
    del digests
    table = ExactTable(folder / "table")
    listed = [row.tobytes() for row in queries]
    table.find_many(queries)  # the pages of the file come into this process's map
    find = table.find_row
    single, batched = in_rounds(_ROUNDS, lambda: [find(one) for one in listed], lambda: table.find_many(queries))
    found = single.answers[0]
    is_sound = all(one == found for one in [*single.answers, *(many.tolist() for many in batched.answers)])
    is_sound &= all(row >= 0 for row in found[::2]) and max(found[1::2]) == -1
    size = (folder / "table").stat().st_size
    middle = {"single": statistics.median(single.seconds), "batched": statistics.median(batched.seconds)}
    return {"bytes": size / count, "built": built, "sound": is_sound, **middle}


def _theirs(folder: Path, asked: int) -> Any:
    return beside.ask("exact.py", digests=str(folder / "digests.npy"), queries=str(folder / "queries.npy"))

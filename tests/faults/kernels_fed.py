"""What feeds the sanitized kernels; see `kernels`. Run with a copy of the library that was built for it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from tipline.media import kernels, pdq
from tipline.media.index.near import NearIndex, Writer
from tipline.media.index.plan import cap_for, line_bytes, radii_for, widths_for
from tipline.media.kernels import plain


def _pdq(rng: np.random.Generator) -> int:
    shape = tuple(int(side) for side in rng.integers(5, rng.choice([12, 70, 300, 1500]), 2))
    picture = rng.integers(0, 256, shape, dtype=np.uint8)
    assert pdq.pdq_dihedral(picture) == pdq.hash_plainly(picture)
    assert pdq.pdq(picture) == pdq.hash_plainly(picture)[0]
    for wrong in ((shape[0] + 1, shape[1]), (2, 2), (70_000, 5)):
        try:
            kernels.pdq(picture.reshape(-1), *wrong, np.zeros(1024), 8)
        except ValueError:
            continue
        raise AssertionError(wrong)
    return 5


def _near(rng: np.random.Generator) -> int:
    count = int(rng.choice([1, 2, 700, 17_000]))
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    if rng.random() < 0.3:
        hashes[count // 2 :] = hashes[0]
    cut = widths_for(count, 8) or (16,) * 16
    tables, first = [], 0
    for width in cut:
        lines, cursors = np.zeros(line_bytes(width), "u1"), np.zeros(1 << width, "<u4")
        rows, marks = np.zeros(count, "<u4"), np.zeros(count, "<u2")
        for held in (None, marks):  # in the order of all bits, and as a table has them
            kernels.order_hashes(hashes.reshape(-1), (first, width), (lines, cursors, rows, held))
        tables.append((first, width, lines, rows, marks))
        first += width
    radius = int(rng.integers(0, 32))
    query = hashes[rng.integers(count)].copy()
    query[: rng.integers(5)] ^= 3
    radii = radii_for(cut, count, radius) or bytes([2] * len(cut))
    slow = plain.Near(hashes.reshape(-1), tables)
    expected = slow.scan(query.tobytes(), radius)
    many = np.concatenate([hashes[rng.integers(0, count, 9)], query[None], query[None]]).reshape(-1)
    held = kernels.Near(hashes.reshape(-1), tuple(tables))
    assert held.find(query.tobytes(), radius, radii, int(rng.choice([0, 50, cap_for(count)]))) == expected
    assert held.scan(query.tobytes(), radius) == expected
    cap = int(rng.choice([0, 50, cap_for(count)]))
    found = held.find_many(many, radius, radii, cap, kernels.ALL)
    assert found == slow.find_many(many, radius, radii, cap, kernels.ALL)
    for wrong in (-1, -300, 257):
        try:
            held.find_many(many, wrong, radii, cap, 0)
        except ValueError:
            continue
        raise AssertionError(wrong)
    for *_, lines, rows, marks in tables:  # a damaged file
        lines[rng.integers(0, len(lines), 80)] = rng.integers(0, 256, 80)
        rows[rng.integers(0, len(rows), 12)] = rng.integers(0, 1 << 32, 12, dtype=np.uint32)
        marks[rng.integers(0, len(marks), 12)] = rng.integers(0, 1 << 16, 12)
    held.find(query.tobytes(), radius, radii, cap_for(count))
    held.find_many(many, radius, radii, cap, int(rng.choice([0, 9, kernels.ALL])))
    (*first, _, _), *others = tables
    in_order = kernels.Near(hashes.reshape(-1), ((*first, None, None), *others))
    in_order.find_many(many, radius, radii, cap, int(rng.choice([0, 9, kernels.ALL])))
    return 9


def _exact(rng: np.random.Generator) -> int:
    width, bits, count = int(rng.choice([8, 16, 20, 32, 64])), int(rng.integers(0, 12)), int(rng.integers(0, 3000))
    keys = rng.integers(0, rng.choice([2, 256]), (count, width), dtype=np.uint8)
    offsets, cursors, order = (np.zeros(size, "<u4") for size in ((1 << bits) + 1, 1 << bits, count))
    held = np.zeros(keys.size, np.uint8)
    kernels.order_keys(keys.reshape(-1), (width, bits), (offsets, cursors, order, held))
    table = kernels.Exact(held, width, bits, offsets)
    asked = np.concatenate([keys[:50], rng.integers(0, 256, (7, width), dtype=np.uint8)])
    rows = np.zeros(len(asked), "<i8")
    table.find_many(asked.reshape(-1), rows)
    assert rows.tolist() == [table.find(one.tobytes()) for one in asked]
    assert all(row >= 0 for row in rows[: min(50, count)])
    offsets[rng.integers(0, len(offsets), 9)] = rng.integers(0, 1 << 32, 9, dtype=np.uint32)
    table.find_many(asked.reshape(-1), rows)
    return 3


def _index(rng: np.random.Generator) -> int:
    with tempfile.TemporaryDirectory() as name, Writer(Path(name)) as writer:
        hashes = rng.integers(0, 256, (int(rng.integers(1, 400)), 32), dtype=np.uint8)
        writer.load(hashes, np.arange(len(hashes), dtype=np.uint64))
        writer.add([(bytes(32), 7), (hashes[0].tobytes(), 1 << 40)])
        writer.remove([(hashes[-1].tobytes(), len(hashes) - 1)])
        writer.merge()
        reader = NearIndex(Path(name))
        assert reader.find(hashes[0].tobytes(), 31) == reader.scan(hashes[0].tobytes(), 31)
        reader.close()
    return 4


def main() -> None:
    """This function will do so many rounds of everything, and tell how many calls there were."""
    assert kernels.COMPILED
    if sys.argv[1] == "control":
        kernels._kernels.read_too_far()  # type: ignore[attr-defined]
        return
    rng, calls = np.random.default_rng(5), 0
    for at in range(int(sys.argv[2])):
        calls += (_pdq, _near, _exact, _index)[at % 4](rng)
    sys.stdout.write(json.dumps({"calls": calls}) + "\n")


main()

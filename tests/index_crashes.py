"""A writer of an index is killed at one call that touches the disk, then at the next, until it ends by itself.

What it told of must be there afterwards, what was under way may be there as far as it came, and nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tipline.media.index import near
from tipline.media.index.near import NearIndex, Writer

Pairs = set[tuple[bytes, int]]
_FORKED = multiprocessing.get_context("fork")


def sweep(folder: Path, *, torn: bool, first: int = 1, stride: int = 1) -> int:
    """This function will kill a writer at the first call, and at every one a stride on; it returns how many there are.

    torn: a write is half made when it happens. Raises AssertionError where something is lost, or there for no reason.
    """
    nth = first
    while not _killed_at(nth, folder / str(nth), torn=torn):
        nth += stride
    return nth


def _killed_at(nth: int, folder: Path, *, torn: bool) -> bool:
    ours, theirs = _FORKED.Pipe(duplex=False)
    child = _FORKED.Process(target=_work, args=(folder, nth, torn, theirs))
    child.start()
    theirs.close()
    told = 0
    while True:
        try:
            ours.recv()
        except EOFError:
            break
        told += 1
    child.join(60)
    _holds(folder, told, nth)
    return child.exitcode == 0


def _near(hash: bytes, bits: int) -> bytes:
    return (int.from_bytes(hash, "big") ^ ((1 << bits) - 1)).to_bytes(32, "big")


# Every call through which the index changes the disk, and where it is looked up.
_CALLS = (
    (os, "pwrite"), (os, "fsync"), (os, "ftruncate"), (os, "open"), (os, "close"),
    (Path, "replace"), (Path, "unlink"), (Path, "open"), (np, "concatenate"),
)  # fmt: skip


def _die_at(nth: int, *, torn: bool) -> None:
    """Let this process end at the nth of those calls, before it is made or (a write) when it is half made."""
    counted = iter(range(1, 1_000_000))

    def killed(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if next(counted) == nth:
                if torn and real is _PWRITE:
                    real(given[0], given[1][: len(given[1]) // 2 + 1], *given[2:])
                os._exit(9)
            return real(*given, **named)

        return call

    for owner, name in _CALLS:
        setattr(owner, name, killed(getattr(owner, name)))


_PWRITE = os.pwrite
_SCRIPT_HASHES = [_near(bytes([seed]) * 32, seed % 3) for seed in range(40)]


def _script() -> Iterator[tuple[str, list[tuple[bytes, int]]]]:
    for number, hash in enumerate(_SCRIPT_HASHES):
        yield "add", [(hash, number), (hash, number + 1000)]
        if number % 5 == 4:
            yield "remove", [(_SCRIPT_HASHES[number - 2], number - 2)]


def _work(folder: Path, nth: int, torn: bool, acknowledged: Any) -> None:
    near.MOST_RECENT = 12
    _die_at(nth, torn=torn)
    with Writer(folder) as writer:
        for kind, pairs in _script():
            getattr(writer, kind)(pairs)
            acknowledged.send(kind)
        writer.merge(all_of_it=True)
        acknowledged.send("end")
    os._exit(0)


def _holds(folder: Path, told: int, nth: int) -> None:
    steps = list(_script())
    pairs: Pairs = set()
    for kind, each in steps[:told]:
        (pairs.update if kind == "add" else pairs.difference_update)(each)
    might_be = [pairs]
    if told < len(steps):
        kind, each = steps[told]
        # What was under way: the first of its pairs may be there, or all of them.
        for end in range(1, len(each) + 1):
            might_be.append(pairs | set(each[:end]) if kind == "add" else pairs - set(each[:end]))
    reader = NearIndex(folder)
    seen_by_reader = _everything(reader)
    assert seen_by_reader in might_be, nth
    with Writer(folder) as writer:
        assert _everything(writer) == seen_by_reader
        writer.verify()
        writer.add([(b"\x55" * 32, 9999)])
        assert _everything(reader) == seen_by_reader | {(b"\x55" * 32, 9999)}
        names = {path.name for path in folder.iterdir()}
        manifest = json.loads((folder / "manifest.json").read_text())
        assert names == {"manifest.json", "lock", manifest["log"], *manifest["segments"]}
    reader.close()


def _everything(index: NearIndex) -> Pairs:
    asked = [*_SCRIPT_HASHES, b"\x55" * 32]
    return {(hash, one.entry) for hash in asked for one in index.find(hash, 0)}

"""Long work in sittings: what each block of it gave is kept, and the next sitting goes on where the last one ended.

What was kept belongs to the code that made it: other code has another folder.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from tests.bench.beside import ONE_CORE

T = TypeVar("T")


def folder_for(root: Path, sources: Iterable[Path]) -> Path:
    """This function will name the folder in which the results of these sources are kept, and make it."""
    read = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    folder = root / read.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def spread(
    step: str, work: Callable[[Any], T], given: Sequence[Any], kept: Path | None, *, block: int = 250
) -> list[T]:
    """This function will do the work for each of the given ones; with a folder on all cores, block by block.

    What a block gave is in the folder before it is told of. Progress goes to the error channel at each hundredth.
    """
    if kept is None:
        return [work(one) for one in given]
    paths = [kept / f"{step}-{block}-{start}.kept" for start in range(0, len(given), block)]
    missing = [(path, work, given[at * block : (at + 1) * block]) for at, path in enumerate(paths) if not path.exists()]
    done, every = len(paths) - len(missing), max(1, len(paths) // 100)
    for _ in on_all_cores(_keep, missing):
        done += 1
        if done % every == 0:
            sys.stderr.write(f"  {step}: {done:,} of {len(paths):,} blocks\n")
            sys.stderr.flush()
    return [one for path in paths for one in pickle.loads(path.read_bytes())]


def on_all_cores(work: Callable[[Any], T], given: Iterable[Any]) -> Iterator[T]:
    """This function will do the work for each of the given ones, and yield what it gave as it is there."""
    os.environ.update(ONE_CORE)  # each process has one core: another's waiting threads would take it from it
    with get_context("spawn").Pool() as pool:
        yield from pool.imap_unordered(work, given)


def _keep(given: tuple[Path, Callable[[Any], Any], Sequence[Any]]) -> None:
    path, work, block = given
    aside = path.with_suffix(".making")
    aside.write_bytes(pickle.dumps([work(one) for one in block], protocol=pickle.HIGHEST_PROTOCOL))
    aside.replace(path)

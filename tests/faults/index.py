"""The near index's writer killed at every single call that touches the disk, and with every write half made."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import index_crashes

from tipline.figures.figure import Figure, Measured, Series

ABOUT = "the index's writer killed at every call that touches the disk: nothing lost that it told of"


def run(full: bool) -> Iterator[Figure]:
    """This function will kill some five hundred writers; every twentieth of them in small size."""
    killed, lost, begun = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tipline-index-") as folder:
        for torn in (False, True):
            try:
                stride = 1 if full else 20
                killed += index_crashes.sweep(Path(folder) / str(torn), torn=torn, stride=stride) // stride
            except AssertionError:
                lost += 1
    seconds = time.monotonic() - begun
    series = Series("index", sound=lost == 0)
    yield series.figure("kills survived", "kills", Measured(killed, killed, seconds), at_least=200 if full else 10)
    yield series.figure("kills after which something was lost or doubled", "kills", Measured(lost, killed, seconds))

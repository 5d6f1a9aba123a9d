"""`./tipline fingerprint PATH...` and `./tipline match PATH... --list FILE`: JSON lines out, progress beside them.

They need no database and no house: the library of `tipline.media` alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from tipline.media import prints, sandbox
from tipline.media.kernels import COMPILED
from tipline.media.known import KnownList
from tipline.media.thresholds import PDQ_RADIUS

_WIDTH = 30
_EVERY = 0.1  # seconds


def fingerprint(paths: Sequence[Path], *, workers: int = 0, features: bool = False) -> int:
    """This function will write one JSON line a file; 1 where a file could not be read."""
    return _tell(_with_progress(paths, workers, features=features), lambda one: one.as_json())


def match(paths: Sequence[Path], *, known: Path, radius: int = PDQ_RADIUS, workers: int = 0) -> int:
    """This function will write one JSON line for each file that agrees with a list, or has trouble.

    Raises BadList, OSError.
    """
    with KnownList.read(known) as held:

        def told(one: prints.FilePrint) -> dict[str, Any]:
            agrees = [agreement.as_json() for agreement in held.find(one, radius=radius)]
            if not agrees and not one.trouble:
                return {}
            trouble = {"trouble": one.trouble} if one.trouble else {}
            return {"path": str(one.path), **trouble, "matches": agrees}

        return _tell(_with_progress(paths, workers, features=held.has_features), told)


def _tell(files: Iterator[prints.FilePrint], told: Any) -> int:
    unread = 0
    for one in files:
        unread += not one.sha256
        if line := told(one):
            sys.stdout.write(_json(line) + "\n")
    sys.stdout.flush()
    return 1 if unread else 0


def _json(line: Any) -> str:
    """One line in UTF-8; a name that is no UTF-8 is written as JSON escapes it, and read back the same."""
    try:
        text = json.dumps(line, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(line)
    return text


def _with_progress(paths: Sequence[Path], workers: int, *, features: bool) -> Iterator[prints.FilePrint]:
    if not sandbox.sandbox_available():
        sys.stderr.write("No sandbox can be made here (bubblewrap): files are digested, and nothing is decoded.\n")
    if not COMPILED:
        sys.stderr.write("The kernels are not built: hashing takes about thirty times as long.\n")
    total = sum(1 for _ in prints.walk(paths))
    begun, shown, refused, at = monotonic(), 0.0, 0, 0
    files = prints.fingerprint_many(prints.walk(paths), workers=workers, features=features)
    for at, one in enumerate(files, start=1):
        refused += bool(one.trouble)
        if sys.stderr.isatty() and monotonic() - shown >= _EVERY:
            shown = monotonic()
            sys.stderr.write(f"\r{_bar(at, total)} {at} of {total} files, {refused} not decoded")
        yield one
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{clear}{at} files in {monotonic() - begun:.1f} s, {refused} not decoded.\n")


def _bar(done: int, total: int) -> str:
    full = _WIDTH * done // max(1, total)
    return f"[{'#' * full}{'.' * (_WIDTH - full)}]"

"""Recorded figures and the page made from them: `docs/performance/results.json` -> `docs/performance.md`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tipline.figures.figure import Figure

RESULTS = Path("docs/performance/results.json")
PAGE = Path("docs/performance.md")
_HEAD = """# Performance

Generated from `docs/performance/results.json` by `./tipline bench NAME --record` and
`./tipline faults NAME --record`. Each row is the newest record of its figure. "Full" tells whether the
run had its full size or the small one of the tests. A figure without "at least" is measured and not
promised yet. What limits each, and what was tried: [performance/limits.md](performance/limits.md).

"""
_COLUMNS = "| figure | ours | peer | ratio | at least | holds | n | seconds | full | date | machine |\n"
_RULE = "|---|---|---|---|---|---|---|---|---|---|---|\n"


def machine() -> str:
    """This function will describe this machine without naming it: cores, memory, processor kind, Python."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {gigabytes:.0f} GB, {platform.machine()}, Python {platform.python_version()}"


def load(root: Path) -> list[dict[str, Any]]:
    """This function will read the records, oldest first."""
    path = root / RESULTS
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return records


def record(root: Path, figures: Sequence[Figure], *, kind: str, full: bool, now: datetime) -> None:
    """This function will add a run's figures to the records and write the page anew."""
    common = {"kind": kind, "full": full, "date": now.date().isoformat(), "machine": machine()}
    records = load(root) + [common | asdict(figure) for figure in figures]
    (root / RESULTS).parent.mkdir(parents=True, exist_ok=True)
    (root / RESULTS).write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    (root / PAGE).write_text(render(records), encoding="utf-8")


def render(records: Sequence[dict[str, Any]]) -> str:
    """This function will write the page: one table a run, its newest figures."""
    newest = {(each["kind"], each["name"], each["figure"], each["full"]): each for each in records}
    page = _HEAD
    for kind, name in sorted({key[:2] for key in newest}):
        page += f"## {'Bench' if kind == 'bench' else 'Fault run'} `{name}`\n\n{_COLUMNS}{_RULE}"
        page += "".join(_row(each) for key, each in newest.items() if key[:2] == (kind, name)) + "\n"
    return page.rstrip("\n") + "\n"


def _row(each: dict[str, Any]) -> str:
    peer = f"{_number(each['peer'])} ({each['peer_name']})" if each["peer_name"] else "-"
    cells = [
        *(f"{each['figure']}, {each['unit']}", _number(each["ours"]), peer, _number(each["ratio"])),
        *(
            _number(each["at_least"]),
            "yes" if each["ok"] else "**no**",
            str(each["n"]),
            _number(each["seconds"]),
        ),
        *("yes" if each["full"] else "no", each["date"], each["machine"]),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"

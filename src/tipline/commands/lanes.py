"""The whole test run in two lanes side by side: each is one pytest with a folder, a database and ports of its own.

Progress is shown as it comes, failures of a lane in one piece when it ends, and a sum of both at the very end.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tipline.commands.words import say

Lane = tuple[str, ...]
# About as long as each other. The stories in the browser come after the contracts: where their driver runs, the
# contract of the device's hashing could not start one of its own.
LANES: tuple[Lane, ...] = (("tests/unit", "tests/integration"), ("tests/contract", "tests/e2e", "tests/faults"))
NOTHING_COLLECTED = 5
_COUNTED = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed|deselected|warnings?)")


@dataclass(slots=True)
class _Run:
    """One lane: its process, what it said after its progress, and how it ended."""

    lane: Lane
    process: subprocess.Popen[str]
    begun: float
    kept: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def counted(self) -> Counter[str]:
        """How many tests ended how, by the last line that pytest wrote."""
        last = next((line for line in reversed(self.kept) if line.strip()), "")
        return Counter({what.removesuffix("s"): int(number) for number, what in _COUNTED.findall(last)})


def run(arguments: Sequence[str], *, root: Path, lanes: Sequence[Lane] = LANES) -> int:
    """This function will run all lanes at once with the same further arguments; 0 where each of them is fine."""
    begun = time.monotonic()
    runs = [_start(lane, arguments, root) for lane in lanes]
    printing = threading.Lock()
    readers = [threading.Thread(target=_follow, args=(one, printing)) for one in runs]
    for reader in readers:
        reader.start()
    try:
        for reader in readers:
            reader.join()
    finally:
        for one in runs:
            if one.process.poll() is None:
                one.process.terminate()
    _sum_up(runs, time.monotonic() - begun)
    codes = [one.process.wait() for one in runs]
    wrong = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    return wrong[0] if wrong else min(codes)


def _start(lane: Lane, arguments: Sequence[str], root: Path) -> _Run:
    command = [sys.executable, "-m", "pytest", *arguments, *lane]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return _Run(lane, process, time.monotonic())


def _follow(one: _Run, printing: threading.Lock) -> None:
    """Show progress line by line; from the first rule after it on, keep what is said until the lane has ended."""
    assert one.process.stdout is not None
    with one.process.stdout as lines:
        for line in lines:
            if one.kept or (line.startswith("=") and "test session starts" not in line):
                one.kept.append(line.rstrip("\n"))
            else:
                with printing:
                    say(line.rstrip("\n"))
    one.process.wait()
    one.seconds = time.monotonic() - one.begun
    with printing:
        say("\n".join(one.kept))


def _sum_up(runs: Sequence[_Run], seconds: float) -> None:
    total: Counter[str] = Counter()
    say("")
    for one in runs:
        total += one.counted
        say(_line(", ".join(Path(folder).name for folder in one.lane), one.counted, one.seconds))
    say(_line("all", total, seconds))


def _line(name: str, counted: Counter[str], seconds: float) -> str:
    told = ", ".join(f"{number} {what}" for what, number in counted.items()) or "nothing"
    return f"{name}: {told} in {_time(seconds)}"


def _time(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"

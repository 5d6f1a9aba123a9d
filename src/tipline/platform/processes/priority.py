"""How far a process gives way to others."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def give_way(by: int) -> None:
    """This function will make this process, and what it starts in its session, give way: 0 (not at all) to 19.

    Where the kernel shares processors out by sessions first (autogroup, the default of most distributions), a nice
    value counts inside its session alone, and the session has one of its own. Source: sched(7).
    """
    os.nice(by)
    with suppress(OSError):  # a kernel without it
        Path("/proc/self/autogroup").write_text(str(os.getpriority(os.PRIO_PROCESS, 0)), encoding="ascii")

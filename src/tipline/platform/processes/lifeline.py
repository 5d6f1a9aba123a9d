"""The tie between a process and its parent: no server is left behind when the parent is killed."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Opened before any fork: loading a library in a fresh child is not safe.
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """This function will return what a new child runs first: it is then signalled when its parent dies."""

    def arm() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))

    return arm


def tie_to_parent() -> None:
    """This function will make this process end with its parent, also where the parent has ended already."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def how_ended(code: int) -> str:
    """This function will tell how a process ended, from its return code."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"code {code}"

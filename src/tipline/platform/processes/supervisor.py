"""The supervisor: starts the children, starts a died one again, stops all in order."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tipline.platform.processes.lifeline import die_with_parent, how_ended

STOP_SECONDS = 35.0
STEADY_SECONDS = 10.0  # a child that lived this long is started again at once when it dies
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep alive. stop_rank: low ranks are stopped first."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    stop_rank: int = 0


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    start_again_at: float | None = None


class Supervisor:
    """Keeps children alive from `start` to `stop`; `run` does the keeping until somebody sets `ending`.

    Only the thread that calls `start` and `run` may start children: the kernel ties a child to that thread.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._running: dict[str, _Running] = {}
        self.ending = threading.Event()

    def start(self, child: Child) -> None:
        """This function will start a child."""
        self._running[child.name] = _Running(child, _launch(child), time.monotonic())

    def process_of(self, name: str) -> subprocess.Popen[bytes]:
        """This function will return the present process of a child."""
        return self._running[name].process

    def run(self, beside: Callable[[], None] = lambda: None) -> None:
        """This function will start died children again until `ending` is set; `beside` is done each time, too."""
        while not self.ending.wait(0.1):
            beside()
            self.look()

    def look(self) -> None:
        """This function will look at every child once."""
        now = time.monotonic()
        for running in self._running.values():
            if running.start_again_at is not None:
                if now >= running.start_again_at:
                    running.process, running.started = _launch(running.child), now
                    running.start_again_at = None
            elif running.process.poll() is not None:
                self._note_death(running, now)

    def _note_death(self, running: _Running, now: float) -> None:
        if now - running.started >= STEADY_SECONDS:
            running.pause = FIRST_PAUSE
        running.start_again_at = now + running.pause
        child = running.child
        self._report(
            f"{child.name} ended ({how_ended(running.process.returncode)}); "
            f"it starts again in {running.pause:.1f} s. See {child.log}."
        )
        running.pause = min(running.pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """This function will stop the children in the order of their ranks, and kill what does not end."""
        self.ending.set()
        for rank in sorted({running.child.stop_rank for running in self._running.values()}):
            of_rank = [running.process for running in self._running.values() if running.child.stop_rank == rank]
            for process in of_rank:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
            _await_end(of_rank)


def _launch(child: Child) -> subprocess.Popen[bytes]:
    child.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with child.log.open("ab") as log:
        return subprocess.Popen(
            list(child.command),
            env=dict(child.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A Ctrl-C at the terminal reaches the supervisor alone, which stops all in order.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )


def _await_end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

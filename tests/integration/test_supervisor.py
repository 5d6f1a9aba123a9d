"""The supervisor: a died child comes back, a stop ends all in order, nothing outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tipline.platform.processes.supervisor import Child, Supervisor

SLEEPER = "import signal, sys, time\nsignal.signal(15, lambda *a: sys.exit(0))\ntime.sleep(60)"


def _child(tmp_path: Path, name: str, program: str = SLEEPER, stop_rank: int = 0) -> Child:
    return Child(name, (sys.executable, "-c", program), dict(os.environ), tmp_path / f"{name}.log", stop_rank)


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    keeping = Supervisor(told.append)
    yield keeping
    keeping.stop()


def test_a_killed_child_is_started_again_and_the_operator_is_told(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    supervisor.start(_child(tmp_path, "door"))
    first = supervisor.process_of("door")
    first.kill()
    first.wait()

    def is_back() -> bool:
        supervisor.look()
        return supervisor.process_of("door").pid != first.pid

    assert _until(is_back)
    assert told[0].startswith("door ended (killed by SIGKILL)")
    assert "door.log" in told[0]


def test_a_child_that_keeps_dying_is_started_at_longer_and_longer_intervals(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    supervisor.start(_child(tmp_path, "broken", "raise SystemExit(3)"))

    def has_died_three_times() -> bool:
        supervisor.look()
        return len(told) == 3

    assert _until(has_died_three_times)
    assert ["0.3 s" in told[0], "0.6 s" in told[1], "1.2 s" in told[2]] == [True, True, True]
    assert "code 3" in told[0]


def test_children_are_stopped_in_the_order_of_their_ranks(tmp_path: Path) -> None:
    order = tmp_path / "order"
    program = (
        "import signal, sys, time\n"
        f"def end(*a):\n    open({str(order)!r}, 'a').write(sys.argv[1]); sys.exit(0)\n"
        "signal.signal(15, end); print('ready', flush=True); time.sleep(60)"
    )
    supervisor = Supervisor(lambda sentence: None)
    for name, rank in (("w", 1), ("d", 0)):
        child = _child(tmp_path, name, program, rank)
        supervisor.start(Child(child.name, (*child.command, name), child.environment, child.log, rank))
    assert _until(lambda: all((tmp_path / f"{name}.log").read_text() == "ready\n" for name in "dw"))
    supervisor.stop()
    assert order.read_text() == "dw"


_PARENT = """
import sys, os, time
from pathlib import Path
from tipline.platform.processes.supervisor import Child, Supervisor
supervisor = Supervisor(print)
log = Path(sys.argv[1])
supervisor.start(Child("door", (sys.executable, "-m", "tipline.platform.processes.door",
    "tests.integration.small_app:application", "127.0.0.1", sys.argv[2]), dict(os.environ), log))
print(supervisor.process_of("door").pid, flush=True)
supervisor.run()
"""


def _tree(pid: int) -> set[int]:
    found = {pid}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found |= _tree(int(stat.parent.name))
    return found


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPLINE_ROLE", "esp_api")
    monkeypatch.setenv("TIPLINE_API_PROCESSES", "2")
    monkeypatch.setenv("PYTHONPATH", "src:.")


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).text == "ok"
    except httpx.TransportError:
        return False


def _await_door(pid: int, port: int) -> set[int]:
    """The processes of a door that serves; besides the two that do there is the one that Python tidies up with."""
    assert _until(lambda: _answers(port) and len(_tree(pid)) >= 3, 20)
    return _tree(pid)


@pytest.mark.usefixtures("two_processes")
def test_a_door_and_its_processes_end_when_the_supervisor_is_killed(tmp_path: Path, free_port: int) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path / "log"), str(free_port)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    tree = _await_door(int(parent.stdout.readline()), free_port)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert _until(lambda: not any(_is_running(pid) for pid in tree), 20)


def _door(port: int, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tipline.platform.processes.door", "tests.integration.small_app:application"]
    with log.open("wb") as written:
        return subprocess.Popen([*command, "127.0.0.1", str(port)], stdout=written, stderr=written)


@pytest.mark.usefixtures("two_processes")
def test_the_processes_of_a_killed_door_end_with_it(tmp_path: Path, free_port: int) -> None:
    door = _door(free_port, tmp_path / "log")
    tree = _await_door(door.pid, free_port) - {door.pid}
    door.kill()
    door.wait()
    assert _until(lambda: not any(_is_running(pid) for pid in tree), 20)


@pytest.mark.usefixtures("two_processes")
def test_a_door_starts_a_killed_process_again_and_ends_when_it_is_told_to(tmp_path: Path, free_port: int) -> None:
    door = _door(free_port, tmp_path / "log")
    before = _await_door(door.pid, free_port)
    serving = [pid for pid in before - {door.pid} if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(serving) == 2
    os.kill(serving[0], signal.SIGKILL)
    assert _until(lambda: len(_tree(door.pid)) == len(before) and serving[0] not in _tree(door.pid), 20)
    assert _until(lambda: _answers(free_port), 20)
    after = _tree(door.pid)
    door.terminate()
    door.wait(30)
    assert _until(lambda: not any(_is_running(pid) for pid in after), 20)

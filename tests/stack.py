"""The real house for tests, benches and fault runs: `./tipline run` in a temporary folder.

    with stack.start(folder) as house:
        house.address("esp_api"); house.kill("worker"); house.await_open("esp_api")

Everything is started by the same command that an operator uses: embedded PostgreSQL with its safe
settings, each deployable under its own database role with its own keys, and the supervisor that starts a
killed one again.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tipline.platform import keys
from tipline.platform.config import DOORS
from tipline.platform.database import embedded, roles

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "tipline"
START_SECONDS = 240.0
STOP_SECONDS = 60.0
# The code of `ask` runs as the owner of the tables, as an operator's own verbs do.
_ASK = """
import json, sys
from tipline.commands.ground import open_ground, set_up_django
with open_ground() as ground:
    set_up_django(ground)
    found = {}
    exec(compile(sys.stdin.read(), "ask", "exec"), found)
    print("ANSWER " + json.dumps(found["answer"]))
"""


class StackFailed(Exception):
    """The house did not come up or did not answer; the message carries the ends of its logs."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A made-up company's log-in to the API."""

    username: str
    secret: str


@dataclass(slots=True)
class Stack:
    """One running house."""

    folder: Path
    base_port: int
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def data(self) -> Path:
        """The house's data folder."""
        return Path(self.environment["TIPLINE_DATA"])

    def port(self, role: str) -> int:
        """This function will return the port of a door."""
        return self.base_port + DOORS.index(role)

    def address(self, role: str) -> str:
        """This function will return the address of a door, without a slash at the end."""
        return f"http://127.0.0.1:{self.port(role)}"

    def database_url(self, role: str = "") -> str:
        """This function will return the database address of a role, or without one the superuser's."""
        held = self.data / "keys"
        superuser = keys.load_text("db_superuser", held)
        place = embedded.socket_folder_of(self.data / "postgres")
        url = embedded.socket_url(place, DATABASE, user=embedded.SUPERUSER, password=superuser)
        if not role:
            return url
        return roles.role_url(url, role=role, password=keys.load_text(f"db_{role}", held))

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """This function will run one query as superuser, past all row-level security, and return its rows."""
        with psycopg.connect(self.database_url(), autocommit=True) as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def ask(self, code: str, *, seconds: float = 60.0) -> Any:
        """This function will run code in a process of its own, as the owner; the code sets `answer`."""
        command = [sys.executable, "-c", _ASK]
        done = subprocess.run(
            command, input=code, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        for line in done.stdout.splitlines():
            if line.startswith("ANSWER "):
                return json.loads(line.removeprefix("ANSWER "))
        raise StackFailed(f"{done.stdout[-500:]}\n{done.stderr[-2000:]}")

    def company(self, name: str = "Example Chat", environment: str = "production") -> Credential:
        """This function will register a made-up company and issue its credential."""
        username, secret = self.ask(
            "from tipline.domain.actor import system\n"
            "from tipline.platform import clock\n"
            "from tipline.reference.directory import service\n"
            f"new = service.NewEsp(name={name!r})\n"
            "esp = service.create_esp(new=new, by=system('test'), now=clock.now())\n"
            f"issued = service.issue_credential(esp_id=esp, username={name.lower().replace(' ', '-')!r}, "
            f"environment={environment!r}, by=system('test'), now=clock.now())\n"
            "answer = [issued.username, issued.secret]"
        )
        return Credential(username, secret)

    def pid_of(self, role: str) -> int | None:
        """This function will find the present process of a deployable; None while there is none."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._is_child(entry) and f"TIPLINE_ROLE={role}" in _environ(entry):
                return int(entry.name)
        return None

    def _is_child(self, entry: Path) -> bool:
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return False
        return fields[0] != "Z" and int(fields[1]) == self.process.pid

    def kill(self, role: str) -> int:
        """This function will kill -9 a deployable and return its process id; it is started again."""
        deadline = time.monotonic() + START_SECONDS
        while (pid := self.pid_of(role)) is None:
            _check_time(deadline, self, f"{role} has no process")
        os.kill(pid, signal.SIGKILL)
        return pid

    def postgres_pids(self) -> tuple[int, list[int]]:
        """This function will find the embedded server's postmaster (0: there is none) and all its other processes."""
        cluster = (self.data / "postgres" / "cluster").resolve()
        with suppress(OSError, ValueError, IndexError):
            living = embedded.pids_of(cluster)
            first = int((cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
            return (first if first in living else 0), [pid for pid in living if pid != first]
        return 0, []

    def await_open(self, role: str) -> None:
        """This function will wait until a door answers.

        Raises StackFailed where it does not.
        """
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.port(role)):
            _check_time(deadline, self, f"{role} does not answer")

    def await_database(self) -> None:
        """This function will wait until the database answers. Raises StackFailed where it does not."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(psycopg.OperationalError):
                self.rows("SELECT 1")
                return
            _check_time(deadline, self, "the database does not answer")

    def logs(self) -> str:
        """This function will return the ends of all logs, for the message of a failed test."""
        paths = [*sorted((self.data / "log").glob("*.log")), self.folder / "run.log"]
        texts = ((path.name, path.read_text(errors="replace")[-2500:]) for path in paths if path.exists())
        return "\n".join(f"--- {name}\n{text}" for name, text in texts if text)

    def stop(self) -> int:
        """This function will stop the house as Ctrl-C does and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            self.process.wait()
            # Not `from None`: what went wrong inside the block, if it did, is told with it.
            raise StackFailed(f"the house did not stop\n{self.logs()}") from late


@contextmanager
def start(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """This function will run a house in a folder for the time of the block; without demo and its story.

    folder: kept afterwards, and a second start goes on with its data. settings: further environment.
    Raises StackFailed, with the ends of the logs.
    """
    house = launch(folder, settings or {})
    try:
        await_ready(house)
        yield house
    finally:
        house.stop()


def launch(folder: Path, settings: Mapping[str, str]) -> Stack:
    """This function will begin to start a house and not wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    base_port = free_ports(len(DOORS))
    environment = _environment(folder, base_port) | dict(settings)
    _leave_place_data(Path(environment["TIPLINE_PLACES"]))
    with (folder / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tipline.cli", "run"],
            env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    return Stack(folder, base_port, environment, process)


def await_ready(house: Stack) -> None:
    """This function will wait until every door answers and the worker runs."""
    for role in DOORS:
        house.await_open(role)
    deadline = time.monotonic() + START_SECONDS
    while house.pid_of("worker") is None:
        _check_time(deadline, house, "the worker does not run")


def _environment(folder: Path, base_port: int) -> dict[str, str]:
    ours = ("TIPLINE_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "PYTHONPATH": str(ROOT / "src"),
        "TIPLINE_DATA": str(folder / "data"),
        "TIPLINE_PORT": str(base_port),
        "TIPLINE_DEMO": "no",
        "TIPLINE_WORKER_NICE": "0",  # tests wait for it, on machines that others use too
        "TIPLINE_PLACES": os.environ.get("TIPLINE_PLACES", str(folder / "data" / "places")),
    }


def _leave_place_data(folder: Path) -> None:
    # A test fetches nothing from afar: with this mark the house takes the data for installed.
    from tipline.commands import places

    if not places.is_current(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "installed.json").write_text(places._pinned(), encoding="utf-8")


def free_ports(count: int) -> int:
    """This function will find the first of `count` free ports in a row."""
    # Far from where a neighbour looks whose process began just before or after ours: found is not yet taken.
    for base in range(21000 + os.getpid() * 101 % 8000, 60000, count):
        if all(_is_free(base + offset) for offset in range(count)):
            return base
    raise StackFailed("no free ports")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def await_port(port: int) -> None:
    """This function will wait until somebody answers at a port. Raises StackFailed."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if time.monotonic() > deadline:
            raise StackFailed(f"nobody answers at port {port}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environ(entry: Path) -> set[str]:
    try:
        return set((entry / "environ").read_bytes().decode(errors="replace").split("\0"))
    except OSError:
        return set()


def _check_time(deadline: float, house: Stack, what: str) -> None:
    if house.process.poll() is not None:
        raise StackFailed(f"the house ended with code {house.process.returncode}\n{house.logs()}")
    if time.monotonic() > deadline:
        raise StackFailed(f"{what}\n{house.logs()}")
    time.sleep(0.05)

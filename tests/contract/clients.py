"""Gets the published clients ready: pinned by digest, each in a folder of its own beside the test environment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tipline.commands import places

HERE = Path(__file__).parent
CACHE = Path(sys.prefix) / "contract"
SECONDS = 300
_OLD_ENOUGH = "import sys; print(sys.version_info >= (3, 12))"


def prepared(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """This function will return the folder of an installed client, installing it once for each state of its lock."""
    folder = CACHE / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        (folder / "ready").touch()
    return folder


def run(command: list[str], *, given: str = "", folder: Path | None = None) -> str:
    """This function will run a program, where local time is UTC, and return what it wrote."""
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=SECONDS, check=False,
        env=os.environ | {"TZ": "UTC"},
    )  # fmt: skip
    assert done.returncode == 0, f"{Path(command[0]).name}: {done.stderr[-2000:]}"
    return done.stdout


def steps(written: str) -> dict[str, dict[str, Any]]:
    """This function will read the drivers' lines, by step."""
    return {line["step"]: line for line in map(json.loads, written.splitlines())}


def drive_node(settings: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """This function will drive the npm client and return its steps."""

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "node" / name, folder)
        run([*places._npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], folder=folder)

    folder = prepared("node", HERE / "node" / "package-lock.json", install)
    # Beside its packages, because that is where node looks for them.
    shutil.copy(HERE / "node" / "drive.mjs", folder)
    return steps(run([_node(), "drive.mjs"], given=json.dumps(settings), folder=folder))


def _node() -> str:
    found = shutil.which("node")
    if found:
        return found
    return str(next((Path(sys.prefix) / "node").rglob("bin/node")))


@cache
def newer_python() -> str | None:
    """This function will find a Python that can parse the PyPI client: 3.12 or newer, the newest first."""
    named = [shutil.which(f"python3.{minor}") for minor in (15, 14, 13, 12)]
    versions = sorted((Path.home() / ".pyenv/versions").glob("3.*/bin/python3"), reverse=True)
    managed = _managed_by_uv()
    return next((path for path in (*named, *managed, *map(str, versions)) if path and _is_newer(path)), None)


def _managed_by_uv() -> list[str]:
    if shutil.which("uv") is None:
        return []
    command = ["uv", "python", "list", "--only-installed", "--output-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [entry["path"] for entry in json.loads(done.stdout)] if done.returncode == 0 else []


def _is_newer(path: str) -> bool:
    try:
        done = subprocess.run([path, "-c", _OLD_ENOUGH], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return False
    return done.stdout.strip() == "True"


def drive_python(python: str, settings: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """This function will drive the PyPI client and return its steps."""
    lock = HERE / "python" / "requirements.lock"

    def install(folder: Path) -> None:
        run([python, "-m", "venv", str(folder / "venv")])
        # It declares 3.13 and works from 3.12 on.
        options = ["--quiet", "--require-hashes", "--no-deps", "--ignore-requires-python"]
        run([str(folder / "venv/bin/python"), "-m", "pip", "install", *options, "-r", str(lock)])

    folder = prepared("python", lock, install)
    program = [str(folder / "venv/bin/python"), str(HERE / "python" / "drive.py")]
    return steps(run(program, given=json.dumps(settings)))


def drive_peer(program: str, settings: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """This function will drive one of the published peers by a program of tests/contract/peers and return its steps.

    The client writes local time and calls it UTC, so it is run where the two are the same.
    """
    return steps(run([str(peers_python()), str(HERE / "peers" / program)], given=json.dumps(settings)))


def peers_python() -> Path:
    """This function will return the Python beside which the published peers are installed."""
    lock = HERE / "peers" / "requirements.lock"

    def install(folder: Path) -> None:
        run([sys.executable, "-m", "venv", str(folder / "venv")])
        options = ["--quiet", "--require-hashes", "--no-deps"]
        run([str(folder / "venv/bin/python"), "-m", "pip", "install", *options, "-r", str(lock)])

    return prepared("peers", lock, install) / "venv/bin/python"

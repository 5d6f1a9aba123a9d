"""Runs the peers of a bench: their own Python beside ours, the same inputs from a folder, their answers as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.contract.clients import peers_python, prepared, run

HERE = Path(__file__).parent / "peers"
# One core, as our side: libraries that would take both are told.
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def ask(program: str, *, python: Path | None = None, **settings: Any) -> Any:
    """This function will run a program of tests/bench/peers and return its answer. Raises RuntimeError."""
    done = subprocess.run(
        [str(python or peers_python()), str(HERE / program)], input=json.dumps(settings), capture_output=True,
        text=True, env=os.environ | ONE_CORE, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def editors_python() -> Path:
    """This function will return the Python beside which AugLy is installed: it needs an older Pillow and NumPy.

    Its lock is for Linux on x86-64.
    """
    lock = HERE / "edits.lock"

    def install(folder: Path) -> None:
        run([sys.executable, "-m", "venv", str(folder / "venv")])
        options = ["--quiet", "--require-hashes", "--no-deps"]
        run([str(folder / "venv/bin/python"), "-m", "pip", "install", *options, "-r", str(lock)])

    return prepared("editors", lock, install) / "venv/bin/python"

"""The C kernels under the compiler's sanitizers: a read or write beside an array, or an undefined step, ends the run.

The kernels are built with AddressSanitizer and UndefinedBehaviorSanitizer beside a copy of the library, and a process
of their own feeds them shapes, hashes, tables, digests and damaged files at random, comparing with the NumPy ones. A
control reads one byte too far on purpose and must be caught, so that silence means something.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tipline.media
from tipline.figures.figure import Figure, Measured, Series
from tipline.media.kernels import build

ABOUT = "the C kernels under the sanitizers, fed with random and damaged input"
_LIBRARY = Path(tipline.media.__file__).parent
_SANITIZED = ("-g", "-O1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
_FINDINGS = ("heap-buffer-overflow", "insufficient space")  # either of the two sanitizers may be first
_CONTROL = """
    {"read_too_far", py_read_too_far, METH_NOARGS, "The control: one byte beyond an array."},
    {NULL, NULL, 0, NULL},
};

static int fill("""
_CONTROL_FUNCTION = """
static PyObject *py_read_too_far(PyObject *module, PyObject *unused)
{
    volatile char *held = malloc(16);
    volatile int at = 16;
    int found = held[at];
    free((void *)held);
    return PyLong_FromLong(found);
}

static PyMethodDef methods[] = {"""


def run(full: bool) -> Iterator[Figure]:
    """This function will build and feed the kernels; minutes in full size."""
    rounds = 3000 if full else 60
    with tempfile.TemporaryDirectory(prefix="tipline-kernels-") as name:
        folder = Path(name)
        shutil.copytree(_LIBRARY, folder / "tipline" / "media", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        (folder / "tipline" / "__init__.py").touch()
        _build(folder / "tipline" / "media" / "kernels")
        control = _feed(folder, "control", 0)
        begun = time.monotonic()
        fed = _feed(folder, "rounds", rounds)
    is_caught = control.returncode != 0 and any(one in control.stderr for one in _FINDINGS)
    if not is_caught:
        sys.stderr.write(f"The control was not caught: {control.stdout[-500:]}{control.stderr[-900:]}\n")
    told = json.loads(fed.stdout.splitlines()[-1]) if fed.returncode == 0 else {"calls": 0}
    if fed.returncode:
        sys.stderr.write(fed.stderr[-4000:])
    series = Series("kernels", sound=is_caught and fed.returncode == 0)
    seconds = time.monotonic() - begun
    yield series.figure("calls without a finding", "calls", Measured(told["calls"], rounds, seconds), at_least=rounds)
    yield series.figure("controls caught", "controls", Measured(float(is_caught), 1, seconds), at_least=1)


def _build(kernels: Path) -> None:
    """Build the copy with the sanitizers, and with the control in its table of functions."""
    module = kernels / "module.c"
    text = module.read_text(encoding="utf-8")
    head, end = text.rsplit("static PyMethodDef methods[] = {", 1)
    text = head + _CONTROL_FUNCTION + end.replace("\n    {NULL, NULL, 0, NULL},\n};\n\nstatic int fill(", _CONTROL, 1)
    module.write_text(text, encoding="utf-8")
    sources = [str(kernels / each) for each in build.SOURCES]
    build.build(kernels / "_kernels.abi3.so", *_SANITIZED, sources=sources)


def _feed(folder: Path, what: str, rounds: int) -> subprocess.CompletedProcess[str]:
    compiler = os.environ.get("CC", "cc")
    found = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    more = {
        "LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0", "PYTHONPATH": str(folder),
        "PYTHONMALLOC": "malloc", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    program = [sys.executable, str(Path(__file__).with_name("kernels_fed.py")), what, str(rounds)]
    return subprocess.run(program, env=os.environ | more, capture_output=True, text=True, check=False)

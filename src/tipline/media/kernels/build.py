"""Builds the C kernels beside their sources: `python -m tipline.media.kernels.build`. Needs a compiler and Python.h.

Without it everything works in NumPy, slower. `pip install` builds the same through pyproject.toml.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = ("pdq.c", "near.c", "marks.c", "radii.c", "tables.c", "exact.c", "module.c")
# No fused multiplication: the spectrum's last bit must be the same on every machine.
FLAGS = ("-O3", "-ffp-contract=off", "-fPIC", "-fno-strict-aliasing", "-fvisibility=hidden", "-Wall", "-Wextra",
         "-Wno-unused-parameter")  # fmt: skip
BUILT = HERE / "_kernels.abi3.so"


def is_current() -> bool:
    """This function will tell whether what is built is newer than every source."""
    inputs = (*SOURCES, "kernels.h", "sort.h", "build.py")
    return BUILT.exists() and BUILT.stat().st_mtime >= max((HERE / name).stat().st_mtime for name in inputs)


def build(to: Path = BUILT, *more: str, sources: Sequence[str] = ()) -> None:
    """This function will compile the kernels; `more` are flags of the compiler. Raises CalledProcessError, OSError."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    include = sysconfig.get_paths()["include"]
    aside = to.with_name(f"{to.name}.{os.getpid()}")
    sources = sources or [str(HERE / name) for name in SOURCES]
    shared = ("-bundle", "-undefined", "dynamic_lookup") if sys.platform == "darwin" else ("-shared",)
    command = [*compiler, *FLAGS, *more, *shared, f"-I{include}", *sources, "-o", str(aside)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
        aside.replace(to)
    finally:
        aside.unlink(missing_ok=True)


def main() -> int:
    """This function will build what is not current; a failure is told in one sentence and is no error."""
    if is_current():
        return 0
    try:
        build()
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        reason = next((line for line in said if "error" in line), said[0] if said else "no reason given")
        sys.stderr.write(f"The kernels were not built, so matching works in NumPy, many times slower: {reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

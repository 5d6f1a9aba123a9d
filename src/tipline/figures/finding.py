"""Finding the runs: a bench is a module of `tests/bench`, a fault run one of `tests/faults`.

Adding one more is adding one file. It has ABOUT, one sentence, and `run(full: bool)`, which yields figures.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tipline.figures.figure import Figure

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = {"bench": "tests/bench", "faults": "tests/faults"}


class UnknownRun(Exception):
    """There is no bench or fault run of this name; the message is a sentence for the caller."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One run: its name and what it measures."""

    name: str
    about: str


def list_runs(kind: str, root: Path = ROOT) -> tuple[Listed, ...]:
    """This function will list the runs of a kind (`bench` or `faults`), without importing them."""
    found = (Listed(path.stem, _about(path)) for path in sorted((root / FOLDERS[kind]).glob("*.py")))
    return tuple(listed for listed in found if listed.about)


def _about(path: Path) -> str:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        if any(isinstance(target, ast.Name) and target.id == "ABOUT" for target in node.targets):
            return str(node.value.value)
    return ""


def load_run(kind: str, name: str, root: Path = ROOT) -> Callable[[bool], Iterable[Figure]]:
    """This function will load the `run` of one bench or fault run.

    Raises UnknownRun.
    """
    if name not in {listed.name for listed in list_runs(kind, root)}:
        raise UnknownRun(f"There is no {name!r} among {kind}: `./tipline {kind}` lists them.")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    module = importlib.import_module(f"{FOLDERS[kind].replace('/', '.')}.{name}")
    run: Callable[[bool], Iterable[Figure]] = module.run
    return run

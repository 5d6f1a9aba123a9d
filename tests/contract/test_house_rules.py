"""The house keeps its own rules: sizes, folder list, words, no machine paths, no index hosts, no unfinished parts."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tipline"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 7  # five that say what, and `now` and `by`
# Data tables are exempt from the file cap: they are facts in rows.
DATA_TABLES = {"verbs.py", "codes.py"}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_the_cap() -> None:
    sizes = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not {path: size for path, size in sizes.items() if size > LONGEST_FILE and path.name not in DATA_TABLES}


def test_no_function_is_longer_than_the_cap_or_takes_too_much() -> None:
    faults = []
    for path in modules():
        for node in functions(path):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            parameters = len(node.args.args) + len(node.args.kwonlyargs)
            if length > LONGEST_FUNCTION or parameters > MOST_PARAMETERS:
                faults.append(f"{path.relative_to(ROOT)}:{node.name} {length} lines, {parameters} parameters")
    assert not faults


def test_every_package_says_what_it_is() -> None:
    silent = [path for path in SOURCE.rglob("__init__.py") if "migrations" not in path.parts]
    assert not [path for path in silent if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None]


def test_every_stage_has_the_same_files() -> None:
    for stage in sorted(path for path in (SOURCE / "stages").iterdir() if path.is_dir() and path.name[0] != "_"):
        names = {path.name for path in stage.iterdir()}
        assert {"__init__.py", "rules.py", "service.py"} <= names, stage.name


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
    assert not [path for path in modules() if words.search(path.read_text(encoding="utf-8"))]


FORBIDDEN = re.compile(r"child\s+porn", re.IGNORECASE)
# The wire constants and the statute facts alone may carry the old term.
WIRE_PLACES = ("src/tipline/domain/", "src/tipline/reference/directory/data/", "tests/", "docs/law/")


def test_the_old_term_stands_only_where_the_wire_needs_it() -> None:
    found = []
    for name in tracked():
        path = ROOT / name
        if name.startswith(WIRE_PLACES) or not path.is_file() or path.suffix in {".woff2", ".png", ".lock"}:
            continue
        if FORBIDDEN.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert not found


@pytest.mark.parametrize(
    "pattern",
    [r"/simple/", r"index-url", r'"resolved":\s*"http', r"(?<![\w.])/(root|work)/[a-z.]"],
    ids=["index path", "index option", "npm address", "machine path"],
)
def test_no_file_names_an_index_host_or_a_path_of_one_machine(pattern: str) -> None:
    words = re.compile(pattern)
    allowed = {"tests/contract/test_house_rules.py", "docs/stack.md"}
    found = []
    for name in tracked():
        path = ROOT / name
        if name in allowed or not path.is_file() or path.suffix in {".woff2", ".png"}:
            continue
        if words.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert not found


def test_lock_files_carry_hashes_and_no_address() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text, lock.name
        assert "://" not in text, lock.name


def test_the_walk_of_the_source_readme_is_the_pipelines() -> None:
    from tipline.pipeline import STAGES

    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    walked = re.findall(r"^\d+\. `stages/(\w+)`", readme, re.MULTILINE)
    automatic = [stage.__name__.split(".")[-2] for stage in STAGES.values()]
    assert walked == ["intake", *automatic, "feedback"]

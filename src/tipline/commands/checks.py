"""`./tipline test`, `check`, `bench`, `faults`, `look`: what proves the house."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from tipline.commands import lanes
from tipline.commands.words import say
from tipline.platform import keys

ROOT = Path(__file__).parents[3]
_TOOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("ruff", "format", "--check", "--quiet", "src", "tests")),
    ("lint", ("ruff", "check", "--quiet", "--output-format=concise", "src", "tests")),
    ("types", ("mypy", "--no-error-summary")),
    ("import contracts", ("lint-imports", "--no-cache")),
)


def test(arguments: Sequence[str]) -> int:
    """This function will run all tests in two lanes, or those that are named; further arguments go to pytest."""
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    if any((ROOT / argument.partition("::")[0]).exists() for argument in arguments if not argument.startswith("-")):
        return _python("-m", "pytest", *arguments)
    return lanes.run(arguments, root=ROOT)


def check() -> int:
    """This function will check format, lint, types, import contracts, migrations; 1 where one fails."""
    with tempfile.TemporaryDirectory() as folder:
        # Types and migrations are read from loaded settings, which ask for keys and find no database.
        keys.ensure_keys(Path(folder))
        os.environ |= {"TIPLINE_KEYS": folder, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "tipline.settings"}
        results = {name: _tool(*command) for name, command in _TOOLS}
        results["migrations"] = _python("-m", "tipline.cli", "migrations")
    for name, code in results.items():
        say(f"{'ok    ' if code == 0 else 'FAILED'}  {name}")
    return 0 if not any(results.values()) else 1


def missing_migrations() -> int:
    """This function will return 1 where a model differs from its migrations; no database is asked."""
    import django
    from django.core.management import call_command

    django.setup()
    # Without a database Django warns that it could not compare history: the files are all that counts.
    warnings.simplefilter("ignore", RuntimeWarning)
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def figures(verb: str, arguments: Sequence[str]) -> int:
    """This function will run a bench or a fault run, or list them."""
    return _python("-m", "tipline.figures", verb, *arguments)


def look(arguments: Sequence[str]) -> int:
    """This function will look at every page of a demo house of its own; docs/howto/look_at_every_page.md tells more."""
    return _python("-m", "tests.look", *arguments)


def _tool(program: str, *arguments: str) -> int:
    return _run([str(Path(sys.prefix) / "bin" / program), *arguments])


def _python(*arguments: str) -> int:
    return _run([sys.executable, *arguments])


def _run(command: Sequence[str]) -> int:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

"""`./tipline bench` and `./tipline faults`: list the runs, or run one and print its figures as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from tipline.figures import recording
from tipline.figures.figure import Figure
from tipline.figures.finding import ROOT, UnknownRun, list_runs, load_run


def main(kind: str, argv: Sequence[str]) -> int:
    """This function will list or run; the exit code is 0, 1 where a figure misses, 2 for an unknown name.

    kind: `bench` or `faults`.
    """
    choice = _parser(kind).parse_args(list(argv))
    if not choice.name:
        for listed in list_runs(kind):
            sys.stdout.write(f"{listed.name:16} {listed.about}\n")
        return 0
    try:
        run = load_run(kind, choice.name)
    except UnknownRun as error:
        sys.stderr.write(f"{error}\n")
        return 2
    figures = [_told(figure, quiet=choice.json) for figure in run(choice.full)]
    if choice.record:
        recording.record(ROOT, figures, kind=kind, full=choice.full, now=datetime.now(UTC))
    return 0 if figures and all(figure.ok for figure in figures) else 1


def _parser(kind: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"tipline {kind}", description="Figures of Tipline.")
    parser.add_argument("name", nargs="?", help="which one; without a name they are listed")
    parser.add_argument("--full", action="store_true", help="in full size; without it, the small size of the tests")
    parser.add_argument("--json", action="store_true", help="nothing but the JSON objects")
    parser.add_argument("--record", action="store_true", help=f"add to {recording.RESULTS} and renew {recording.PAGE}")
    return parser


def _told(figure: Figure, *, quiet: bool) -> Figure:
    sys.stdout.write(figure.as_json() + "\n")
    sys.stdout.flush()
    if not quiet:
        verdict = "ok" if figure.ok else "MISSES"
        sys.stderr.write(f"  {figure.figure}: {figure.ours:g} {figure.unit} ({verdict})\n")
    return figure

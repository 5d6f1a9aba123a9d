"""Asks the published XARF validator about notices: one JSON report a line in, what it says of each out."""

from __future__ import annotations

import json
import sys

import xarf


def main() -> None:
    """This function will validate every line of standard input."""
    for line in sys.stdin:
        found = xarf.parse(json.loads(line))
        said = {
            "step": "report",
            "version": xarf.SPEC_VERSION,
            "kind": type(found.report).__name__,
            "errors": [{"field": one.field, "message": one.message} for one in found.errors],
            "warnings": [str(one.message) for one in found.warnings],
        }
        print(json.dumps(said))


main()

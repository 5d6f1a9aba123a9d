"""`./tipline settings`: every setting as the page docs/reference/settings.md has it."""

from __future__ import annotations

import sys
from dataclasses import MISSING, Field, fields
from typing import Any

from tipline.platform.config import Settings

_HEAD = """# Settings

Each is read from the environment: from `NAME`, or from the file that `NAME_FILE` names (best for what is secret).
This page is made by `./tipline settings > docs/reference/settings.md` from `src/tipline/platform/config.py`.

| name | default | what it is |
|---|---|---|
"""


def show() -> int:
    """This function will print the page."""
    sys.stdout.write(page())
    return 0


def page() -> str:
    """This function will write the page of all settings."""
    return _HEAD + "".join(_line(spec) for spec in fields(Settings))


def _line(spec: Field[Any]) -> str:
    about = spec.metadata["help"] + (" (secret)" if spec.metadata["secret"] else "")
    return f"| `{spec.metadata['name']}` | {_default(spec)} | {about} |\n"


def _default(spec: Field[Any]) -> str:
    if spec.default in (MISSING, None, ""):
        return "none"
    if isinstance(spec.default, bool):
        return "`yes`" if spec.default else "`no`"
    return f"`{spec.default}`"

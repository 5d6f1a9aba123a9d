"""Every room, function and value says what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "tipline"


def _files() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8")


def test_every_public_function_class_and_module_says_what_it_does() -> None:
    silent = []
    for name, text in _files():
        tree = ast.parse(text)
        if text.strip() and not ast.get_docstring(tree):
            silent.append(name)
        silent += [
            f"{name}:{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert silent == []

"""Every act named in the code is declared in the audit's vocabulary."""

from __future__ import annotations

import ast
from pathlib import Path

from tipline.platform.audit.verbs import VERBS

SOURCE = Path(__file__).parents[2] / "src" / "tipline"
KINDS = {name.split(".")[0] for name in VERBS}
CALLS = {"audit", "_audit", "Act", "Event"}


def named_acts() -> list[tuple[str, str]]:
    """Each text argument of a call that audits and looks like an act of ours, with its file."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in CALLS:
                values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "verb")]
                texts = [each.value for each in values if isinstance(each, ast.Constant)]
                found += [(path.name, text) for text in texts if isinstance(text, str) and _is_act(text)]
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def _is_act(text: str) -> bool:
    kind, dot, rest = text.partition(".")
    return bool(dot) and kind in KINDS and rest.replace("_", "").isalpha()


def test_every_act_named_in_the_code_is_declared() -> None:
    acts = named_acts()
    assert len(acts) > 15
    assert [each for each in acts if each[1] not in VERBS] == []

"""What every page promises: no inline code, right words, vendored files unchanged, readable colours."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tipline"
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
STATIC = SOURCE / "interfaces" / "ui" / "static" / "ui"
CODE = sorted((SOURCE / "interfaces").glob("**/*.py"))

FORBIDDEN = {
    "inline style": r"<style\b|\sstyle\s*=",
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "script address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|autoescape\s+off|\bsafeseq\b",
    "foreign source": r"<(script|img|link|iframe|source|video)\b[^>]*\s(src|href)\s*=\s*[\"'](https?:)?//",
    "image without words": r"<img(?![^>]*\salt=)[^>]*>",
    "evaluated htmx": r"\bhx-on\b|\bhx-vars\b|hx-vals\s*=\s*[\"']js:",
}
# Put together, so that this file does not hold the words it looks for.
OLD_TERM = re.compile("child" + r"(ren)?[\s-]+" + "porn", re.IGNORECASE)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_hold_no(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.IGNORECASE)
    found = [str(path.relative_to(SOURCE)) for path in TEMPLATES if pattern.search(_markup(path))]
    assert not found


def test_templates_are_looked_at() -> None:
    assert len(TEMPLATES) > 30
    assert re.search(FORBIDDEN["inline style"], '<p style="color: red">')
    assert re.search(FORBIDDEN["inline script"], "<script>x()</script>")
    assert not re.search(FORBIDDEN["inline script"], '<script src="{% static "a.js" %}"></script>')
    assert OLD_TERM.search("Child " + "Pornography")


def test_labels_never_use_the_old_term() -> None:
    found = [path.name for path in (*TEMPLATES, *CODE) if OLD_TERM.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_python_of_the_interfaces_marks_nothing_as_safe() -> None:
    found = [path.name for path in CODE if re.search(r"\bmark_safe\(|SafeString\(", path.read_text("utf-8"))]
    assert not found


def test_every_form_that_posts_carries_its_token() -> None:
    form = re.compile(r"<form\b[^>]*method=[\"']post[\"'][^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
    found = [path.name for path in TEMPLATES for body in form.findall(_markup(path)) if "csrf_token" not in body]
    assert not found


def test_vendored_files_are_those_that_were_fetched() -> None:
    folder = STATIC / "vendor"
    listed = json.loads((folder / "VENDORED.json").read_text(encoding="utf-8"))
    digests = {entry["name"]: entry["sha256"] for package in listed for entry in package["files"]}
    present = {path.name for path in folder.iterdir()} - {"VENDORED.json", "LICENSES"}
    assert present == set(digests)
    for name, digest in digests.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", package["version"]) for package in listed)
    licences = (folder / "LICENSES").read_text(encoding="utf-8")
    assert all(package["package"] in licences for package in listed)


TEXTS = ("ink", "ink-2", "accent", "urgent", "caution", "safe", "info")
GROUNDS = ("paper", "surface", "sunk")
WASHES = ("urgent", "caution", "safe", "info")


@pytest.mark.parametrize(("text", "ground"), list(product(TEXTS, GROUNDS)))
def test_text_can_be_read_on_every_ground(text: str, ground: str) -> None:
    for theme in (0, 1):
        assert _contrast(_tokens()[text][theme], _tokens()[ground][theme]) >= 6.2


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((name, f"{name}-wash") for name in WASHES),
        ("ink", "mark"),
        ("ink-2", "accent-wash"),
        ("on-accent", "accent"),
    ],
)
def test_text_can_be_read_on_its_own_wash(text: str, ground: str) -> None:
    for theme in (0, 1):
        assert _contrast(_tokens()[text][theme], _tokens()[ground][theme]) >= 4.5


def test_only_the_tokens_name_colours() -> None:
    found = [
        path.name
        for path in STATIC.glob("*.css")
        if path.name != "tokens.css"
        and set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", path.read_text("utf-8"))) - {"#fff", "#000"}
    ]
    assert not found


def _markup(path: Path) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _tokens() -> dict[str, tuple[str, str]]:
    text = (STATIC / "tokens.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    return {name: (light, dark) for name, light, dark in pairs}


def _contrast(one: str, other: str) -> float:
    # WCAG 2.2, "contrast ratio".
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Every page of every door declares who may open it, and the house holds to it; headers are on every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import httpx
import pytest
from django.urls import URLPattern, URLResolver
from tests.stack import Stack

from tipline.interfaces.ui.gate import rule_of
from tipline.platform.config import PAGES

_SLOT = re.compile(r"<(\w+):\w+>")
_FILLED = {"int": "1", "slug": "new", "hex": "a" * 32, "str": "a" * 32}


def patterns(listed: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in listed:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, path)
        else:
            yield path, one


def pages_of(door: str) -> list[tuple[str, URLPattern]]:
    return list(patterns(import_module(f"tipline.interfaces.{door}.urls").urlpatterns))


@pytest.mark.parametrize("door", PAGES)
def test_every_page_declares_who_may_open_it(door: str) -> None:
    assert not [path for path, pattern in pages_of(door) if rule_of(pattern.callback) is None]


@pytest.mark.parametrize("door", ["esp_web", "desk", "portal"])
def test_nobody_reaches_a_staff_page_without_a_log_in(door: str, house: Stack) -> None:
    seen = {}
    for path, pattern in pages_of(door):
        rule = rule_of(pattern.callback)
        if rule is None or rule.open_because or "code" in path:
            continue
        made = _SLOT.sub(lambda slot: _FILLED[slot.group(1)], path)
        seen[made] = httpx.get(f"{house.address(door)}/{made}").status_code
    assert seen
    assert set(seen.values()) <= {302, 405}


@pytest.mark.parametrize("door", PAGES)
@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_headers_stand_on_every_answer(door: str, path: str, house: Stack) -> None:
    answer = httpx.get(f"{house.address(door)}{path}")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.status_code < 500

"""A visitor without scripts: opens pages, fills forms, presses buttons, over plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html

Fields = Mapping[str, str | list[str]]
TIMEOUT_SECONDS = 30.0


class Lost(Exception):
    """The visitor did not find what the story needs; the message names page and button, never content."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came: its address, status and tree."""

    url: str
    status: int
    tree: html.HtmlElement

    def text(self) -> str:
        """This function will return the words of the page, white space folded."""
        return " ".join(self.tree.text_content().split())

    def links(self) -> list[tuple[str, str]]:
        """This function will list (words, address) of the page's links."""
        return [
            (" ".join(link.text_content().split()), urljoin(self.url, link.get("href")))
            for link in self.tree.iter("a")
            if link.get("href")
        ]


class Visitor:
    """One person at one door, with the cookies of that door."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address, follow_redirects=True, timeout=TIMEOUT_SECONDS)

    def open(self, path: str) -> Page:
        """This function will open a page. Raises Lost on an error status."""
        return _page(self._client.get(path))

    def press(
        self, page: Page, button: str, fields: Fields | None = None, files: Mapping[str, bytes] | None = None
    ) -> Page:
        """This function will fill the form that holds the button, by field name, and press it.

        button: the words on it, or the end of the form's action. files: bytes by field name, sent as a browser does.
        Raises Lost where there is none.
        """
        form, pressed = _find(page, button)
        values = _values(form) | dict(fields or {})
        if pressed is not None and pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        target = urljoin(page.url, (pressed.get("formaction") if pressed is not None else None) or form.action or "")
        headers = {"Referer": page.url, "Origin": _origin(page.url)}
        if form.method == "GET":
            return _page(self._client.get(target, params=values, headers=headers))
        return _page(self._client.post(target, data=values, files=dict(files) if files else None, headers=headers))

    def fetch(self, url: str) -> bytes:
        """This function will download what a link leads to."""
        answer = self._client.get(url)
        answer.raise_for_status()
        return answer.content

    def close(self) -> None:
        """This function will end the visit."""
        self._client.close()


def _origin(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"


def _page(answer: httpx.Response) -> Page:
    if answer.status_code >= 400:
        raise Lost(f"{answer.request.method} {answer.url.path} answered {answer.status_code}")
    return Page(str(answer.url), answer.status_code, html.fromstring(answer.text or "<html></html>"))


def _words(element: Any) -> str:
    return " ".join((element.text_content() or element.get("value") or "").split())


def _find(page: Page, button: str) -> tuple[Any, Any]:
    for form in page.tree.forms:
        for pressed in form.xpath(".//button[not(@type) or @type='submit']|.//input[@type='submit']"):
            if _words(pressed).startswith(button):
                return form, pressed
        if (form.action or "").rstrip("/").endswith(button):
            return form, next(iter(form.xpath(".//button[not(@type) or @type='submit']")), None)
    raise Lost(f"{httpx.URL(page.url).path} has no button {button!r}")


def _values(form: Any) -> dict[str, str | list[str]]:
    values: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        if name in values:
            before = values[name]
            values[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            values[name] = value
    return values

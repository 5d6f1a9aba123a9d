"""What axe finds wrong with a page: every rule once, and in the other scheme the colours again, which alone differ."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page) -> list[str]:
    """This function will list what axe finds in the scheme that is shown."""
    return _told(page, None)


def violations_in_both_schemes(page: Page) -> list[str]:
    """This function will list what axe finds in the light scheme, and with the colours of the dark one."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # a colour on its way is no colour to judge
    light = _told(page, None)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return light + [f"dark: {one}" for one in _told(page, _COLOURS)]


def _told(page: Page, options: dict[str, object] | None) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]

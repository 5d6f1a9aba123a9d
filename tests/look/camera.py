"""One page, looked at four ways (in haste two): light and dark, on a phone and at a desk, with axe and a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.look import routes

SCHEMES: tuple[Any, ...] = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}
NARROWEST = 360
_AXE = Axe().axe_script
_RUN = """(rules) => axe.run({resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})})
  .then((found) => found.violations.map((one) =>
    [one.id, one.nodes.length, one.nodes[0].target.join(" "), one.nodes[0].html.slice(0, 160)]))"""
# The scheme changes colours and nothing else: in the dark only what depends on them is searched again.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# What sticks out of the window, for the message.
_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((one) => one.outerHTML.slice(0, 100))"""


@dataclass(slots=True)
class Seen:
    """One page as it was seen: its route, what it is called, and what is wrong with it."""

    door: str
    route: str
    name: str
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Camera:
    """Looks at pages and keeps what it saw."""

    out: Path
    quick: bool = False
    seen: list[Seen] = field(default_factory=list)

    def look(self, page: Page, door: str, name: str, *, route: str | None = None) -> None:
        """This function will look at a page as it stands, four ways, and leave the window as it was."""
        page.wait_for_load_state("load")
        one = Seen(door, routes.name_of(door, page.url) if route is None else route, name)
        before = page.viewport_size
        page.evaluate(_AXE)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                # In haste each scheme and each width is looked at once: light at the desk, dark on the phone.
                if self.quick and (scheme == "light") != (width > NARROWEST * 2):
                    continue
                found = page.evaluate(_RUN, [] if scheme == "light" or self.quick else list(OF_COLOURS))
                one.faults += [f"{scheme} {width}: axe {' | '.join(map(str, fault))}" for fault in found]
                page.screenshot(path=self._path(one, f"{width}-{scheme}"), full_page=True, type="jpeg", quality=85)
            self._check_width(page, one, width)
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        self._check_width(page, one, NARROWEST)
        if before:
            page.set_viewport_size(before)
        self.tell(one)

    def tell(self, one: Seen) -> None:
        """This function will keep what was seen, and print it."""
        self.seen.append(one)
        print(f"{'FAULT' if one.faults else 'ok   '}  {one.door:<10} {one.route:<22} {one.name}", flush=True)
        for fault in one.faults:
            print(f"         {fault}", flush=True)

    def _check_width(self, page: Page, one: Seen, width: int) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            one.faults.append(f"{width}: scrolls sideways, {wide} wide, by {page.evaluate(_WIDE)}")

    def _path(self, one: Seen, way: str) -> Path:
        name = re.sub(r"[^a-z0-9]+", "-", one.name.lower()).strip("-")
        return self.out / one.door / f"{len(self.seen) + 1:03}-{name}-{way}.jpg"

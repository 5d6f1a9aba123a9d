"""Windows of people at the doors of the house: signed in, and walking from link to link."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Browser, Page
from tests.look import routes
from tests.look.camera import Camera
from tests.stack import Stack

from tipline.demo.accounts import PASSWORD
from tipline.platform import clock
from tipline.platform.accounts.totp import current_code

STEP_SECONDS = 30  # a code works once
TRIES = 3
MOST = 1  # pages of one route that are looked at, for each door; more where a route has several faces
MOST_OF = {
    **{"desk:report": 2, "desk:act": 7, "desk:queue": 2, "desk:hash_list": 2, "notices:list": 3, "notices:case": 4},
    **{"portal:report": 2, "portal:collection": 2, "open_data:snapshot": 2, "open_data:brief": 3},
}
ONE_FACE = ("desk:report", "desk:act")  # whatever stands behind the question mark, the page is the same


@dataclass(slots=True)
class Visit:
    """Everybody who looks at one door of the house."""

    house: Stack
    browser: Browser
    camera: Camera
    door: str
    secrets: dict[str, str]
    _shown: Counter[str] = field(default_factory=Counter)

    def window(self, *, phone: bool = False) -> Page:
        """This function will open a fresh window at the door."""
        size: Any = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        address = self.house.address(self.door)
        context = self.browser.new_context(viewport=size, base_url=address, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        return context.new_page()

    def sign_in(self, username: str) -> Page:
        """This function will open a window and log somebody in with password and code."""
        page = self.window()
        for _ in range(TRIES):
            page.goto("/account/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", PASSWORD)
            press(page, "Continue")
            page.fill("[name=code]", current_code(self.secrets[username], clock.now()))
            press(page, "Log in")
            if "/account/" not in page.url:
                return page
            time.sleep(STEP_SECONDS - time.time() % STEP_SECONDS + 1)
        raise AssertionError(f"{username} cannot log in: {page.inner_text('main')}")

    def look(self, page: Page, name: str, *, route: str | None = None) -> None:
        """This function will look at the page as it stands."""
        self.camera.look(page, self.door, name, route=route)

    def walk(self, page: Page, who: str, start: str = "/") -> None:
        """This function will follow every link of the door from a page on, and look at some pages of each route.

        Whoever walks later looks at the pages that nobody before could open.
        """
        todo, met = deque([urljoin(page.url, start)]), set[str]()
        while todo:
            url = todo.popleft()
            route = routes.name_of(self.door, url)
            one = urlsplit(url).path if route in ONE_FACE else url
            if one in met or self._is_enough(route):
                continue
            met.add(one)
            page.goto(url)
            if route not in routes.NO_PAGES:
                self._shown[route] += 1
                self.look(page, f"{route or 'none'} {who} {_tail(page.url)}")
            todo.extend(self._links(page))

    def _is_enough(self, route: str) -> bool:
        leads = routes.NO_PAGES.get(route, "leads to").startswith("leads to")
        return not route or not leads or self._shown[route] >= MOST_OF.get(route, MOST) or route == "account_logout"

    def _links(self, page: Page) -> Iterator[str]:
        here = urlsplit(self.house.address(self.door)).netloc
        for found in page.locator("a[href]").evaluate_all("(all) => all.map((one) => one.href)"):
            url = urldefrag(found).url
            if urlsplit(url).netloc == here:
                yield url


def press(page: Page, words: str) -> None:
    """This function will press the first button or link with these words and wait for what comes."""
    button = page.get_by_role("button", name=words)
    (button if button.count() else page.get_by_role("link", name=words)).first.click()
    page.wait_for_load_state()


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.strip('/')} {parts.query}"[:60]

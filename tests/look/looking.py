"""The walk: who looks at which door, and what has to be pressed on the way."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from tests.look import anybody, company, errors, routes, staff
from tests.look.camera import Camera, Seen
from tests.look.people import Visit
from tests.stack import Stack

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
_SECRETS = """
from tipline.demo.accounts import USERS, create_users
from tipline.platform import clock
from tipline.platform.accounts.queries import load_totp_secret
create_users(clock.now())
answer = {one.username: load_totp_secret(one.username) for one in USERS}
"""

ACCOUNTS = {
    *("account_login", "mfa_authenticate", "account_logout", "account_inactive", "mfa_activate_totp"),
    "mfa_view_recovery_codes",
}
WALKS: dict[str, tuple[Callable[[Visit], None], ...]] = {
    "public": (anybody.public, errors.real_ones, errors.plain_drawn),
    "survivors": (anybody.survivors, errors.real_ones),
    "desk": (staff.log_in, staff.call_taker, staff.analyst, staff.supervisor, staff.reviewer, errors.real_ones,
             errors.drawn),
    "portal": (staff.log_in, staff.officer, staff.examiner, errors.real_ones),
    "esp_web": (staff.log_in, company.console, company.signed_links, errors.real_ones),
    "open_data": (anybody.open_figures, errors.real_ones),
}  # fmt: skip


def look_at(house: Stack, wanted: list[str], camera: Camera) -> list[str]:
    """This function will look at all pages of some doors, print them, and name the pages that were never seen.

    wanted: doors, or walks of doors (`desk/analyst`); where only walks of a door are wanted, nothing is said of its
    pages that were not seen.
    """
    secrets = house.ask(_SECRETS, seconds=300)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visits: dict[str, Visit] = {}
        for one in wanted:
            door, _, name = one.partition("/")
            visit = visits.setdefault(door, Visit(house, browser, camera, door, secrets))
            for walk in WALKS[door]:
                if name in {"", walk.__name__} and not _is_known(visit, walk):
                    _go(visit, walk)
        browser.close()
    return [missed for door in wanted if "/" not in door for missed in _missed(camera, door)]


def _is_known(visit: Visit, walk: Callable[[Visit], None]) -> bool:
    # The log-in is the same templates and styles behind every door of staff: one round looks at it once.
    return walk is staff.log_in and any(one.route == "account_login" for one in visit.camera.seen)


def _missed(camera: Camera, door: str) -> list[str]:
    met = {one.route for one in camera.seen if one.door == door or one.route in ACCOUNTS}
    return [f"{door}: {name}" for name in routes.list_pages(door) if name not in met]


def _go(visit: Visit, walk: Callable[[Visit], None]) -> None:
    # A walk that breaks off is a fault of its own, and the others go on.
    try:
        walk(visit)
    except (PlaywrightError, AssertionError) as error:
        visit.camera.tell(Seen(visit.door, "", f"{walk.__name__} broke off", [str(error)[:600]]))

"""A survivor has pictures taken down, on a phone: nothing but hashes leaves the device, a copy that looks the same is
found, a platform's program fetches and blocks, and withdrawing takes everything off the list again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request
from tests.contract.clients import drive_peer
from tests.e2e.looks import violations_in_both_schemes
from tests.esp_client import EspClient, report_xml
from tests.house import Wait
from tests.sharing_world import partner
from tests.stack import Credential, Stack

from tipline.media import decode
from tipline.media.pdq import distance, pdq
from tipline.simulation.pictures import picture

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
FIRST, SECOND = 811, 822  # patterns that no other test sends
NAMES = ("very-private-one.jpg", "very-private-two.jpg")
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def organisation(house: Stack) -> str:
    """A support organisation with an agreement."""
    house.ask(
        "from tipline.domain.actor import system\n"
        "from tipline.platform import clock\n"
        "from tipline.reference.partners import service\n"
        "by, now = system('test'), clock.now()\n"
        "one = service.create_partner(new=service.NewPartner('Harbour Support', 'SUPPORT'), by=by, now=now)\n"
        "signed = service.NewAgreement('SUPPORT', 'HS-1', now.date())\n"
        "service.sign_agreement(partner_id=one, new=signed, by=by, now=now)\n"
        "answer = one"
    )
    return "Harbour Support"


class Wire:
    """Stands between the browser and the door and keeps every byte that the browser sends, its workers' included.

    What is asked of anybody else never comes by here: the window's own list of requests shows that there is nobody.
    """

    def __init__(self, port: int) -> None:
        self.port, self.sent, self.requests = port, bytearray(), list[Request]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.sockets, self.threads = [self.listener], list[threading.Thread]()
        self._begin(self._accept)

    def hear(self, request: Request) -> None:
        """Takes down a request of the window."""
        self.requests.append(request)

    def _begin(self, work: Callable[..., None], *given: Any) -> None:
        self.threads.append(threading.Thread(target=work, args=given, daemon=True))
        self.threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self.listener.accept()
                door = socket.create_connection(("127.0.0.1", self.port))
                self.sockets += [browser, door]
                self._begin(self._pass_on, browser, door, self.sent)
                self._begin(self._pass_on, door, browser, bytearray())

    @staticmethod
    def _pass_on(source: socket.socket, to: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                kept.extend(piece)
                to.sendall(piece)
            to.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Ends every connection."""
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        for each in self.sockets:
            each.close()


@dataclass(slots=True)
class Survivor:
    """Somebody with a phone."""

    page: Page
    number: str = ""
    pin: str = ""

    def press(self, name: str) -> None:
        """Presses a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, files: list[dict[str, Any]]) -> None:
        """Walks to the files and lets the device hash them."""
        self.page.goto("/")
        self.page.get_by_role("link", name="I am under 18 and in the picture").click()
        self.page.get_by_label("Yes", exact=True).check()
        self.press("Continue")
        self.page.locator("#chosen").set_input_files(files)
        for place in range(len(files)):
            self.page.locator("#made li.is-done").nth(place).wait_for(timeout=1000 * PATIENCE_SECONDS)

    def open_case(self) -> None:
        """Goes on to number and PIN and writes both down."""
        self.press("Continue")
        self.page.get_by_label("I am in all of these").check()
        self.press("Send the hashes")
        self.number = self.page.locator("[data-case]").inner_text()
        self.pin = self.page.locator("[data-pin]").inner_text()

    def come_back(self) -> str:
        """Looks at the case."""
        self.page.goto("/case/")
        self.page.get_by_label("Case number").fill(self.number)
        self.page.get_by_label("PIN").fill(self.pin)
        self.press("Show my case")
        return self.page.inner_text("main")

    def await_words(self, words: str) -> None:
        """Looks again until the page says it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.page.inner_text("main"):
            assert time.monotonic() < deadline, self.page.inner_text("main")
            time.sleep(0.5)
            self.press("Look again")


@pytest.fixture
def survivor(house: Stack, browser: Browser) -> Iterator[Survivor]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, base_url=house.address("survivors"))
    yield Survivor(context.new_page())
    context.close()


def file(name: str, content: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def smaller_copy(content: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).resize((500, 375), Image.Resampling.LANCZOS).save(out, "JPEG", quality=60)
    return out.getvalue()


def test_nothing_but_hashes_leaves_the_device(house: Stack, browser: Browser) -> None:
    wire = Wire(house.port("survivors"))
    context = browser.new_context(viewport=PHONE, base_url=wire.address)
    context.on("request", lambda request: wire.hear(request))
    survivor = Survivor(context.new_page())
    video = b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"made up").digest(5_000_000)
    contents = [picture(FIRST + 1), video]
    survivor.choose([file(NAMES[0], contents[0]), file("very-private-three.mp4", video, "video/mp4")])
    asked_before = wire.sent.count(b" HTTP/1.1\r\n")
    survivor.page.wait_for_timeout(500)
    assert wire.sent.count(b" HTTP/1.1\r\n") == asked_before  # the page and its worker are done and ask for nothing
    survivor.open_case()
    context.close()
    wire.close()
    sent = bytes(wire.sent)
    assert {urlsplit(one.url).netloc for one in wire.requests} == {urlsplit(wire.address).netloc}
    for script in (b"worker.js", b"hashing.js", b"pdq.js", b"digests.js"):
        assert b"GET /static/survivors/" + script in sent
    bodies = [parse_qs(one.post_data or "") for one in wire.requests if one.method == "POST"]
    [hashes] = [one["hashes"][0] for one in bodies if one.get("hashes")]
    assert re.fullmatch(r'[\[\]{},:"a-z0-9]+', hashes)
    assert set(re.findall(r'"([a-z0-9]+)":', hashes)) == {"media", "md5", "sha256", "pdq", "quality"}
    for content in contents:
        assert hashlib.sha256(content).hexdigest() in hashes
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() in hashes
    everything = sent + unquote_to_bytes(sent.replace(b"+", b" "))
    for secret in ("very-private", "image/jpeg", "video/mp4", "multipart", *(str(len(one)) for one in contents)):
        assert secret.encode() not in everything, secret
    for content in contents:
        for start in (0, 64, len(content) // 2, len(content) - 16):
            piece = content[start : start + 12]
            assert piece not in everything
            assert base64.b64encode(piece)[:12] not in everything
            assert piece.hex().encode() not in everything


def test_two_pictures_are_found_blocked_and_withdrawn(
    survivor: Survivor, house: Stack, company: Credential, await_state: Wait
) -> None:
    contents = [picture(FIRST), picture(SECOND)]
    survivor.choose([file(name, content) for name, content in zip(NAMES, contents, strict=True)])
    survivor.open_case()
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", survivor.number)
    assert "Found 0" in survivor.come_back()

    calls = [("STOPNCII", f"npo/{name}") for name in ("FetchHashes", "SubmitHashes", "SubmitFeedback")]
    login = partner(house, "Example Pictures", *calls)
    keys = dict(zip(("fetch_key", "submit_key", "feedback_key"), login.secrets, strict=True))
    settings = {"url": f"{house.address('hash_sharing')}/stopncii/v1", "name": login.username, **keys}
    listed = looks_of(house, contents)
    fetched = drive_peer("survivors_hashes.py", {**settings, "picture": listed[0], "video": "0" * 32})
    states = {value: state for _, value, state, *_ in fetched["fetch"]["records"]}
    assert [states[one] for one in listed] == ["Active", "Active"]

    with EspClient(house.port("esp_api"), company.username, company.secret) as client:
        report = client.submit(report_xml("driftwood_finch")).report
        copy = smaller_copy(contents[0])
        assert hashlib.sha256(copy).digest() != hashlib.sha256(contents[0]).digest()
        assert client.upload(report, copy, "copy.jpg").ok
        assert client.finish(report).ok
    await_state(report, "SCORED")
    survivor.await_words("Found 1 time")
    survivor.await_words("Removed 1 time")  # the platform's program said "Blocked"

    survivor.press("Withdraw this case")
    survivor.press("Yes, withdraw it")
    assert "You withdrew this case" in survivor.page.inner_text("main")
    again = drive_peer("survivors_hashes.py", {**settings, "picture": "0" * 64, "video": "0" * 32})
    states = {value: state for _, value, state, *_ in again["fetch"]["records"]}
    assert [states[one] for one in listed] == ["Withdrawn", "Withdrawn"]


def looks_of(house: Stack, contents: list[bytes]) -> list[str]:
    """The PDQ of each as the browser sent it; near what the server makes of the same file, and of good quality."""
    found = []
    for content in contents:
        rows = house.rows(
            "SELECT look.value, look.quality FROM hashlists_entryprint look JOIN hashlists_entryprint exact "
            "USING (entry_id) WHERE look.type = 'PDQ' AND exact.type = 'SHA256' AND exact.value = %s",
            hashlib.sha256(content).hexdigest(),
        )
        [(value, quality)] = rows
        assert quality >= 50
        assert distance(value, pdq(decode.decode(content).luma).hex) <= 8
        found.append(value)
    return found


def test_a_file_can_be_left_out_and_what_is_no_picture_is_refused_on_the_device(survivor: Survivor) -> None:
    survivor.choose([file(NAMES[0], picture(FIRST + 2)), file(NAMES[1], picture(FIRST + 3))])
    survivor.page.locator("#chosen").set_input_files([file("letter.pdf", b"%PDF-1.4", "application/pdf")])
    survivor.page.get_by_text("This is not a picture or a video.").wait_for()
    survivor.page.locator("#chosen").set_input_files([file("again.jpg", picture(FIRST + 2))])
    survivor.page.get_by_text("This one is in the list already.").wait_for()
    survivor.page.get_by_role("button", name="Leave out file 2").click()
    survivor.press("Continue")
    assert "Hashes of 1 picture are ready" in survivor.page.inner_text("main")


def test_without_scripts_the_page_is_honest_and_takes_no_file(house: Stack, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=house.address("survivors"))
    page = context.new_page()
    page.goto("/ask/then/")
    page.get_by_role("button", name="Continue").click()
    assert "This browser cannot make the hash" in page.inner_text("main")
    assert not page.locator("#chosen").is_visible()
    assert not page.get_by_role("button", name="Continue").is_visible()
    page.get_by_role("link", name="Call or write to a help line").click()
    assert "988" in page.inner_text("main")
    context.close()


def walk_all(page: Page, organisation: str, seen: Any, number: int) -> None:
    """This function will walk through every page of the door; `seen(name)` looks at each."""
    someone = Survivor(page)
    for name, path in (("start", "/"), ("limits", "/limits/"), ("help", "/help/"), ("enter", "/case/")):
        page.goto(path)
        seen(name)
    page.goto("/ask/adult/")
    page.locator("summary").first.click()
    seen("where")
    page.get_by_role("button", name="Continue").click()
    seen("files-empty")
    page.locator("#chosen").set_input_files(
        [file("IMG_0001.jpg", picture(number)), file("clip.mp4", b"made up" * 90, "video/mp4"),
         file("letter.pdf", b"%PDF", "application/pdf")]
    )  # fmt: skip
    page.locator("#made li.is-done").nth(1).wait_for()
    seen("files")
    someone.press("Continue")
    seen("confirm")
    someone.press("Send the hashes")
    seen("confirm-fault")
    page.get_by_label("I ask for a child").check()
    someone.press("Send the hashes")
    seen("done")
    someone.number, someone.pin = page.locator("[data-case]").inner_text(), page.locator("[data-pin]").inner_text()
    page.goto("/case/")
    page.get_by_label("Case number").fill("1234 5678 9012")
    page.get_by_label("PIN").fill("111222")
    someone.press("Show my case")
    seen("enter-fault")
    someone.come_back()
    seen("status")
    someone.press("Ask for support")
    seen("support")
    if page.get_by_label(organisation).count():
        page.get_by_label(organisation).check()
    page.get_by_label("How can they reach you?").fill("fox@example.com")
    page.get_by_label("They may also tell me").check()
    page.get_by_label("I agree that you give").check()
    someone.press("Ask them")
    seen("status-support")
    someone.press("Name somebody you trust")
    seen("trusted")
    someone.press("Back to my case")
    someone.press("Withdraw this case")
    seen("withdraw")
    someone.press("Yes, withdraw it")
    seen("status-withdrawn")


def test_pages_have_no_fault_that_axe_can_find_light_or_dark_and_fit_a_phone(
    house: Stack, browser: Browser, organisation: str
) -> None:
    context = browser.new_context(viewport=PHONE, base_url=house.address("survivors"))  # type: ignore[arg-type]
    page, found = context.new_page(), []

    def seen(name: str) -> None:
        found.extend(violations_in_both_schemes(page))
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], name

    walk_all(page, organisation, seen, 845)
    context.close()
    assert found == []

"""Slow, oversized and malformed callers at the running house's doors: nobody else notices, nothing touches a disk."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import Message
from http.client import HTTPResponse
from secrets import token_hex

import httpx
import pytest
from tests.stack import Credential, Stack

# With a form's cookie: without one the check against forged requests answers before any body is read.
COOKIE = b"Cookie: tipline_public_form=" + b"a" * 32 + b"\r\n"


def head(path: str, *headers: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + b"".join(headers) + b"\r\n"


def answer_to(port: int, raw: bytes) -> tuple[int, Message, bytes]:
    """Send bytes as they are; status, headers and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as caller:
        caller.sendall(raw)
        answer = HTTPResponse(caller)
        answer.begin()
        return answer.status, answer.headers, answer.read()


@contextmanager
def slow_bodies(port: int, many: int) -> Iterator[None]:
    with ExitStack() as opened:
        for _ in range(many):
            caller = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=15))
            form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n"
            caller.sendall(head("/tell/me/", COOKIE, form) + b"go=")
        time.sleep(0.3)
        yield


def test_slow_bodies_do_not_close_a_door(house: Stack) -> None:
    with slow_bodies(house.port("public"), 100), httpx.Client(timeout=5) as good:
        for _ in range(10):
            page = good.get(f"{house.address('public')}/tell/me/", follow_redirects=True)
            assert page.status_code == 200
        form = {"csrfmiddlewaretoken": good.cookies["tipline_public_form"], "step": "0", "go": "next"}
        origin = {"Origin": house.address("public")}
        assert good.post(page.url, data=form, headers=origin).status_code in {200, 302, 422}


@pytest.mark.parametrize("door", ["public", "esp_web", "desk", "portal"])
def test_no_door_waits_for_a_body_that_is_too_much(house: Stack, door: str) -> None:
    length = b"Content-Length: 314572800\r\n"
    status, headers, page = answer_to(house.port(door), head("/tell/me/", COOKIE, length) + b"x" * 100)
    assert status == 413
    assert b"That was too much at once" in page
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_public_form_takes_no_files(house: Stack) -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--b--\r\n'
    kind = b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n" % len(form)
    assert answer_to(house.port("public"), head("/tell/me/", COOKIE, kind) + form)[0] == 415


@pytest.mark.parametrize("path", ["/ispws/submit", "/ispws/upload", "/test/ispws/submit"])
def test_malformed_chunks_are_answered_in_the_documented_form(house: Stack, company: Credential, path: str) -> None:
    pair = base64.b64encode(f"{company.username}:{company.secret}".encode())
    kind = b"Content-Type: multipart/form-data; boundary=b\r\n" if "upload" in path else b"Content-Type: text/xml\r\n"
    chunked = b"Authorization: Basic " + pair + b"\r\nTransfer-Encoding: chunked\r\n"
    status, headers, answer = answer_to(house.port("esp_api"), head(path, chunked, kind) + b"ZZ\r\n")
    assert status == (401 if path.startswith("/test") else 400)
    assert len(headers["request-id"]) == 32
    assert b"<reportResponse>" in answer


def test_malformed_chunks_at_a_page_are_a_bad_request(house: Stack) -> None:
    raw = head("/tell/me/", COOKIE, b"Transfer-Encoding: chunked\r\n") + b"ZZ\r\n"
    assert answer_to(house.port("public"), raw)[0] == 400


def test_static_files_and_heads_are_served_as_before(house: Stack) -> None:
    file = f"{house.address('desk')}/static/desk/desk.css"
    assert httpx.get(file).content
    again = httpx.head(file)
    assert (again.content, int(again.headers["content-length"])) == (b"", len(httpx.get(file).content))


def test_a_flood_of_wrong_credentials_locks_no_company_out(house: Stack, company: Credential) -> None:
    status = f"{house.address('esp_api')}/ispws/status"
    stop = threading.Event()
    seen: set[int] = set()

    def guess(number: int) -> None:
        with httpx.Client(timeout=20, verify=False) as client:
            while not stop.is_set():
                seen.add(client.get(status, auth=(f"somebody-{number}-{token_hex(4)}", token_hex(16))).status_code)

    guessers = [threading.Thread(target=guess, args=(number,), daemon=True) for number in range(24)]
    with httpx.Client(timeout=10) as good:
        for one in guessers:
            one.start()
        try:
            time.sleep(0.5)
            # The first call is that of a company the door has not seen yet.
            codes = [good.get(status, auth=(company.username, company.secret)).status_code for _ in range(5)]
        finally:
            stop.set()
    for one in guessers:
        one.join(20)
    assert codes == [200] * 5
    assert seen == {401}

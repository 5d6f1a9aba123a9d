"""What a page takes, from the front through Django: held in memory, streamed, or refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from tipline.interfaces.ui import errors
from tipline.interfaces.ui.bodies import FORM, limit_of, takes
from tipline.platform.front import front
from tipline.platform.front.front import Front

TOKEN = "a" * 32


def form(size: int, token: str = TOKEN) -> bytes:
    field = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
    file = '--b\r\nContent-Disposition: form-data; name="f"; filename="x.csv"\r\n\r\n'
    return field.encode() + file.encode() + b"x" * size + b"\r\n--b--\r\n"


Post = Callable[..., httpx.Response]


@pytest.fixture
def post(settings: Any) -> Post:
    settings.ROOT_URLCONF = "tests.integration.bodies_pages"
    settings.ALLOWED_HOSTS = ["door"]
    return partial(_post, settings.CSRF_COOKIE_NAME)


def _post(cookie: str, path: str, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(Front(get_wsgi_application(), limit_of))
        async with httpx.AsyncClient(transport=transport, base_url="http://door", cookies={cookie: TOKEN}) as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            kind = {"content-type": "multipart/form-data; boundary=b", **named}
            return await client.post(path, content=content, headers=kind)

    return asyncio.run(run())


def test_a_file_is_held_in_memory_up_to_the_cap_of_its_page(post: Post) -> None:
    assert post("/held/", form(2_900_000)).text == "InMemoryUploadedFile 2900000"
    assert post("/held/", form(3_000_000)).status_code == 413


def test_a_page_takes_no_more_than_a_form_and_no_files_unless_it_says_so(post: Post) -> None:
    assert post("/plain/", form(10)).status_code == 415
    assert post("/nowhere/", form(10)).status_code == 415
    fields = f"csrfmiddlewaretoken={TOKEN}&words=".encode()
    plain = {"content_type": "application/x-www-form-urlencoded"}
    assert post("/plain/", fields + b"x" * 300_000, **plain).text == "2"
    assert post("/plain/", fields + b"x" * FORM.most, **plain).status_code == 413


def test_a_stream_goes_to_the_pages_own_handlers(post: Post) -> None:
    assert post("/stream/", form(5_000_000)).text == "5000000"


def test_a_streamed_form_of_somebody_elses_page_is_refused(post: Post) -> None:
    assert post("/stream/", form(10, token="b" * 32)).status_code == 403


def test_a_stream_that_nobody_may_send_is_not_waited_for(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "DRAIN_SECONDS", 0.05)

    async def stalling() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    answer = post("/closed/", stalling(), content_length="9000000")
    assert (answer.status_code, answer.text) == (403, "not you")


def test_what_is_too_large_for_memory_has_to_be_streamed() -> None:
    with pytest.raises(ValueError, match="streamed"):
        takes(most=100_000_000)


@pytest.mark.parametrize(("door", "says"), [("public", "write less"), ("desk", "a smaller file")])
def test_a_refused_body_is_answered_in_the_words_of_its_door(
    door: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "settings", lambda: SimpleNamespace(role=door))
    errors._body_page.cache_clear()
    answer = errors.body_refused(413)
    errors._body_page.cache_clear()
    assert answer.status_code == 413
    assert says in answer.content.decode()
    assert (b"Leave now" in answer.content) == (door == "public")

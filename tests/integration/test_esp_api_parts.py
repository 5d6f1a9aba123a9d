"""The small parts of the wire door: forms, ids, log-ins, and what each failure is answered with."""

from __future__ import annotations

import asyncio
import base64
import itertools

import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st
from python_multipart.exceptions import FormParserError

from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.errors import Refusal
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.bodies import read_id
from tipline.interfaces.esp_api.multipart import Parts, boundary_of
from tipline.interfaces.esp_api.refusals import failure_of
from tipline.interfaces.wire import memory
from tipline.interfaces.wire.basic import read_basic
from tipline.platform.vault.errors import StoreFull
from tipline.reference.directory.queries import CheckedCredential, EspInfo
from tipline.stages.intake.acceptance import Outage, Overloaded
from tipline.stages.intake.esp import new_file_id

FORM = (
    b'--xyz\r\nContent-Disposition: form-data; name="id"\r\n\r\n42\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a b.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\r\n--xy\r\n--xyzz\0\r\n--xyz--\r\nepilogue"
)


def read_form(pieces: list[bytes]) -> dict[tuple[str, str | None], bytes]:
    parts = Parts(b"xyz")
    fields: dict[tuple[str, str | None], bytes] = {}
    for event in itertools.chain.from_iterable([*(parts.feed(piece) for piece in pieces), parts.end()]):
        key = (event.name, event.filename)
        fields[key] = fields.get(key, b"") + event.data
    return fields


@given(st.lists(st.integers(0, len(FORM)), max_size=12))
def test_a_form_reads_the_same_however_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(FORM)]
    pieces = [FORM[start:end] for start, end in itertools.pairwise(edges)]
    assert read_form(pieces) == {("id", None): b"42", ("file", "a b.bin"): b"\r\n--xy\r\n--xyzz\0"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        FORM[:40],
        FORM[: FORM.index(b"--xyz--")],
        b"--xyz\r\n\r\n",
        b"--xyzxyz\r\n" * 50,
        b'--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 17 + b"--xyz--\r\n",
        b"--xyz\r\n" + b"X: y\r\n" * 1000 + b"\r\n--xyz--\r\n",
        b"--xyz\r\nX: " + b"y" * 100_000 + b"\r\n\r\n\r\n--xyz--\r\n",
    ],
)
def test_a_broken_form_is_refused(body: bytes) -> None:
    with pytest.raises(FormParserError):
        read_form([body])


def test_only_a_multipart_form_has_a_boundary() -> None:
    assert boundary_of('multipart/form-data; boundary="x y"') == b"x y"
    for kind in (
        "",
        "text/xml",
        "multipart/mixed; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
    ):
        assert boundary_of(kind) == b""


@pytest.mark.parametrize("text", [None, "", " ", "0x12", "-1", "1.5", "١٢", "9" * 19, "1" * 400, "12a", "1 2", "\0"])
def test_what_is_no_report_id_is_a_bad_request(text: str | None) -> None:
    with pytest.raises(Refusal, match="bad_request"):
        read_id(text)


def test_report_ids_are_plain_decimal_numbers() -> None:
    assert [read_id("7"), read_id(" 4071882193\r\n"), read_id("007"), read_id(str(2**63 - 1))] == [
        7,
        4071882193,
        7,
        2**63 - 1,
    ]


def basic(pair: bytes) -> str:
    return "Basic " + base64.b64encode(pair).decode()


def test_basic_credentials_are_read_and_everything_else_is_none() -> None:
    assert read_basic(basic(b"esp:se:cret")) == ("esp", "se:cret")
    assert read_basic("bAsIc " + basic("é:ü".encode())[6:]) == ("é", "ü")
    assert read_basic(basic(b"\xe9:x")) == ("é", "x")
    for header in (
        "",
        "Basic",
        "Basic !!",
        "Bearer abc",
        basic(b"nocolon"),
        basic(b"a\0b:c"),
        "Basic " + "A" * 5,
    ):
        assert read_basic(header) is None


ESP = EspInfo(3, "Example Social", "example-social", True)


def test_a_credential_is_checked_slowly_once_and_again_after_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str, str]] = []
    moment = [1000.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: moment[0])

    def check(given: tuple[str, str], environment: str, origin: str) -> CheckedCredential | None:
        user, secret = given
        asked.append((user, secret, environment))
        return CheckedCredential(1, user, environment, ESP) if secret == "right" else None

    async def run() -> None:
        gate = Gate(None, check)
        await asyncio.gather(*(gate.admit(basic(b"esp:right"), "production", "192.0.2.1") for _ in range(5)))
        assert len(asked) == 1
        with pytest.raises(Refusal, match="no_credential"):
            await gate.admit(basic(b"esp:wrong"), "production", "192.0.2.1")
        with pytest.raises(Refusal, match="no_credential"):
            await gate.admit(basic(b"esp:wrong"), "production", "192.0.2.1")
        assert len(asked) == 3  # a wrong one is never remembered
        await gate.admit(basic(b"esp:right"), "test", "192.0.2.1")
        assert asked[-1][2] == "test"
        moment[0] += 61
        await gate.admit(basic(b"esp:right"), "production", "192.0.2.1")
        assert len(asked) == 5

    asyncio.run(run())


def test_too_many_slow_checks_at_once_are_turned_away() -> None:
    async def run() -> None:
        gate = Gate(None, lambda *_: None)
        answers = await asyncio.gather(
            *(gate.admit(basic(b"esp:%d" % number), "test", "") for number in range(100)), return_exceptions=True
        )
        assert {type(each) for each in answers} == {Refusal, Overloaded}
        with pytest.raises(Refusal):
            await gate.admit(basic(b"esp:1"), "test", "")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "status", "code", "retries"),
    [
        (Refusal("no_such_report", "x"), 404, 5001, False),
        (Refusal("no_such_file", "x"), 404, 5002, False),
        (Refusal("retracted", "x"), 409, 5101, False),
        (Refusal("finished", "x"), 409, 5102, False),
        (Refusal("already_described", "x"), 409, 1300, False),
        (Refusal("bad_upload", "x"), 400, 4200, False),
        (Overloaded(), 503, 1000, True),
        (Outage(maybe_done=True), 503, 1000, True),
        (OperationalError("secret"), 503, 1000, True),
        (StoreFull("ENOSPC"), 503, 1000, True),
        (KeyError("secret"), 500, 1000, False),
        (Refusal("a code that nobody mapped", "secret"), 500, 1000, False),
    ],
)
def test_every_failure_has_its_status_and_code(error: Exception, status: int, code: int, retries: bool) -> None:
    failure = failure_of(error)
    assert (failure.status, int(failure.code), failure.retry_after > 0) == (status, code, retries)
    assert "secret" not in failure.words


def test_every_code_of_the_table_is_documented() -> None:
    assert {failure_of(Refusal(name, "")).code for name in ("no_credential", "too_big", "wrong_method")} <= set(
        ResponseCode
    )


def test_file_ids_cannot_be_mistaken_for_numbers() -> None:
    for _ in range(2000):
        found = new_file_id()
        assert len(found) == 32
        assert set(found) <= set("0123456789abcdef")
        assert set(found) & set("abcdf")

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
from tipline.interfaces.esp_api import auth, rolls
from tipline.interfaces.esp_api.auth import Gate
from tipline.interfaces.esp_api.bodies import read_id
from tipline.interfaces.esp_api.multipart import Parts, boundary_of
from tipline.interfaces.esp_api.refusals import failure_of
from tipline.interfaces.wire.basic import read_basic
from tipline.platform.program_secrets import fast_form
from tipline.platform.vault.errors import StoreFull
from tipline.reference.directory.queries import CheckedCredential, EspInfo, KeptCredential
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


def kept(form: str, user: str = "esp", environment: str = "production") -> KeptCredential:
    return KeptCredential(form, CheckedCredential(1, user, environment, ESP))


class Book:
    """Log-ins without a database: the roll as the test has it, and what was entered."""

    def __init__(self, *rows: KeptCredential) -> None:
        self.rows = list(rows)
        self.loads = 0
        self.noted: list[str] = []
        self.error: Exception | None = None

    def load(self) -> list[KeptCredential]:
        self.loads += 1
        if self.error is not None:
            raise self.error
        return list(self.rows)

    def is_worth_noting(self, found: CheckedCredential | None, origin: str) -> bool:
        return True

    def note(self, found: CheckedCredential | None, environment: str, origin: str) -> None:
        self.noted.append(found.username if found else "wrong")


async def ask(gate: Gate, pair: bytes, environment: str = "production", origin: str = "192.0.2.1") -> str:
    try:
        return (await gate.admit(basic(pair), environment, origin)).username
    except (Refusal, Overloaded) as error:
        return type(error).__name__


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test turns on."""
    now = [1000.0]
    monkeypatch.setattr(rolls, "monotonic", lambda: now[0])
    return now


def test_whoever_is_on_the_roll_is_known_and_nobody_else(moment: list[float]) -> None:
    async def run() -> None:
        book = Book(kept(fast_form("right")))
        gate = Gate(None, book, pause=0)
        assert await asyncio.gather(*(ask(gate, b"esp:right") for _ in range(5))) == ["esp"] * 5
        assert book.loads == 1
        assert await ask(gate, b"esp:wrong") == "Refusal"
        assert await ask(gate, b"nobody:right") == "Refusal"
        assert await ask(gate, b"esp:right", "test") == "Refusal"
        assert book.noted == ["esp"] * 5 + ["wrong"] * 3

    asyncio.run(run())


def test_a_revoked_credential_ends_within_a_minute_and_a_fresh_one_works_at_once(moment: list[float]) -> None:
    async def run() -> None:
        book = Book(kept(fast_form("right")))
        gate = Gate(None, book, pause=0)
        assert await ask(gate, b"esp:right") == "esp"
        book.rows = [kept(fast_form("new"), "fresh")]
        moment[0] += 1
        assert await ask(gate, b"fresh:new") == "fresh"
        book.rows = []
        moment[0] += 21
        await ask(gate, b"fresh:new")  # may still pass: the roll is read anew beside it
        await asyncio.sleep(0.01)
        assert await ask(gate, b"fresh:new") == "Refusal"
        book.rows = [kept(fast_form("right"))]
        moment[0] += 59
        assert await ask(gate, b"esp:right") == "esp"
        book.rows = []
        moment[0] += 59
        assert await ask(gate, b"esp:right") == "Refusal"

    asyncio.run(run())


def test_a_database_that_is_gone_is_told_once_the_roll_is_old(moment: list[float]) -> None:
    async def run() -> None:
        book = Book(kept(fast_form("right")))
        gate = Gate(None, book, pause=0)
        assert await ask(gate, b"esp:right") == "esp"
        book.error = OperationalError("gone")
        moment[0] += 30
        for _ in range(3):
            assert await ask(gate, b"esp:right") == "esp"
            await asyncio.sleep(0)
        moment[0] += 30
        with pytest.raises(OperationalError):
            await ask(gate, b"esp:right")

    asyncio.run(run())


def test_a_flood_of_unknown_names_shares_one_look_and_holds_up_nobody() -> None:
    async def run() -> None:
        book = Book(kept(fast_form("right")))
        gate = Gate(None, book, pause=0.2)
        await ask(gate, b"esp:right")
        flood = [asyncio.ensure_future(ask(gate, b"stranger-%d:x" % number)) for number in range(500)]
        await asyncio.sleep(0.01)
        assert await asyncio.wait_for(ask(gate, b"esp:right"), 0.15) == "esp"
        assert not any(one.done() for one in flood)
        assert set(await asyncio.gather(*flood)) == {"Refusal"}
        assert book.loads == 2

    asyncio.run(run())


def test_a_slow_form_is_compared_once_on_its_own_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def matches(form: str, secret: str) -> bool:
        compared.append(secret)
        return form == f"slow {secret}"

    monkeypatch.setattr(auth, "matches", matches)

    async def run() -> None:
        gate = Gate(None, Book(kept("slow right")), pause=0)
        assert await asyncio.gather(*(ask(gate, b"esp:right") for _ in range(5))) == ["esp"] * 5
        assert await ask(gate, b"esp:wrong") == "Refusal"
        assert compared == ["right"]

    asyncio.run(run())


def test_guessing_at_a_slow_form_is_braked_for_the_guesser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "matches", lambda form, secret: form == f"slow {secret}")

    async def run() -> None:
        gate = Gate(None, Book(kept("slow right")), pause=0)
        guesses = [await ask(gate, b"esp:%d" % number, origin=f"2001:db8::{number}") for number in range(20)]
        assert guesses == ["Refusal"] * 10 + ["Overloaded"] * 10
        many = await asyncio.gather(*(ask(gate, b"esp:%d" % n, origin=f"192.0.{n}.1") for n in range(100)))
        assert many.count("Overloaded") == 100 - auth.MOST_CHECKS
        assert await ask(gate, b"esp:right", origin="198.51.100.1") == "esp"

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

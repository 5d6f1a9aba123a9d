"""Sealing and the chunked form of stored objects."""

from __future__ import annotations

from itertools import chain

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from tipline.platform.vault import chunks, sealing
from tipline.platform.vault.errors import Damaged, KeyUnavailable
from tipline.platform.vault.keyring import KeyRing

_PRIVATE = ec.generate_private_key(ec.SECP256R1())
_OTHER = ec.generate_private_key(ec.SECP256R1())
_KEY = bytes(range(32))
_OF_FORMAT_1 = (
    "01000102c18b38cf27018e488d0f5032e2b2e848188c7e169fd61338c4a740eeb1d9f2f2ff37b62e6668382ecd3edff4a4cb"
    "f7c6c6ea5014024593f4325dfacb9332"
)
_FULL = chunks.CHUNK_BYTES


def _seal(plaintext: bytes, context: str = "report:1:raw", version: int = 1) -> bytes:
    return sealing.Sealer(version, _PRIVATE.public_key()).seal(plaintext, context)


@given(st.binary(max_size=300), st.text(max_size=40))
@settings(max_examples=40, deadline=None)
def test_what_is_sealed_opens_to_the_same_bytes(plaintext: bytes, context: str) -> None:
    sealed = _seal(plaintext, context)
    assert sealing.unseal(sealed, context=context, privates={1: _PRIVATE}) == plaintext
    assert len(sealed) == len(plaintext) + sealing.OVERHEAD_BYTES


def test_sealing_twice_gives_different_bytes() -> None:
    assert _seal(b"same") != _seal(b"same")


def test_a_value_sealed_in_the_first_format_still_opens() -> None:
    # Written by the code of that time, with the private key 1.
    private = ec.derive_private_key(1, ec.SECP256R1())
    sealed = bytes.fromhex(_OF_FORMAT_1)
    assert sealed[0] == 1
    assert sealing.unseal(sealed, context="report:1:raw", privates={1: private}) == b"kept for years"


def test_the_agreed_secret_is_made_anew_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = sealing.Sealer(1, _PRIVATE.public_key())
    first, second = sealer.seal(b"x", "c"), sealer.seal(b"x", "c")
    assert first[3:36] == second[3:36]
    assert first[36:52] != second[36:52]
    later = sealing.time.monotonic() + sealing.FRESH_SECONDS
    monkeypatch.setattr(sealing.time, "monotonic", lambda: later)
    third = sealer.seal(b"x", "c")
    assert third[3:36] != first[3:36]
    for sealed in (first, second, third):
        assert sealing.unseal(sealed, context="c", privates={1: _PRIVATE}) == b"x"


def test_a_sealed_value_does_not_open_in_another_context() -> None:
    with pytest.raises(Damaged):
        sealing.unseal(_seal(b"x"), context="report:2:raw", privates={1: _PRIVATE})


def test_a_sealed_value_does_not_open_with_another_key() -> None:
    with pytest.raises(Damaged):
        sealing.unseal(_seal(b"x"), context="report:1:raw", privates={1: _OTHER})


def test_without_the_private_key_nothing_opens() -> None:
    with pytest.raises(KeyUnavailable):
        sealing.unseal(_seal(b"x", version=2), context="report:1:raw", privates={1: _PRIVATE})


def test_every_flipped_byte_is_noticed() -> None:
    sealed = _seal(b"twelve bytes")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises((Damaged, KeyUnavailable)):
            sealing.unseal(bytes(altered), context="report:1:raw", privates={1: _PRIVATE})


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x02" + bytes(80), b"plain text that was never sealed at all, long"])
def test_what_was_never_sealed_is_damaged(junk: bytes) -> None:
    with pytest.raises((Damaged, KeyUnavailable)):
        sealing.unseal(junk, context="c", privates={1: _PRIVATE})


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    old = KeyRing({1: _PRIVATE.public_key()}, {1: _PRIVATE})
    new = KeyRing({1: _PRIVATE.public_key(), 2: _OTHER.public_key()}, {1: _PRIVATE, 2: _OTHER})
    assert new.unseal(old.seal(b"x", "c"), "c") == b"x"
    assert sealing.version_of(new.seal(b"x", "c")) == 2


def _opened(stored: bytes, piece: int = 1 << 20, key: bytes = _KEY) -> bytes:
    pieces = (stored[at : at + piece] for at in range(0, len(stored), piece))
    return b"".join(chunks.open_chunks(key, pieces))


@pytest.mark.parametrize("size", [0, 1, _FULL - 1, _FULL, _FULL + 1, 2 * _FULL, 3 * _FULL + 7])
def test_objects_of_every_size_round_trip(size: int) -> None:
    data = bytes(size)
    assert _opened(chunks.seal_all(_KEY, data)) == data


@given(st.lists(st.binary(max_size=2000), max_size=20), st.integers(min_value=1, max_value=5000))
@settings(max_examples=40, deadline=None)
def test_pieces_may_come_and_go_in_any_size(pieces: list[bytes], read_size: int) -> None:
    sealer = chunks.ChunkSealer(_KEY)
    stored = b"".join(map(bytes, chain(chain.from_iterable(map(sealer.add, pieces)), sealer.end())))
    assert _opened(stored, read_size) == b"".join(pieces)


def _parts(count: int) -> tuple[bytes, list[bytes]]:
    stored = chunks.seal_all(_KEY, b"".join(bytes([number]) * _FULL for number in range(count)))
    body, each = stored[len(chunks.HEADER) :], _FULL + chunks.TAG_BYTES
    return stored[: len(chunks.HEADER)], [body[at : at + each] for at in range(0, len(body), each)]


@pytest.mark.parametrize(
    "mix",
    [
        lambda parts: parts[:-1],
        lambda parts: parts[1:],
        lambda parts: [parts[1], parts[0], parts[2]],
        lambda parts: [*parts, parts[2]],
        lambda parts: [parts[0], parts[0], parts[2]],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [*parts, b"x"],
        lambda parts: [],
    ],
    ids=["cut", "beheaded", "swapped", "tail doubled", "doubled", "one byte short", "one byte more", "empty"],
)
def test_chunks_moved_cut_or_doubled_are_noticed(mix: object) -> None:
    head, parts = _parts(3)
    with pytest.raises(Damaged):
        _opened(head + b"".join(mix(parts)))  # type: ignore[operator]


def test_another_key_or_no_header_is_noticed() -> None:
    stored = chunks.seal_all(_KEY, b"abc")
    with pytest.raises(Damaged):
        _opened(stored, key=bytes(32))
    with pytest.raises(Damaged):
        _opened(stored[5:])
    with pytest.raises(Damaged):
        _opened(b"")

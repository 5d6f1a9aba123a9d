"""Sealing to a public key: ECDH on P-256, HKDF-SHA256, AES-256-GCM.

Whoever seals needs the public key alone, so an intake process can put things away that it can never open.
Layout: format (1 byte), key version (2), ephemeral public point, compressed (33), salt (16; none in format 1),
ciphertext with tag (n + 16).
Source: ECIES as in SEC 1 v2.0 section 5.1; HKDF RFC 5869. Key and nonce are derived from a salt of each value and used
once; the ephemeral key serves a minute (ADR 14). The context and the header are authenticated, so that a value cannot
be moved to another place.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tipline.platform.vault.errors import Damaged, KeyUnavailable

FORMAT = 2
_FORMAT_WITHOUT_SALT = 1
SALT_BYTES = 16
_POINT_END = 1 + 2 + 33
OVERHEAD_BYTES = _POINT_END + SALT_BYTES + 16
FRESH_SECONDS = 60.0
FRESH_SEALS = 10_000
_CURVE = ec.SECP256R1()
_LABEL = b"tipline seal v1"


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _key_and_nonce(shared: bytes, info: bytes, salt: bytes | None) -> tuple[bytes, bytes]:
    derived = HKDF(algorithm=hashes.SHA256(), length=32 + 12, salt=salt, info=info).derive(shared)
    return derived[:32], derived[32:]


@dataclass(frozen=True, slots=True)
class _Agreed:
    """A secret agreed with the holder of the private key, by an ephemeral key that is forgotten at once."""

    shared: bytes
    point: bytes
    info: bytes
    until: float


class Sealer:
    """Seals to one public key. The costly agreement is made anew each minute, the key of each value from a salt."""

    def __init__(self, version: int, public: ec.EllipticCurvePublicKey) -> None:
        self._version = version.to_bytes(2, "big")
        self._public = public
        self._agreed: _Agreed | None = None
        self._left = 0

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """This function will encrypt bytes so that only the holder of the private key can open them.

        `context` says what and whose the value is ("report:12:reporter"); opening needs the same words.
        """
        agreed, salt = self._current(), os.urandom(SALT_BYTES)
        key, nonce = _key_and_nonce(agreed.shared, agreed.info, salt)
        header = bytes([FORMAT]) + self._version + agreed.point + salt
        return header + AESGCM(key).encrypt(nonce, plaintext, header + context.encode())

    def _current(self) -> _Agreed:
        # Two threads may both agree anew: harmless, as every value has a salt of its own.
        agreed = self._agreed
        self._left -= 1
        if agreed is None or self._left < 0 or time.monotonic() >= agreed.until:
            agreed = self._agreed = self._agree()
            self._left = FRESH_SEALS
        return agreed

    def _agree(self) -> _Agreed:
        ephemeral = ec.generate_private_key(_CURVE)
        point = _point(ephemeral.public_key())
        info = _LABEL + point + _point(self._public)
        return _Agreed(ephemeral.exchange(ec.ECDH(), self._public), point, info, time.monotonic() + FRESH_SECONDS)


def version_of(sealed: bytes) -> int:
    """This function will tell which version of the master key a sealed value needs.

    Raises Damaged where the value was never sealed here.
    """
    if not sealed or sealed[0] not in {FORMAT, _FORMAT_WITHOUT_SALT} or len(sealed) < _header_end(sealed) + 16:
        raise Damaged("not a sealed value")
    return int.from_bytes(sealed[1:3], "big")


def _header_end(sealed: bytes) -> int:
    return _POINT_END + (SALT_BYTES if sealed[0] == FORMAT else 0)


def unseal(sealed: bytes, *, context: str, privates: Mapping[int, ec.EllipticCurvePrivateKey]) -> bytes:
    """This function will open a sealed value.

    Raises KeyUnavailable where the private key of that version is not among `privates`, and Damaged where the
    bytes were altered or the context is another.
    """
    private = privates.get(version_of(sealed))
    if private is None:
        raise KeyUnavailable(f"no private key of version {version_of(sealed)}")
    header, ciphertext = sealed[: _header_end(sealed)], sealed[_header_end(sealed) :]
    point, salt = header[3:_POINT_END], header[_POINT_END:] or None
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        shared = private.exchange(ec.ECDH(), ephemeral)
        key, nonce = _key_and_nonce(shared, _LABEL + point + _point(private.public_key()), salt)
        return AESGCM(key).decrypt(nonce, ciphertext, header + context.encode())
    except (InvalidTag, ValueError) as error:
        raise Damaged("a sealed value does not open in this context") from error

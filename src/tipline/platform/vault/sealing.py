"""Sealing to a public key: ECDH on P-256, HKDF-SHA256, AES-256-GCM.

Whoever seals needs the public key alone, so an intake process can put things away that it can never open.
Layout: format (1 byte), key version (2), ephemeral public point, compressed (33), ciphertext with tag (n +
16).
Source: ECIES as in SEC 1 v2.0 section 5.1; HKDF RFC 5869; key and nonce are used once, the ephemeral key is
new each time. The context and the header are authenticated, so that a value cannot be moved to another place.
"""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tipline.platform.vault.errors import Damaged, KeyUnavailable

FORMAT = 1
HEADER_BYTES = 1 + 2 + 33
OVERHEAD_BYTES = HEADER_BYTES + 16
_CURVE = ec.SECP256R1()
_LABEL = b"tipline seal v1"


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _key_and_nonce(shared: bytes, ephemeral: bytes, recipient: bytes) -> tuple[bytes, bytes]:
    info = _LABEL + ephemeral + recipient
    derived = HKDF(algorithm=hashes.SHA256(), length=32 + 12, salt=None, info=info).derive(shared)
    return derived[:32], derived[32:]


def seal(plaintext: bytes, *, context: str, version: int, public: ec.EllipticCurvePublicKey) -> bytes:
    """This function will encrypt bytes so that only the holder of the private key can open them.

    `context` says what and whose the value is ("report:12:reporter"); opening needs the same words.
    """
    ephemeral = ec.generate_private_key(_CURVE)
    point = _point(ephemeral.public_key())
    key, nonce = _key_and_nonce(ephemeral.exchange(ec.ECDH(), public), point, _point(public))
    header = bytes([FORMAT]) + version.to_bytes(2, "big") + point
    return header + AESGCM(key).encrypt(nonce, plaintext, header + context.encode())


def version_of(sealed: bytes) -> int:
    """This function will tell which version of the master key a sealed value needs.

    Raises Damaged where the value was never sealed here.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[0] != FORMAT:
        raise Damaged("not a sealed value")
    return int.from_bytes(sealed[1:3], "big")


def unseal(sealed: bytes, *, context: str, privates: Mapping[int, ec.EllipticCurvePrivateKey]) -> bytes:
    """This function will open a sealed value.

    Raises KeyUnavailable where the private key of that version is not among `privates`, and Damaged where the
    bytes were altered or the context is another.
    """
    private = privates.get(version_of(sealed))
    if private is None:
        raise KeyUnavailable(f"no private key of version {version_of(sealed)}")
    header, ciphertext = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
    try:
        ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, header[3:])
        shared = private.exchange(ec.ECDH(), ephemeral)
        key, nonce = _key_and_nonce(shared, header[3:], _point(private.public_key()))
        return AESGCM(key).decrypt(nonce, ciphertext, header + context.encode())
    except (InvalidTag, ValueError) as error:
        raise Damaged("a sealed value does not open in this context") from error

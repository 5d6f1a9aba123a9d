"""The sandbox's own pair of keys: the reporting API seals calls of its test side with the public half, and the company
pages open them with the private one. It opens nothing else, and no other process holds it. ADR 21.
"""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tipline.platform import keys
from tipline.platform.config import settings
from tipline.platform.vault import sealing
from tipline.platform.vault.errors import KeyUnavailable

VERSION = 1


@cache
def _sealer() -> sealing.Sealer:
    found = serialization.load_pem_public_key(keys.load_bytes("sandbox_public_v1", settings().keys))
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise KeyUnavailable("sandbox_public is not an elliptic curve key")
    return sealing.Sealer(VERSION, found)


@cache
def _private() -> ec.EllipticCurvePrivateKey:
    pem = keys.load_bytes("sandbox_private_v1", settings().keys)
    found = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise KeyUnavailable("sandbox_private is not an elliptic curve key")
    return found


def seal(plaintext: bytes, context: str) -> bytes:
    """This function will seal what the sandbox keeps. Raises KeyMissing."""
    return _sealer().seal(plaintext, context)


def unseal(sealed: bytes, context: str) -> bytes:
    """This function will open what the sandbox keeps. Raises KeyMissing, Damaged."""
    return sealing.unseal(bytes(sealed), context=context, privates={VERSION: _private()})

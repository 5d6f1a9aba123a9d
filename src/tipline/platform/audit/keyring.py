"""The audit's key pair. Only the worker holds the private half."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from tipline.platform import keys
from tipline.platform.config import settings


class WrongKey(Exception):
    """A key file that is not of the Ed25519 kind."""


def signing_key() -> Ed25519PrivateKey:
    """This function will load the key that signs checkpoints.

    Raises KeyMissing where this process was not given it.
    """
    key = load_pem_private_key(keys.load_bytes("audit_signing", settings().keys), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongKey("audit_signing")
    return key


def read_public(pem: bytes) -> Ed25519PublicKey:
    """This function will read a public key from PEM text.

    Raises WrongKey where it is of another kind.
    """
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise WrongKey("audit_public")
    return key


def public_key() -> Ed25519PublicKey:
    """This function will load the key that checks checkpoints."""
    return read_public(keys.load_bytes("audit_public", settings().keys))

"""Encryption of authenticator secrets at rest, with a key outside the database that log-in doors hold."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tipline.platform import keys
from tipline.platform.config import settings

_NONCE_BYTES = 12
_CONTEXT = b"tipline authenticator secret v1"


def _cipher() -> AESGCM:
    return AESGCM(keys.load_bytes("totp", settings().keys))


def seal(text: str) -> str:
    """This function will encrypt an authenticator secret (AES-256-GCM), as base64 text."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _CONTEXT)).decode("ascii")


def unseal(sealed: str) -> str:
    """This function will decrypt what `seal` made. Raises InvalidTag where it was changed."""
    raw = base64.b64decode(sealed)
    return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _CONTEXT).decode()

"""Sealed fields: reporters' identities, raw submissions and the like, kept in ordinary columns."""

from __future__ import annotations

from tipline.platform.vault.keyring import keyring


def seal_field(plaintext: bytes, context: str) -> bytes:
    """This function will seal a value for a column; it needs no private key.

    `context` names table, row and column in words that never change, for instance "submission:17:raw".
    """
    return keyring().seal(plaintext, context)


def open_field(sealed: bytes, context: str) -> bytes:
    """This function will open a sealed column.

    Raises KeyUnavailable in a process that may not read, Damaged where bytes or context are not the original
    ones.
    """
    return keyring().unseal(bytes(sealed), context)

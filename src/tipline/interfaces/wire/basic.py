"""HTTP Basic, read and nothing more."""

from __future__ import annotations

import base64
import binascii


def read_basic(header: str) -> tuple[str, str] | None:
    """This function will read user name and password of an Authorization header; None where there is none.

    Source: RFC 7617; UTF-8 is taken, and ISO-8859-1 where it is no UTF-8.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    user, colon, password = text.partition(":")
    return (user, password) if colon and "\0" not in text else None

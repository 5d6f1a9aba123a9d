"""The sealed columns of the record: what context binds each, and JSON in and out of them."""

from __future__ import annotations

import json
from typing import Any

from tipline.platform.vault.fields import open_field, seal_field

# Contexts of sealed columns: a sealed value moved to another row or column cannot be opened.
RAW = "submission:{}:{}:raw"
REPORTER = "submission:{}:{}:reporter"


def seal_json(value: Any, context: str) -> bytes:
    """This function will seal a JSON value."""
    return seal_field(json.dumps(value, ensure_ascii=False).encode(), context)


def open_json(sealed: bytes, context: str) -> Any:
    """This function will open a sealed JSON value; needs the vault's private key."""
    return json.loads(open_field(bytes(sealed), context))

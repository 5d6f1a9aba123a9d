"""How ids stand in addresses: a `path` that knows `<hex:file_id>`."""

from __future__ import annotations

from django.urls import path, register_converter

__all__ = ["Hex", "path"]


class Hex:
    """Thirty-two hexadecimal digits: a file's or a draft's id. Anything else is no address at all."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """This function will take the id as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """This function will write the id as it stands."""
        return value


register_converter(Hex, "hex")

"""A push parser of multipart forms: bytes in as they come, pieces of fields out. Holds no body."""

from __future__ import annotations

from typing import NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MOST_PARTS = 16


class Piece(NamedTuple):
    """A piece of a field: the field's name, the file name if one was given, and bytes, possibly none."""

    name: str
    filename: str | None
    data: bytes


def boundary_of(content_type: str) -> bytes:
    """This function will give the boundary of a multipart/form-data type; empty where it is none."""
    kind, options = parse_options_header(content_type)
    return options.get(b"boundary", b"") if kind == b"multipart/form-data" else b""


class Parts:
    """One form being read. Feed it bytes, take the pieces; `end` tells whether the form was whole."""

    def __init__(self, boundary: bytes) -> None:
        self._out: list[Piece] = []
        self._header = [bytearray(), bytearray()]
        self._disposition = b""
        self._name = ""
        self._filename: str | None = None
        self._count = 0
        self._whole = False
        self._has_id = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> list[Piece]:
        """This function will take bytes and return the pieces that they complete. Raises FormParserError."""
        if not self._whole:  # what follows the last boundary is no part of the form
            self._parser.write(data)
        out, self._out = self._out, []
        return out

    def end(self) -> list[Piece]:
        """This function will return what is left. Raises FormParserError where the form is cut short."""
        if not self._whole:
            raise FormParserError("the form has no end")
        return self.feed(b"")

    def _begin(self) -> None:
        self._count += 1
        if self._count > MOST_PARTS:
            raise FormParserError("too many parts")
        self._disposition = b""

    def _add(self, which: int, data: bytes) -> None:
        self._header[which] += data

    def _header_end(self) -> None:
        name, value = (bytes(part) for part in self._header)
        self._header = [bytearray(), bytearray()]
        if name.lower() == b"content-disposition":
            self._disposition = value

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _text(options.get(b"name", b""))
        if self._name == "id" and self._has_id:
            raise FormParserError("the field id stands there twice")
        self._has_id = self._has_id or self._name == "id"
        given = options.get(b"filename")
        self._filename = None if given is None else _text(given)
        self._out.append(Piece(self._name, self._filename, b""))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._out.append(Piece(self._name, self._filename, data[start:end]))

    def _end(self) -> None:
        self._whole = True


# Control characters in a name are somebody's trial or a broken program; the database takes no NUL at all.
_CONTROLS = dict.fromkeys((*range(32), 127), "�")


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-1")
    return text.translate(_CONTROLS)

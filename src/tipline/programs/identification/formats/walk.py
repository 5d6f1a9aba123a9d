"""Walking through a large JSON text piece by piece: one value at a time in memory, whatever the file's size.

The decoder of the standard library reads each value at its own speed; this walks between the values. A value that
cannot be read, or is longer than the limit, is skipped by its brackets, so that the next one is found again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tipline.programs.identification.formats.rows import FileProblem
from tipline.programs.identification.formats.text import decoded

MOST_SIGNS = 512 * 1024  # of one value; a row of a real file has some hundreds to some thousands
_BLANKS = " \t\r\n"
_BLANK = re.compile(rf"[{_BLANKS}]*")
_STRUCTURE = re.compile(r'["{}\[\]]')
_IN_STRING = re.compile(r'[\\"]')
_AFTER_WORD = re.compile(r"[,\]}]")
_DECODER = json.JSONDecoder()


class Unreadable(Exception):
    """A value that cannot be read, with a sentence that says why; the walker still stands before it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Walker:
    """A place in a JSON text that is still coming in."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._source = decoded(pieces)
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """This function will return the next sign that is no blank, without taking it; "" at the end."""
        while True:
            if self._at < len(self._text) and (sign := self._text[self._at]) not in _BLANKS:
                return sign
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at >= len(self._text) and not self._fill():
                return ""

    def expect(self, sign: str) -> None:
        """This function will take one sign. Raises FileProblem where another one stands there."""
        if self.peek() != sign:
            raise _broken(at_end=self._ended and self._at >= len(self._text))
        self._at += 1

    def value(self) -> Any:
        """This function will read and take one whole value. Raises Unreadable and then takes nothing."""
        self.peek()
        while True:
            why = "It is no valid JSON."
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
                # A number at the very end of a piece may go on in the next one.
                if end < len(self._text) or self._ended or self._text[self._at] in '{["':
                    self._at = end
                    return found
            except RecursionError:
                raise Unreadable("It is nested too deeply.") from None
            except json.JSONDecodeError:
                pass
            except ValueError:  # a number with thousands of digits
                raise Unreadable("It holds a number that is too long.") from None
            if len(self._text) - self._at > MOST_SIGNS:
                raise Unreadable(f"{why[:-1]}, or longer than {MOST_SIGNS} signs.")
            if not self._fill():
                raise Unreadable(why)

    def skip(self) -> None:
        """This function will pass one value by its brackets and quotation marks, whatever is in it.

        Raises FileProblem where the file ends inside it.
        """
        first = self.peek()
        if first not in '{["' or not first:
            self._skip_word()
            return
        depth = 0
        while True:
            sign = self._find(_STRUCTURE)
            if sign == '"':
                self._skip_string()
            elif sign in "{[":
                depth += 1
            else:
                depth -= 1
            if depth <= 0:
                return

    def members(self) -> Iterator[str]:
        """This function will yield the keys of an object; after each one, the caller takes or skips its value."""
        self.expect("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            yield self._key()
            if self._is_last("}"):
                return

    def elements(self) -> Iterator[None]:
        """This function will stop before each element of an array; the caller takes or skips it."""
        self.expect("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield
            if self._is_last("]"):
                return

    def _key(self) -> str:
        if self.peek() != '"':
            raise _broken(at_end=not self.peek())
        try:
            key = self.value()
        except Unreadable:
            raise _broken(at_end=self._ended) from None
        self.expect(":")
        return str(key)

    def _is_last(self, closing: str) -> bool:
        sign = self.peek()
        if sign not in (",", closing):
            raise _broken(at_end=not sign)
        self._at += 1
        return sign == closing

    def _find(self, pattern: re.Pattern[str]) -> str:
        while True:
            if found := pattern.search(self._text, self._at):
                self._at = found.end()
                return found.group()
            self._at = len(self._text)
            if not self._fill():
                raise _broken(at_end=True)

    def _skip_string(self) -> None:
        while self._find(_IN_STRING) == "\\":
            if self._at >= len(self._text) and not self._fill():
                raise _broken(at_end=True)
            self._at += 1

    def _skip_word(self) -> None:
        self._find(_AFTER_WORD)
        self._at -= 1

    def _fill(self) -> bool:
        piece = next(self._source, None)
        if piece is None:
            self._ended = True
            return False
        self._text = self._text[self._at :] + piece
        self._at = 0
        return True


def _broken(*, at_end: bool) -> FileProblem:
    if at_end:
        return FileProblem("cut_off", "The file breaks off in the middle. Export it again and hand it in again.")
    return FileProblem("no_json", "The file is no valid JSON from here on.")

"""What a page takes: how many bytes, whether files, whether as a stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024
MOST_IN_MEMORY = 16 * MIB  # of one body; what may be larger is streamed
GRACE_SECONDS = 10.0
SLOWEST_BYTES = 8 * KIB  # a second; a body that comes slower than a bad telephone line is cut off


@dataclass(frozen=True, slots=True)
class Limit:
    """What one page takes.

    `files`: multipart forms are read at all. `streamed`: the page is called at once and reads the body while
    it arrives, on a lane of its own; else the body is held in memory first.
    """

    most: int
    files: bool = False
    streamed: bool = False


class Refused(Exception):
    """A body that is not taken; the HTTP status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def has_body(environ: Mapping[str, str]) -> bool:
    """This function will tell whether a request announces a body."""
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") not in {"0", ""}


def check(environ: Mapping[str, str], limit: Limit) -> None:
    """This function will look at what a request announces.

    Raises Refused: 400 where the length is no number, 411 where a stream has none, 413 where it is too much, 415
    where files come to a page that takes none.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if length and not (length.isascii() and length.isdigit() and len(length) < 19):
        raise Refused(400)
    if limit.streamed and not length:
        raise Refused(411)
    if length and int(length) > limit.most:
        raise Refused(413)
    if not limit.files and environ.get("CONTENT_TYPE", "").lower().lstrip().startswith("multipart/"):
        raise Refused(415)


def seconds_for(size: int) -> float:
    """This function will say how long a body of this size may take to arrive."""
    return GRACE_SECONDS + size / SLOWEST_BYTES

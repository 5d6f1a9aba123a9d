"""The way out of the house: one request to one public address, pinned after resolution, nothing followed, nothing kept.

Used by the fetcher and by the sender of webhooks (status line alone), and by look-ups at registries (a bounded body).
Knows no setting and no database.
"""

from __future__ import annotations

import math
import resource
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tipline.domain.addresses import read_address
from tipline.domain.egress import PUBLIC, Policy, choose

TIMEOUT_SECONDS = 8.0
WHOLE_SECONDS = 30.0  # a document that comes byte by byte must not keep the worker
LONGEST_LINE = 512
LONGEST_HEAD = 32 * 1024
AGENT = "Tipline-check"
# Memory, processor seconds, open files; nothing can be written to a disk and no core is left behind.
_LIMITS = (
    (resource.RLIMIT_AS, 512 * 1024 * 1024),
    (resource.RLIMIT_CPU, 10),
    (resource.RLIMIT_NOFILE, 32),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


def confine() -> None:
    """This function will limit a process that goes out, for good; it is the first thing that such a process does."""
    for which, most in _LIMITS:
        resource.setrlimit(which, (most, most))


class NotAllowed(Exception):
    """The egress policy refuses the address; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(Exception):
    """Nobody answered, or not in HTTP; `reason` is a code."""

    def __init__(self, reason: str = "no_http") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Way:
    """How to go out: the policy, for tests a trust store of their own, and until when (of `time.monotonic`)."""

    policy: Policy = PUBLIC
    context: ssl.SSLContext | None = None
    until: float = math.inf


PLAIN_WAY = Way()


def resolve(host: str, port: int) -> list[str]:
    """This function will ask the system for the addresses of a name, once. An unknown name has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@contextmanager
def _connected(url: str, way: Way) -> Iterator[tuple[socket.socket, str, str]]:
    """Opens a connection for an address of the web; yields it with the Host line and the path."""
    address = read_address(url)
    with _plain(address.host, address.port, way) as plain:
        rest = address.url.partition("://")[2]
        place, _, path = rest.partition("/")
        try:
            with _wrapped(plain, address.scheme, address.host, way) as line:
                yield line, place, f"/{path}"
        except (OSError, ValueError) as error:
            raise NoAnswer(_reason(error, "no_http")) from error


@contextmanager
def _plain(host: str, port: int, way: Way) -> Iterator[socket.socket]:
    """Opens a connection to the address that the policy chose."""
    _left(way.until)
    chosen, reason = choose(resolve(host, port), port, way.policy)
    if reason == "no_name":
        raise NoAnswer(reason)
    if reason:
        raise NotAllowed(reason)
    try:
        plain = socket.create_connection((chosen, port), timeout=_left(way.until))
    except OSError as error:
        raise NoAnswer(_reason(error, "no_connection")) from error
    with plain:
        yield plain


def _left(until: float) -> float:
    """How long one step may take, where all of them must be done by a moment."""
    left = until - time.monotonic()
    if left <= 0:
        raise NoAnswer("timeout")
    return min(left, TIMEOUT_SECONDS)


def _read(line: socket.socket, most: int, way: Way) -> bytes:
    """Reads until the other side closes, or has sent more than `most` bytes. However slowly it sends, it ends."""
    read, until = bytearray(), min(time.monotonic() + WHOLE_SECONDS, way.until)
    while len(read) <= most:
        line.settimeout(_left(until))
        got = line.recv(65536)
        if not got:
            break
        read += got
    return bytes(read)


def _reason(error: Exception, other: str) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else other


@contextmanager
def _wrapped(plain: socket.socket, scheme: str, host: str, way: Way) -> Iterator[socket.socket]:
    if scheme == "http":
        yield plain
        return
    context = way.context or ssl.create_default_context()
    with context.wrap_socket(plain, server_hostname=host) as line:
        yield line


def _ask(line: socket.socket, method: str, place: str, path: str, accept: str = "*/*") -> None:
    _write(line, _head(method, place, path, accept))


def _head(method: str, place: str, path: str, accept: str) -> tuple[str, ...]:
    return (
        f"{method} {path} HTTP/1.1",
        f"Host: {place}",
        f"User-Agent: {AGENT}",
        f"Accept: {accept}",
        "Accept-Encoding: identity",
        "Connection: close",
    )


def _write(line: socket.socket, head: Iterable[str], body: bytes = b"") -> None:
    line.sendall("\r\n".join([*head, "", ""]).encode("ascii") + body)


def _status(line: socket.socket) -> int:
    """Reads the status line byte by byte, so that nothing after it is ever taken from the connection."""
    read = bytearray()
    while not read.endswith(b"\n") and len(read) < LONGEST_LINE:
        got = line.recv(1)
        if not got:
            break
        read += got
    parts = bytes(read).split(b" ", 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/") or not parts[1].strip().isdigit():
        raise NoAnswer
    return int(parts[1].strip())


def ask_status(url: str, method: str, way: Way = PLAIN_WAY) -> int:
    """This function will ask for the status of an address, HEAD or GET, and close before any header or body is read.

    Raises NotAllowed, or NoAnswer.
    """
    with _connected(url, way) as (line, place, path):
        _ask(line, method, place, path)
        return _status(line)


def post(url: str, headers: Mapping[str, str], body: bytes, way: Way = PLAIN_WAY) -> int:
    """This function will hand a body over and give the status of the answer, of which nothing more is read.

    Raises NotAllowed, or NoAnswer.
    """
    with _connected(url, way) as (line, place, path):
        said = [f"{name}: {value}" for name, value in headers.items()]
        _write(line, (*_head("POST", place, path, "*/*"), *said, f"Content-Length: {len(body)}"), body)
        return _status(line)


def fetch_body(url: str, accept: str, most: int, way: Way = PLAIN_WAY) -> tuple[int, bytes]:
    """This function will fetch a small document, at most `most` bytes: status and body. Raises NotAllowed, NoAnswer."""
    with _connected(url, way) as (line, place, path):
        _ask(line, "GET", place, path, accept)
        head, mark, body = _read(line, LONGEST_HEAD + most, way).partition(b"\r\n\r\n")
        words = head.split(b" ", 2)
        if not mark or len(words) < 2 or not words[1].isdigit() or len(body) > most:
            raise NoAnswer
        return int(words[1]), _unchunked(body) if b"chunked" in head.lower() else body


def ask_line(server: tuple[str, int], line: str, most: int, way: Way) -> bytes:
    """This function will send one line to a host's port and give all that comes back, at most `most` bytes.

    Raises NotAllowed, NoAnswer.
    """
    with _plain(*server, way) as plain:
        try:
            plain.sendall(f"{line}\r\n".encode("ascii"))
            read = _read(plain, most, way)
        except OSError as error:
            raise NoAnswer(_reason(error, "no_answer")) from error
    if not read or len(read) > most:
        raise NoAnswer("no_answer")
    return read


def _unchunked(body: bytes) -> bytes:
    """This function will put a chunked body together. Source: RFC 9112 section 7.1."""
    out, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError:
            raise NoAnswer from None
        if length == 0:
            return out
        out, rest = out + rest[:length], rest[length + 2 :]
    raise NoAnswer

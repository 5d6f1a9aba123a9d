"""One writing for each web address, so that two reports of one page make one case. Pure.

Source: RFC 3986 section 6.2.2 (syntax-based normalisation), UTS 46 and RFC 5891 for hosts.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

from tipline.domain.errors import Refusal

SOURCE = "RFC 3986"
LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# White space inside, invisible characters and such as turn the reading direction: a person would misread them.
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_QUERY = _PATH | frozenset("?")


@dataclass(frozen=True, slots=True)
class Address:
    """One web address in its one writing. `host` is in ASCII; an IPv6 address stands without its brackets."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def is_ip(self) -> bool:
        """Whether the host is a network address and no name."""
        return _as_ip(self.host) is not None


def read_address(text: str) -> Address:
    """This function will bring a web address into its one writing; reading the result again changes nothing.

    Lower case and ASCII host, no default port, no fragment, no dot segments, one form of escapes. Raises Refusal with
    field `url` for anything that is not a plain http or https address, or that a person could misread.
    """
    text = text.strip(" \t\r\n")
    if not text or len(text) > LONGEST:
        raise _refused("url_length", f"Give a web address of at most {LONGEST} characters.")
    if _CONTROL.search(text) or "\\" in text:
        raise _refused("url_characters", "The address holds blanks, control characters or backslashes.")
    scheme = _scheme(text)
    rest = _split(text if "://" in text else f"{scheme}://{text}")
    if "@" in rest.netloc:
        raise _refused("url_userinfo", "The address holds a user name. Give it without what stands before the @.")
    host = _host(rest.hostname or "")
    port = rest.port if rest.port is not None else _PORTS[scheme]
    if not port:
        raise _refused("url_port", "The port in the address cannot be read.")
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == _PORTS[scheme] else f"{shown}:{port}"
    query = f"?{_escaped(rest.query, _QUERY)}" if rest.query else ""
    url = f"{scheme}://{place}{_path(rest.path)}{query}"
    if len(url) > LONGEST:
        raise _refused("url_length", f"Give a web address of at most {LONGEST} characters.")
    return Address(url, scheme, host, port)


def _refused(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, source=SOURCE, field="url")


class _Split:
    """The parts of an address whose port could be read."""

    def __init__(self, netloc: str, hostname: str | None, port: int | None, rest: tuple[str, str]) -> None:
        self.netloc, self.hostname, self.port = netloc, hostname, port
        self.path, self.query = rest


def _split(text: str) -> _Split:
    try:
        found = urlsplit(text)
        return _Split(found.netloc, found.hostname, found.port, (found.path, found.query))
    except ValueError as error:
        raise _refused("url_port", "The host or the port in the address cannot be read.") from error


def _scheme(text: str) -> str:
    found = _SCHEME.match(text)
    if "://" not in text:
        # "photos.example:8080/p" has a port; "data:text/plain" and "javascript:..." have no such number.
        if found and not re.match(r"\d{1,5}(/|\?|#|$)", text[found.end() :]):
            raise _refused("url_scheme", "Only http and https addresses can be noticed.")
        return "http"
    scheme = found.group(1).lower() if found else ""
    if scheme not in _PORTS:
        raise _refused("url_scheme", "Only http and https addresses can be noticed.")
    return scheme


def _as_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _host(text: str) -> str:
    if "%" in text:
        raise _refused("url_host", "The host of the address cannot be read.")
    address = _as_ip(text)
    if address is not None:
        return str(address)
    try:
        host = idna.encode(text.rstrip("."), uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise _refused("url_host", "The host of the address is no valid name.") from error
    # Full-width digits and dots become an address in plain writing here, and 127.1 or 0x7f.1 are no names.
    if _as_ip(host) is not None:
        return str(_as_ip(host))
    last = host.rsplit(".", 1)[-1]
    if "." not in host or last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        raise _refused("url_host", "The host of the address is no name of the public internet.")
    return host


def _escaped(text: str, allowed: frozenset[str]) -> str:
    """This function will escape what must be, and unescape what need not be; a stray % becomes %25."""
    out = []
    at = 0
    while at < len(text):
        found = _ESCAPE.match(text, at)
        if found:
            char = chr(int(found.group(1), 16))
            out.append(char if char in _UNRESERVED else found.group(0).upper())
            at = found.end()
            continue
        char = text[at]
        out.append(char if char in allowed else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace")))
        at += 1
    return "".join(out)


def _path(text: str) -> str:
    """This function will escape a path and take its dot segments out. Source: RFC 3986 section 5.2.4."""
    kept: list[str] = []
    parts = _escaped(text, _PATH).split("/")[1:] or [""]
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    ends_in_dots = parts[-1] in (".", "..")
    return "/" + "/".join([*kept, ""] if ends_in_dots else kept)


def defang(url: str) -> str:
    """This function will write an address so that no program makes a link of it: hxxps://photos[.]example/p."""
    scheme, mark, rest = url.partition("://")
    host, slash, tail = rest.partition("/")
    shown = host.replace(".", "[.]").replace(":", "[:]")
    return f"{scheme.replace('tt', 'xx', 1)}{mark}{shown}{slash}{tail}"

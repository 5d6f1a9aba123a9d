"""WHOIS: one question, asked of a server and of those it refers to, each through the egress policy. Source: RFC 3912.

Nothing in the protocol has a form; what is relied on is how the registries write it: `name: value`, objects apart by
an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tipline.domain.egress import Policy, read_endpoint
from tipline.platform.outside import NoAnswer, Way, ask_line

PORT = 43
WAY = Way(Policy(ports=(PORT,)))
MOST_BYTES = 256 * 1024
MOST_REFERRALS = 2
# Registries that tell persons unless they are asked not to (-r), and two that tell what is wanted by this form alone.
_FORMS: Mapping[str, str] = {
    "whois.ripe.net": "-r {}",
    "whois.apnic.net": "-r {}",
    "whois.afrinic.net": "-r {}",
    "whois.arin.net": "n + {}",
    "whois.verisign-grs.com": "domain {}",
}
_REFERRALS = ("refer", "whois", "referralserver", "registrar whois server")
_SERVER = re.compile(r"(?:whois://)?([A-Za-z0-9.:\[\]-]+)/?")
_DAY = re.compile(r"\b(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
Fields = dict[str, list[str]]
# Those that give numbers out, and the national ones that they pass on to. Any other server is the network's own.
REGISTRIES = frozenset(
    {
        "whois.iana.org",
        "whois.arin.net",
        "whois.ripe.net",
        "whois.apnic.net",
        "whois.afrinic.net",
        "whois.lacnic.net",
        "whois.registro.br",
        "whois.nic.ad.jp",
        "whois.kisa.or.kr",
        "whois.twnic.net",
        "ipwhois.cnnic.cn",
    }
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said; `is_registry`: the operator named it, or it is one of those that give numbers out."""

    text: str
    is_registry: bool


def replies(what: str, server: str, way: Way) -> Iterator[Reply]:
    """This function will give what a server says, then what each says that it refers to, and no server twice.

    The operator's server may stand at any port, those that it refers to at WHOIS's own. Raises NotAllowed, NoAnswer
    (too many referrals, too) and ValueError, what was given before still holds.
    """
    asked: set[tuple[str, int]] = set()
    at = first = read_endpoint(server, PORT)
    its_way = replace(way, policy=replace(way.policy, ports=(*way.policy.ports, first[1])))
    while at not in asked:
        if len(asked) > MOST_REFERRALS:
            raise NoAnswer("referrals")
        asked.add(at)
        line = _FORMS.get(at[0], "{}").format(what)
        said = _text(ask_line(at, line, MOST_BYTES, its_way if at == first else way))
        yield Reply(said, at[0] in REGISTRIES or at[0] == first[0])
        further = _referral(said)
        if not further:
            return
        at = read_endpoint(further, PORT)


def _text(said: bytes) -> str:
    """What was said as lines of text, without the signs that no database keeps."""
    try:
        text = said.decode("utf-8")
    except UnicodeDecodeError:
        text = said.decode("latin-1")
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)


def _referral(said: str) -> str:
    """The server that a reply refers to. Other protocols, as rwhois:// and https://, are not followed."""
    told = (text for each in objects_of(said) for name in _REFERRALS for text in each.get(name, ()))
    return next((found.group(1) for text in told if (found := _SERVER.fullmatch(text))), "")


def objects_of(said: str) -> Iterator[Fields]:
    """This function will read the objects of a reply: names in lower case, each with its values in their order."""
    found: Fields = {}
    for line in said.splitlines():
        if not line.strip():
            if found:
                yield found
            found = {}
            continue
        name, _, value = (part.strip() for part in line.partition(":"))
        if value and not name.startswith(("%", "#")):
            found.setdefault(name.lower(), []).append(value)
    if found:
        yield found


def day_of(fields: Fields, *names: str) -> str:
    """This function will give the latest day that some fields name, ISO 8601: 2020-01-31..., or 20200131."""
    told = (_DAY.search(text) for name in names for text in fields.get(name, ()))
    return max(("-".join(found.groups()) for found in told if found), default="")

"""Registries asked by WHOIS and about domains: referrals by the egress policy alone, servers broken in every way."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.unit.test_notice_egress import Server, http, serving
from tests.unit.test_notice_egress import way as way_of

from tipline.domain.egress import Policy, read_endpoint
from tipline.domain.report import PersonRole
from tipline.platform import outside, rdap
from tipline.platform.config import SettingError, Settings, load
from tipline.platform.outside import NotAllowed, Way
from tipline.reference.places import lookup, whois
from tipline.reference.places.lookup import Live, Shelf, places_of_address, places_of_ending, shelf_of
from tipline.reference.places.sources import rdap_domain, whois_domain
from tipline.reference.places.sources import whois as source
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, Reason, RegistrationAnswer
from tipline.stages.enrichment.clues import Clue
from tipline.stages.enrichment.rules import LookedUp, best_place, place_found

ADDRESS = ip_address("192.0.2.9")
PUBLIC = "128.32.1.1"
NOWHERE = Path("nowhere")
RIPE = """% Information related to '192.0.2.0 - 192.0.2.255'

inetnum:        192.0.2.0 - 192.0.2.255
netname:        EXAMPLE-WIDE
country:        NL
last-modified:  2019-05-01T10:00:00Z
source:         RIPE

inetnum:        192.0.2.8 - 192.0.2.15
netname:        EXAMPLE
descr:          Caf\u00e9 Example
country:        DE # where it is used
created:        2015-01-01T00:00:00Z
last-modified:  2024-02-03T10:00:00Z
source:         RIPE

organisation:   ORG-EX1-RIPE
org-name:       Example
country:        FR
last-modified:  2025-01-01T00:00:00Z
"""
ARIN = """#
# ARIN WHOIS data and services
#
NetRange:       192.0.2.0 - 192.0.2.255
CIDR:           192.0.2.0/24
NetName:        EXAMPLE
Updated:        2021-12-14

OrgName:        Example, Inc.
Country:        US
Updated:        2024-06-24

OrgTechHandle: EX1-ARIN
Country:        CA
"""
LACNIC = """inetnum:     192.0.2/24
status:      allocated
owner:       Ejemplo
country:     UY
created:     20100101
changed:     20230405

nic-hdl:     EXA
country:     BR
"""
REFERRAL = "inetnum:      192.0.0.0 - 192.255.255.255\norganisation: Various\nstatus:       LEGACY\n\n{}\n"


def way(*servers: Server) -> Way:
    return Way(Policy(tuple(each.port for each in servers), ("127.0.0.0/8",)))


def at(server: Server) -> str:
    return f"127.0.0.1:{server.port}"


def asked(reply: str | bytes) -> Answer | tuple[Answer, ...]:
    with serving(reply.encode() if isinstance(reply, str) else reply) as server:
        found = source.look_up(ADDRESS, at(server), math.inf, way(server))
    assert server.asked == ["192.0.2.9\r\n"]
    return found


@pytest.mark.parametrize(
    ("reply", "country", "day"),
    [(RIPE, "DE", "2024-02-03"), (ARIN, "US", "2021-12-14"), (LACNIC, "UY", "2023-04-05")],
    ids=["ripe", "arin", "lacnic"],
)
def test_the_most_specific_network_names_the_country_and_its_day(reply: str, country: str, day: str) -> None:
    assert asked(reply) == (PlaceAnswer(source.SOURCE, "registry", day, country),)


def test_what_is_no_utf_8_is_read_as_latin_1() -> None:
    found = asked(RIPE.encode("latin-1"))
    assert isinstance(found, tuple)
    assert [each.country for each in found if isinstance(each, PlaceAnswer)] == ["DE"]


def test_an_address_of_version_6_is_placed_too_and_several_countries_share() -> None:
    reply = b"inet6num: 2001:db8::/32\ncountry: CZ\ncountry: SK\nchanged: someone@example.net 20120304\n"
    with serving(reply) as server:
        found = source.look_up(ip_address("2001:db8::1"), at(server), math.inf, way(server))
    assert found == tuple(PlaceAnswer(source.SOURCE, "registry", "2012-03-04", one, share=0.5) for one in ("CZ", "SK"))


@pytest.mark.parametrize(
    "reply",
    [
        b"\xff\x00\xfe" * 1000,
        b"%" + b" " * 200_000 + b"\n",
        b"a:" + b" " * 200_000 + b"x\n",
        b":\n:::\n\n\ninetnum:\ncountry: DE\n",
        b"country: DE\n",
        b"inetnum: 198.51.100.0 - 198.51.100.255\ncountry: DE\n",
        b"inetnum: 192.0.2.255 - 192.0.2.0\ncountry: DE\n",
        b"inetnum: 192.0.2.0/99\ncountry: DE\n",
        b"inet6num: ::/0\ncountry: DE\n",
        b"inetnum: 192.0.2.0/24\ncountry: EU # Country is really world wide\n",
        b"% No match found\n",
    ],
)
def test_garbage_another_network_and_a_code_that_is_no_country_place_nothing(reply: bytes) -> None:
    assert asked(reply) == NoAnswer(source.SOURCE, Reason.NOT_IN_DATA)


@pytest.mark.parametrize("line", ["refer: {}", "whois:        {}", "ReferralServer:  whois://{}"])
def test_a_referral_is_followed(line: str) -> None:
    with serving(RIPE.encode()) as second, serving(REFERRAL.format(line.format(at(second))).encode()) as first:
        found = source.look_up(ADDRESS, at(first), math.inf, way(first, second))
    assert found == (PlaceAnswer(source.SOURCE, "registry", "2024-02-03", "DE"),)


@pytest.mark.parametrize(
    ("host", "reason"), [("10.0.0.1", "private"), ("169.254.169.254", "link_local"), ("[::1]", "loopback")]
)
def test_a_referral_to_a_private_network_is_refused_and_the_seat_of_the_registry_not_taken(
    host: str, reason: str
) -> None:
    with serving(b"") as port:
        referral = f"{RIPE}\nReferralServer: whois://{host}:{port.port}\n"
        with serving(referral.encode()) as first, pytest.raises(NotAllowed) as refused:
            source.look_up(ADDRESS, at(first), math.inf, way(first, port))
    assert (refused.value.reason, port.asked) == (reason, [])


def test_a_referral_to_another_port_is_refused_and_one_of_another_protocol_not_followed() -> None:
    with serving(b"ReferralServer: whois://127.0.0.1:25\n") as server, pytest.raises(NotAllowed) as refused:
        source.look_up(ADDRESS, at(server), math.inf, way(server))
    assert refused.value.reason == "port"
    found = asked(ARIN + "ReferralServer: rwhois://127.0.0.1:4321\n")
    assert isinstance(found, tuple)


def test_two_referrals_are_followed_no_third_and_never_in_a_circle() -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(RIPE.encode()))]
        for _ in range(3):
            servers.append(stack.enter_context(serving(f"refer: {at(servers[-1])}\n".encode())))
        assert isinstance(source.look_up(ADDRESS, at(servers[2]), math.inf, way(*servers)), tuple)
        with pytest.raises(outside.NoAnswer, match="referrals"):
            source.look_up(ADDRESS, at(servers[3]), math.inf, way(*servers))
        assert [len(each.asked) for each in servers] == [1, 2, 2, 1]


def test_no_server_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter([b"refer: b.example\n", b"whois: a.example\n"])
    monkeypatch.setattr(whois, "ask_line", lambda *_: next(replies))
    assert len(list(whois.replies("192.0.2.9", "a.example", whois.WAY))) == 2


@pytest.mark.parametrize(
    ("further", "family"), [("whois.ripe.net", "registry"), ("whois.holder.example", "registrant")]
)
def test_a_networks_own_server_speaks_for_its_holder_alone(
    monkeypatch: pytest.MonkeyPatch, further: str, family: str
) -> None:
    said = {"whois.example": f"ReferralServer: whois://{further}\n".encode(), further: RIPE.encode()}
    monkeypatch.setattr(whois, "ask_line", lambda at, *_: said[at[0]])
    found = source.look_up(ADDRESS, "whois.example", math.inf)
    assert isinstance(found, tuple)
    assert {each.family for each in found if isinstance(each, PlaceAnswer)} == {family}


def test_the_operators_server_may_stand_at_any_port_and_no_other_may(monkeypatch: pytest.MonkeyPatch) -> None:
    ports: list[tuple[int, tuple[int, ...]]] = []

    def told(at: tuple[str, int], _line: str, _most: int, how: outside.Way) -> bytes:
        ports.append((at[1], how.policy.ports))
        return b"refer: whois.ripe.net\n" if len(ports) == 1 else RIPE.encode()

    monkeypatch.setattr(whois, "ask_line", told)
    source.look_up(ADDRESS, "whois.example:4343", math.inf)
    assert ports == [(4343, (43, 4343)), (43, (43,))]


@contextmanager
def trickling() -> Iterator[Server]:
    """A server that sends a sign every now and then and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        stop = threading.Event()

        def run() -> None:
            line, _ = listening.accept()
            with line:
                try:
                    while not stop.wait(0.05):
                        line.sendall(b"%")
                except OSError:
                    pass

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield Server(listening.getsockname()[1])
        finally:
            stop.set()
            thread.join()


def test_an_endless_trickle_is_given_up_in_time() -> None:
    began = time.monotonic()
    with trickling() as server, pytest.raises(outside.NoAnswer, match="timeout"):
        source.look_up(ADDRESS, at(server), began + 0.4, way(server))
    assert time.monotonic() - began < 3


def test_an_endless_flood_and_a_server_that_says_nothing_are_given_up() -> None:
    with serving(b"%\n", body=30_000_000) as server, pytest.raises(outside.NoAnswer):
        source.look_up(ADDRESS, at(server), math.inf, way(server))
    assert server.unsent[0] > 20_000_000
    with serving(b"") as server, pytest.raises(outside.NoAnswer):
        source.look_up(ADDRESS, at(server), math.inf, way(server))


def test_registries_are_asked_in_the_form_that_tells_no_person(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[tuple[tuple[str, int], str]] = []
    said = {"whois.iana.org": b"refer: whois.arin.net\n", "whois.arin.net": b"ReferralServer: whois://whois.ripe.net\n"}

    def say(server: tuple[str, int], line: str, most: int, way: Way) -> bytes:
        lines.append((server, line))
        return said.get(server[0], RIPE.encode())

    monkeypatch.setattr(whois, "ask_line", say)
    source.look_up(ADDRESS, "whois.iana.org")
    assert lines == [
        (("whois.iana.org", 43), "192.0.2.9"),
        (("whois.arin.net", 43), "n + 192.0.2.9"),
        (("whois.ripe.net", 43), "-r 192.0.2.9"),
    ]


def test_it_is_off_unless_set_and_a_reserved_address_is_never_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in lookup.LIVE_SOURCES:
        monkeypatch.setattr(module, "look_up", lambda *_: pytest.fail("it was asked"))
    assert shelf_of(Settings()) == Shelf(Settings().places)
    shelf = shelf_of(Settings(whois_host="whois.example", dns_resolver="127.0.0.1"))
    assert (shelf.whois, shelf.resolver, shelf.registry) == ("whois.example", "127.0.0.1", "")
    for address in ("10.0.0.1", "100.64.0.1", "192.0.2.1", "fd00::1", "no address"):
        places_of_address(address, shelf)
    names = frozenset(map(lookup.name_of, lookup.LIVE_SOURCES))
    off = Shelf(NOWHERE, off=names, registry="https://rdap.example", whois="whois.example", resolver="127.0.0.1")
    said = [*places_of_address(PUBLIC, off), *places_of_ending("a.example.com", off)]
    assert sum(isinstance(each, NoAnswer) and each.reason is Reason.SWITCHED_OFF for each in said) == 5
    places_of_address(PUBLIC, Shelf(NOWHERE))
    places_of_ending("example.com", Shelf(NOWHERE))


def test_a_server_on_loopback_is_refused_and_said_to_have_failed() -> None:
    found = places_of_address(PUBLIC, Shelf(NOWHERE, whois="127.0.0.1"))
    assert found[-1] == NoAnswer(source.SOURCE, Reason.FAILED, "NotAllowed")


def test_two_hundred_addresses_have_one_time_together_and_nothing_is_asked_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    until: list[float] = []

    def slow(asked: object, server: str, ends: float) -> Answer:
        until.append(ends - time.monotonic())
        time.sleep(0.06)
        return NoAnswer(source.SOURCE, Reason.NOT_IN_DATA)

    monkeypatch.setattr(source, "look_up", slow)
    shelf = Shelf(NOWHERE, whois="whois.example", live=Live(0.1))
    said = [places_of_address(f"128.32.1.{last}", shelf)[-1] for last in (1, 1, *range(2, 200))]
    assert [isinstance(each, NoAnswer) and each.detail for each in said] == ["", "", "", *["no time left"] * 197]
    assert len(until) == 2
    assert 0.05 < until[0] <= 0.1
    assert until[1] < 0.05


@pytest.mark.parametrize("text", ["a b", "host:x", "user@host", "host/path", "", "::1", "host\n"])
def test_a_server_that_cannot_be_read_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match=r"host|[Pp]ort"):
        read_endpoint(text, 43)
    if text:
        with pytest.raises(SettingError, match="TIPLINE_WHOIS_HOST"):
            load({"TIPLINE_WHOIS_HOST": text})


def test_a_resolver_is_an_address() -> None:
    assert load({"TIPLINE_DNS_RESOLVER": "[::1]:5353"}).dns_resolver == "[::1]:5353"
    assert read_endpoint("[::1]:5353", 53) == ("::1", 5353)
    with pytest.raises(SettingError, match="TIPLINE_DNS_RESOLVER"):
        load({"TIPLINE_DNS_RESOLVER": "resolver.example"})


REGISTRY = """   Domain Name: SHOP-EXAMPLE.COM
   Registrar WHOIS Server: {}
   Updated Date: 2024-03-04T05:06:07Z
   Creation Date: 2015-01-02T03:04:05Z
   Registry Expiry Date: 2027-01-02T03:04:05Z
   Registrar: Example Registrar, Inc.
>>> Last update of whois database: 2026-01-01T00:00:00Z <<<
"""
REGISTRAR = """Domain Name: shop-example.com
Registrar WHOIS Server: {}
Registrar: Example Registrar, Inc.
Registrant Name: {}
Registrant Organization: Example Ltd
Registrant Country: DE
"""
KEPT = RegistrationAnswer(
    whois_domain.SOURCE, "2024-03-04", "shop-example.com", "Example Registrar, Inc.", "2015-01-02", "2027-01-02"
)


def asked_of_domain(holder: str) -> tuple[Answer, ...]:
    with serving(b"") as last:
        pass
    with ExitStack() as stack:
        second = stack.enter_context(serving(REGISTRAR.format(at(last), holder).encode()))
        first = stack.enter_context(serving(REGISTRY.format(at(second)).encode()))
        return whois_domain.look_up("shop-example.com", at(first), math.inf, way(first, second, last))


def test_registry_and_registrar_name_who_keeps_a_domain_and_its_holders_country() -> None:
    placed = PlaceAnswer(whois_domain.SOURCE, "registrant", "2024-03-04", "DE")
    assert asked_of_domain("REDACTED FOR PRIVACY") == (KEPT, placed)


@pytest.mark.parametrize("holder", ["Domains By Proxy, LLC", "Contact Privacy Inc.", "Withheld for Privacy ehf"])
def test_the_country_of_a_service_that_stands_in_for_the_holder_is_not_taken(holder: str) -> None:
    assert asked_of_domain(holder) == (KEPT,)


def test_what_the_registry_said_stands_where_the_registrar_may_not_be_asked() -> None:
    with serving(REGISTRY.format("10.0.0.1").encode()) as first:
        assert whois_domain.look_up("shop-example.com", at(first), math.inf, way(first)) == (KEPT,)
    with serving(b"refer: 10.0.0.1\n") as first, pytest.raises(NotAllowed):
        whois_domain.look_up("shop-example.com", at(first), math.inf, way(first))


@pytest.mark.parametrize("reply", [b"domain: COM\ncreated: 1985-01-01\n", b"No match for domain\n", b"\xff\xfe"])
def test_an_entry_of_another_name_tells_nothing(reply: bytes) -> None:
    with serving(reply) as server:
        found = whois_domain.look_up("shop-example.com", at(server), math.inf, way(server))
    assert found == (NoAnswer(whois_domain.SOURCE, Reason.NOT_IN_DATA),)


def test_signs_that_no_database_keeps_are_gone() -> None:
    reply = "domain name: shop-example.com\nregistrar: A\x00\x1b\u202e B\ncreated: \u0662\u0660\u0662\u0660-01-01\n"
    with serving(reply.encode()) as server:
        [kept] = whois_domain.look_up("shop-example.com", at(server), math.inf, way(server))
    assert isinstance(kept, RegistrationAnswer)
    assert (kept.registrar.split(), kept.registered_on) == (["A", "B"], "")
    [kept] = by_rdap([{"roles": ["registrar"], "vcardArray": card(["fn", {}, "text", "A\x00\ud800 B"])}])
    assert isinstance(kept, RegistrationAnswer)
    assert kept.registrar == "A B"
    assert rdap.day_of({"events": [{"eventAction": "x", "eventDate": "2020-01-\x000"}]}, "x") == ""


def card(*lines: object) -> object:
    return ["vcard", [["version", {}, "text", "4.0"], *lines]]


def by_rdap(entities: object, status: str = "200 OK") -> tuple[Answer, ...]:
    entry = {
        "ldhName": "SHOP-EXAMPLE.COM",
        "events": [
            {"eventAction": "registration", "eventDate": "2015-01-02T03:04:05Z"},
            {"eventAction": "last changed", "eventDate": "2024-03-04T03:04:05Z"},
        ],
        "entities": entities,
    }
    with serving(http(json.dumps(entry).encode(), status)) as server:
        found = rdap_domain.look_up("shop-example.com", f"http://{at(server)}", math.inf, way_of(server))
    assert server.asked[0].startswith("GET /domain/shop-example.com HTTP/1.1")
    return found


def test_rdap_names_the_registrar_and_the_holders_country_and_never_that_of_the_registrar() -> None:
    registrar = {
        "roles": ["registrar"],
        "vcardArray": card(["fn", {}, "text", "Example Registrar"], ["adr", {"cc": "US"}, "text", [""] * 7]),
    }
    kept = RegistrationAnswer(rdap_domain.SOURCE, "2024-03-04", "shop-example.com", "Example Registrar", "2015-01-02")
    assert by_rdap([registrar, "odd", {"roles": ["registrant"], "vcardArray": [7]}]) == (kept,)
    placed = PlaceAnswer(rdap_domain.SOURCE, "registrant", "2024-03-04", "AT")
    for adr in (["adr", {"cc": "at"}, "text", [""] * 7], ["adr", {}, "text", [*[""] * 6, "AT"]]):
        assert by_rdap([registrar, {"roles": ["registrant"], "vcardArray": card(adr)}]) == (kept, placed)
    assert by_rdap([], "404 Not Found") == (NoAnswer(rdap_domain.SOURCE, Reason.NOT_IN_DATA),)


def test_a_mail_providers_domain_and_a_name_without_an_ending_are_never_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: list[str] = []
    monkeypatch.setattr(whois_domain, "look_up", lambda name, *_: names.append(name))
    for domain in ("gmail.com", "web.de", "mail.photos.example", "localhost", "a\r\nb.com", "", "192.0.2.1"):
        places_of_ending(domain, Shelf(NOWHERE, whois="whois.example"))
    assert names == []
    for domain in ("Mail.Shop-Example.co.uk", "b\u00fccher.example.de"):
        places_of_ending(domain, Shelf(NOWHERE, whois="whois.example"))
    assert names == ["shop-example.co.uk", "example.de"]


def test_a_holder_is_a_second_voice_of_the_same_witness_and_who_keeps_the_domain_is_said() -> None:
    clue = Clue("SUSPECT", "ending", "shop-example.com")
    holder = PlaceAnswer(whois_domain.SOURCE, "registrant", "2024-03-04", "DE")
    found = place_found(LookedUp(clue, (KEPT, holder)))
    assert found is not None
    assert (found.country, found.confidence) == ("DE", "possible")
    assert "registered on 2015-01-02 with Example Registrar, Inc, until 2027-01-02" in found.agreement
    alone = place_found(LookedUp(clue, (KEPT,)))
    assert alone is not None
    assert (alone.country, alone.sources) == ("", (f"{whois_domain.SOURCE}, 2024-03-04",))
    by_holder = best_place(PersonRole.SUSPECT, [LookedUp(clue, (holder,))])
    by_ending = best_place(PersonRole.SUSPECT, [LookedUp(clue, (PlaceAnswer("e", "ending", "", "DE"),))])
    assert by_holder is not None
    assert by_ending is not None
    assert by_holder.probability < by_ending.probability

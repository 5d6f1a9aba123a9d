"""Names of addresses, asked of a resolver on loopback: found, unknown, cut, answered wrongly, silent."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from tipline.reference.places import lookup
from tipline.reference.places.combine import Confidence, combine
from tipline.reference.places.lookup import Shelf, places_of_address
from tipline.reference.places.sources import reverse_dns
from tipline.reference.places.values import Answer, NameAnswer, NoAnswer, PlaceAnswer, Reason
from tipline.reference.places.weigh import Witness, weigh
from tipline.stages.enrichment.clues import Clue
from tipline.stages.enrichment.rules import LookedUp, cautions_of, place_found

ADDRESS = ip_address("192.0.2.9")
ASKED = "9.2.0.192.in-addr.arpa."
Reply = Callable[[dns.message.Message, str], list[dns.message.Message]]


@dataclass
class Resolver:
    """A resolver on loopback and what it was asked, by which way."""

    port: int
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def resolving(reply: Reply) -> Iterator[Resolver]:
    """Answers by UDP and TCP on one port, each question with the messages that `reply` gives for it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        resolver, stop = Resolver(listening.getsockname()[1]), threading.Event()
        datagrams.bind(("127.0.0.1", resolver.port))
        listening.settimeout(0.05)
        datagrams.settimeout(0.05)

        def answers(wire: bytes, way: str) -> list[bytes]:
            question = dns.message.from_wire(wire)
            resolver.asked.append((way, str(question.question[0].name)))
            return [each.to_wire() for each in reply(question, way)]

        def by_udp() -> None:
            while not stop.is_set():
                try:
                    wire, peer = datagrams.recvfrom(4096)
                except TimeoutError:
                    continue
                for each in answers(wire, "udp"):
                    datagrams.sendto(each, peer)

        def by_tcp() -> None:
            while not stop.is_set():
                try:
                    line, _ = listening.accept()
                except TimeoutError:
                    continue
                with line:
                    line.settimeout(2)
                    for each in answers(line.recv(4096)[2:], "tcp"):
                        line.sendall(len(each).to_bytes(2, "big") + each)

        threads = [threading.Thread(target=each) for each in (by_udp, by_tcp)]
        for each in threads:
            each.start()
        try:
            yield resolver
        finally:
            stop.set()
            for each in threads:
                each.join()


def named(*names: str) -> Reply:
    def reply(question: dns.message.Message, way: str) -> list[dns.message.Message]:
        made = dns.message.make_response(question)
        if names:
            made.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "PTR", *names))
        return [made]

    return reply


def coded(code: dns.rcode.Rcode) -> Reply:
    def reply(question: dns.message.Message, way: str) -> list[dns.message.Message]:
        made = dns.message.make_response(question)
        made.set_rcode(code)
        return [made]

    return reply


def asked(reply: Reply, until: float = math.inf) -> tuple[Answer, ...]:
    with resolving(reply) as resolver:
        found = reverse_dns.look_up(ADDRESS, f"127.0.0.1:{resolver.port}", until)
    assert {name for _, name in resolver.asked} == {ASKED}
    return found


NOTHING = (NoAnswer(reverse_dns.SOURCE, Reason.NOT_IN_DATA),)


def test_a_name_with_the_ending_of_a_country_names_it() -> None:
    name, place = asked(named("p50-9.dip0.Example.DE."))
    assert name == NameAnswer(reverse_dns.SOURCE, "", ("p50-9.dip0.example.de",))
    assert isinstance(place, PlaceAnswer)
    assert (place.country, place.family, place.share, place.city) == ("DE", "reverse", 1.0, "")


def test_a_name_of_any_other_ending_places_nothing_whatever_town_or_airport_it_carries() -> None:
    found = asked(named("xe-0-0.fra1.berlin.example.net.", "a.jfk.example.io."))
    assert [type(each) for each in found] == [NameAnswer]


def test_no_name_and_an_unknown_address_place_nothing_and_a_refusal_is_a_failure() -> None:
    assert asked(named()) == NOTHING
    assert asked(coded(dns.rcode.NXDOMAIN)) == NOTHING
    for code in (dns.rcode.SERVFAIL, dns.rcode.REFUSED):
        with pytest.raises(OSError, match=dns.rcode.to_text(code)):
            asked(coded(code))


def test_at_most_five_names_are_taken_and_none_that_is_no_name_of_a_host() -> None:
    names = [f"host{one}.example.de." for one in range(9)]
    found, place = asked(named(*names, "a\\032b<i>.example.de.", "localhost."))
    assert isinstance(found, NameAnswer)
    assert found.names == tuple(f"host{one}.example.de" for one in range(5))
    assert isinstance(place, PlaceAnswer)
    assert place.share == 1.0
    _, half = asked(named("a.example.de.", "b.example.net."))
    assert isinstance(half, PlaceAnswer)
    assert half.share == 0.5
    assert asked(named("a\\010b.example.de.")) == NOTHING


def test_a_name_behind_another_name_is_found() -> None:
    def reply(question: dns.message.Message, way: str) -> list[dns.message.Message]:
        made, behind = dns.message.make_response(question), "9.0-15.2.0.192.in-addr.arpa."
        made.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "CNAME", behind))
        made.answer.append(dns.rrset.from_text(behind, 60, "IN", "PTR", "host.example.fr."))
        return [made]

    found, place = asked(reply)
    assert isinstance(found, NameAnswer)
    assert isinstance(place, PlaceAnswer)
    assert (found.names, place.country) == (("host.example.fr",), "FR")


def test_a_cut_answer_is_asked_for_again_by_tcp() -> None:
    def reply(question: dns.message.Message, way: str) -> list[dns.message.Message]:
        [made] = named("host.example.de.")(question, way)
        if way == "udp":
            made.answer.clear()
            made.flags |= dns.flags.TC
        return [made]

    with resolving(reply) as resolver:
        found = reverse_dns.look_up(ADDRESS, f"127.0.0.1:{resolver.port}")
    assert [way for way, _ in resolver.asked] == ["udp", "tcp"]
    assert len(found) == 2


def wrong_id(question: dns.message.Message, way: str) -> list[dns.message.Message]:
    [made] = named("liar.example.fr.")(question, way)
    made.id ^= 1
    return [made]


def wrong_question(question: dns.message.Message, way: str) -> list[dns.message.Message]:
    other = dns.message.make_query("10.2.0.192.in-addr.arpa.", "PTR")
    other.id = question.id
    return named("liar.example.fr.")(other, way)


@pytest.mark.parametrize("wrong", [wrong_id, wrong_question])
def test_an_answer_to_another_question_is_not_heard_and_the_right_one_behind_it_is(
    wrong: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reverse_dns, "SECONDS", 0.2)
    with pytest.raises(TimeoutError):
        asked(wrong)
    found, *_ = asked(lambda question, way: [*wrong(question, way), *named("host.example.de.")(question, way)])
    assert isinstance(found, NameAnswer)
    assert found.names == ("host.example.de",)


def test_silence_is_asked_twice_and_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reverse_dns, "SECONDS", 0.2)
    with resolving(lambda *_: []) as resolver:
        with pytest.raises(TimeoutError):
            reverse_dns.look_up(ADDRESS, f"127.0.0.1:{resolver.port}")
        assert len(resolver.asked) == 2
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            reverse_dns.look_up(ADDRESS, f"127.0.0.1:{resolver.port}", began + 0.1)
        assert time.monotonic() - began < 1


def test_a_resolver_that_fails_is_said_to_have_and_the_others_still_answer() -> None:
    with resolving(coded(dns.rcode.SERVFAIL)) as resolver:
        found = places_of_address("128.32.1.1", Shelf(Path("nowhere"), resolver=f"127.0.0.1:{resolver.port}"))
    assert found[-1] == NoAnswer(reverse_dns.SOURCE, Reason.FAILED, "OSError")
    assert len(found) == 5
    assert resolver.asked[0][1] == "1.1.32.128.in-addr.arpa."


def test_a_name_places_an_address_only_where_nobody_else_does() -> None:
    named = PlaceAnswer(reverse_dns.SOURCE, reverse_dns.FAMILY, "", "DE")
    file = PlaceAnswer("registry allocations", "registry", "2026-06-17", "US")
    silent = NoAnswer("city", Reason.NOT_INSTALLED)
    assert lookup._without_names((silent, named)) == (silent, named)
    assert lookup._without_names((silent, file, named)) == (silent, file)


@pytest.mark.parametrize(
    ("name", "cautions"),
    [
        ("mobile-192-0-2-9.example.net", ("mobile",)),
        ("vps1234.example.net", ("hosting",)),
        ("ec2-192-0-2-9.compute-1.example.com", ("hosting",)),
        ("my-tor-exit2.example.org", ("tor",)),
        ("vpn03.example.org", ("vpn",)),
        ("static.192-0-2-9.clients.your-server.example", ("hosting",)),
        ("dyn-9.cust.static.dsl.example.net", ()),
        ("automobile.example.net", ()),
        ("tor.stadion.example", ()),
        ("cloudy.example.net", ()),
    ],
)
def test_whole_words_of_a_name_are_cautions(name: str, cautions: tuple[str, ...]) -> None:
    assert reverse_dns.cautions_of(name) == cautions


def test_the_cautions_of_a_name_are_the_addresss_and_the_name_stands_in_the_finding() -> None:
    name = NameAnswer(reverse_dns.SOURCE, "", ("vps1.example.de",), ("hosting",))
    known = PlaceAnswer("registry", "registry", "2026-06-17", "US")
    looked_up = LookedUp(Clue("SUSPECT", "ip", "192.0.2.9"), (known, name))
    assert cautions_of(looked_up) == ("hosting",)
    found = place_found(looked_up)
    assert found is not None
    assert (found.confidence, found.cautions) == ("unsure", ("hosting",))
    assert "; the address is called vps1.example.de." in found.agreement


def test_a_name_alone_says_no_more_than_a_domains_ending_and_beside_the_registry_changes_nothing() -> None:
    told = PlaceAnswer(reverse_dns.SOURCE, "reverse", "", "DE")
    file = PlaceAnswer("registry allocations", "registry", "2026-06-17", "DE")
    ending = PlaceAnswer("domain endings", "ending", "", "DE")

    def probability(evidence: str, *answers: PlaceAnswer) -> float:
        return weigh([Witness(evidence, "x", answers)])[0].probability

    assert probability("ip", told) <= probability("ending", ending)
    assert probability("ip", file, told) == probability("ip", file)
    one = combine((file, told))[0]
    assert (one.confidence, len(one.supporters)) == (Confidence.POSSIBLE, 2)
    elsewhere = replace(told, country="FR")
    best = weigh([Witness("ip", "x", (file, elsewhere))])
    assert [each.country for each in best] == ["DE", "FR"]
    assert best[0].probability > 0.75

"""Identifiers in free text: every kind found and not found, hidden writings undone, nothing read twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.domain.free_text import found_in_text, identifiers_in, plain_letters, refanged
from tipline.domain.identifiers import normalise
from tipline.domain.report import IdentifierKind, PersonRole
from tipline.domain.wallets import keccak256, wallet_of

# Examples of the specifications themselves: the first block's reward, BIP 173, EIP-55; all long public.
BTC, SEGWIT = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
XMR = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"


def found(text: str) -> set[tuple[str, str]]:
    return {(one.kind.value, one.value) for one in identifiers_in(text, PersonRole.SUSPECT)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to Sample.Name+1@Mail.example.", ("EMAIL", "sample.name+1@mail.example")),
        ("sample [at] mail [dot] example", ("EMAIL", "sample@mail.example")),
        ("почта: пример@почта.example", ("EMAIL", "пример@почта.example")),
        ("see hxxps://Photos[.]example/p/../a?x=1.", ("URL", "photos.example/a?x=1")),
        ("(https://photos.example/a_(b))", ("URL", "photos.example/a_(b)")),
        ("www.photos.example/x, ok", ("URL", "photos.example/x")),
        ("from 192[.]0[.]2[.]7 at night", ("IP", "192.0.2.7")),
        ("from 2001:DB8::7 at night", ("IP", "2001:db8::7")),
        ("I am @Harbor_Fox there", ("HANDLE", "harbor_fox")),
        ("snap: harbor_fox", ("HANDLE", "harbor_fox")),
        ("insta harbor.fox9 ok", ("HANDLE", "harbor.fox9")),
        ("my kik is harborfox", ("HANDLE", "harborfox")),
        ("телега: лиса_порт", ("HANDLE", "лиса_порт")),
        ("سناب: harbor_fox", ("HANDLE", "harbor_fox")),
        ("インスタ：harbor_fox", ("HANDLE", "harbor_fox")),
        ("snap: hаrbоr_fox", ("HANDLE", "harbor_fox")),  # two letters of it are Cyrillic
        ("call (202) 456-1111 today", ("PHONE", "+12024561111")),
        ("ruf an: +49 30 901820", ("PHONE", "+4930901820")),
        (f"pay {BTC} now", ("WALLET", BTC)),
        (f"pay {SEGWIT.upper()}", ("WALLET", SEGWIT)),
        (f"pay {ETH}", ("WALLET", ETH.lower())),
        (f"pay {XMR}", ("WALLET", XMR)),
    ],
)
def test_each_kind_is_found_and_nothing_else_with_it(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "at 10:30 on 12.01.2026, for 5.5 hours",
        "version 1.2.3.4.5 and 999.1.1.1",
        "mail me @ home, see you @ 5",
        "a snap decision",
        "javascript:alert(1) and http://localhost/x and http://user@photos.example/",
        BTC[:-1] + "b",
        SEGWIT[:-1] + "5",
        ETH[:-1] + "D",
        XMR[:-1] + "B",
        "0x" + "0" * 40,
        "order 1234567 of 2026",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert found(text) == set()


def test_a_word_of_one_script_stays_and_a_mixed_one_is_folded() -> None:
    assert plain_letters("порт hаrbor") == "порт harbor"
    assert refanged("hxxp://a[.]example") == "http://a.example"


def test_the_digest_of_wallets_is_the_one_before_sha3() -> None:
    # Source: the Keccak team's vector for the empty message, and the one all its libraries are tried with.
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    fox = keccak256(b"The quick brown fox jumps over the lazy dog")
    assert fox.hex() == "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"


def test_a_texts_identifiers_are_of_the_part_it_stands_in_and_say_where() -> None:
    document = {
        "incidentSummary": {"incidentType": "Online Enticement of Children for Sexual Acts"},
        "internetDetails": [{"chatImIncident": {"content": "snap: harbor_fox"}}],
        "personOrUserReported": [{"profileBio": "tg: port_lisa"}],
        "victim": [{"victimPerson": {}, "additionalInfo": "write to child@mail.example"}],
    }
    by_value = {one.value: one for one in found_in_text(document)}
    assert by_value["harbor_fox"].role is PersonRole.SUSPECT
    assert by_value["port_lisa"].role is PersonRole.SUSPECT
    assert by_value["child@mail.example"].role is PersonRole.VICTIM
    assert by_value["child@mail.example"].path == "/report/victim[1]/additionalInfo/text()"


@given(st.text(max_size=400))
def test_no_text_breaks_the_finder_and_every_value_is_its_own_normal_form(text: str) -> None:
    for one in identifiers_in(text, PersonRole.SUSPECT):
        assert one.value
        assert one.kind is IdentifierKind.WALLET or normalise(one.kind, one.value) == one.value


@given(st.text(alphabet="0123456789abcdefABCDEFx1345bcqpzry", min_size=3, max_size=100))
def test_no_writing_breaks_the_wallets(text: str) -> None:
    assert wallet_of(f"0x{text}"[:42]) in ("", f"0x{text}"[:42].lower())


def test_a_long_text_of_many_names_is_bounded() -> None:
    assert len(identifiers_in(" ".join(f"@name{at}_x" for at in range(1000)), PersonRole.SUSPECT)) == 200

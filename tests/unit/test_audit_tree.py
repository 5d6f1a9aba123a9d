"""The tree, the notes and the canonical form: promises to outsiders, so compared with outsiders."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tipline.domain.actor import ANONYMOUS_PUBLIC, Actor, ActorKind
from tipline.platform.audit.act import Act, canonical
from tipline.platform.audit.notes import Checkpoint, NotSigned, open_note, sign, split_notes, verifier_key
from tipline.platform.audit.tree import EMPTY_ROOT, Frontier, leaf_hash
from tipline.platform.audit.verbs import VERBS, UndeclaredAct

NOW = datetime(2026, 1, 13, 15, 4, 5, 678901, tzinfo=UTC)
ANALYST = Actor(ActorKind.USER, "analyst-1", role="ANALYST", session="s3cr3t-session", origin="192.0.2.7")
ACT = Act(NOW, ANALYST, "file.revealed", "file", "ab12", basis="18 USC 2258A(c)", details={"view": "full"})
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_root_is_that_of_an_independent_implementation(entries: list[bytes]) -> None:
    ours, theirs = Frontier(), InmemoryTree(algorithm="sha256")
    for entry in entries:
        ours.append(leaf_hash(entry))
        theirs.append_entry(entry)
    assert ours.root() == (theirs.get_root() if entries else EMPTY_ROOT)


def test_the_root_is_that_of_the_known_vectors() -> None:
    # The inputs and heads that certificate transparency logs test themselves with.
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    tree = Frontier()
    for entry in inputs:
        tree.append(leaf_hash(bytes.fromhex(entry)))
    assert tree.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(-(2**53) + 1, 2**53 - 1))
def test_the_canonical_form_is_that_of_rfc_8785(words: str, size: int) -> None:
    who = replace(ANALYST, agency=words)
    written = canonical(replace(ACT, actor=who, size_bytes=size), "a" * 32)
    assert written == rfc8785.dumps(json.loads(written))


@given(st.integers(min_value=0, max_value=200))
def test_a_frontier_goes_on_where_it_was_packed(size: int) -> None:
    whole, first = Frontier(), Frontier()
    for number in range(size):
        first.append(leaf_hash(str(number).encode()))
        whole.append(leaf_hash(str(number).encode()))
    again = Frontier.from_bytes(size, first.to_bytes())
    again.append(leaf_hash(b"more"))
    whole.append(leaf_hash(b"more"))
    assert (again.root(), again.size) == (whole.root(), size + 1)


def test_the_canonical_form_of_version_one_never_changes() -> None:
    written = canonical(ACT, "0" * 32)
    assert written.decode() == (
        '{"at":"2026-01-13T15:04:05.678901Z","basis":"18 USC 2258A(c)","bytes":null,'
        '"details":{"view":"full"},'
        '"entry":"00000000000000000000000000000000","object":{"id":"ab12","kind":"file"},"origin":"192.0.2.7",'
        '"outcome":"done","session":"sha256:a48ab2afe31d81dda32e8ca8a6a59b02","v":1,"verb":"file.revealed",'
        '"who":{"agency":"","ident":"analyst-1","kind":"user","role":"ANALYST"}}'
    ).replace("a48ab2afe31d81dda32e8ca8a6a59b02", hashlib.sha256(b"s3cr3t-session").hexdigest()[:32])


def test_one_moment_has_one_writing_whatever_its_zone() -> None:
    elsewhere = replace(ACT, at=NOW.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert canonical(elsewhere, "0" * 32) == canonical(ACT, "0" * 32)


def test_from_where_a_member_of_the_public_wrote_is_not_kept() -> None:
    traced = replace(ANONYMOUS_PUBLIC, session="cookie", origin="198.51.100.9")
    form = json.loads(canonical(Act(NOW, traced, "report.opened", "report", "1"), "0" * 32))
    assert (form["origin"], form["session"]) == ("", "")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ACT, verb="file.stared_at"),
        replace(ACT, details={"name": "x"}),
        replace(ACT, details={"view": "a sentence about somebody"}),
        replace(ACT, details={"view": "someone@example.org"}),
        replace(ACT, details={"view": "x" * 65}),
        replace(ACT, details={"view": 2**53}),
        replace(ACT, basis="because, as I wrote to the mother (see her mail of last week), it seemed urgent to me"),
        replace(ACT, outcome="perhaps"),
        replace(ACT, object_id="has blank"),
        replace(ACT, at=NOW.replace(tzinfo=None)),
        replace(ACT, actor=Actor(ActorKind.USER, "")),
    ],
)
def test_an_act_outside_the_vocabulary_is_a_bug(wrong: Act) -> None:
    with pytest.raises(UndeclaredAct):
        canonical(wrong, "0" * 32)


def test_several_codes_may_stand_in_one_detail() -> None:
    act = Act(NOW, ANALYST, "report.findings", "report", "1", details={"kinds": ",".join(["place", "link"] * 20)})
    assert b"place,link" in canonical(act, "0" * 32)


def test_every_verb_has_a_sentence_and_fits_its_column() -> None:
    assert all(verb.sentence and len(name) <= 64 and verb.name == name for name, verb in VERBS.items())


def test_a_note_gives_its_checkpoint_back() -> None:
    checkpoint = Checkpoint(size=12, root=bytes(32), at=NOW)
    assert open_note(sign(checkpoint, KEY), KEY.public_key()) == checkpoint


def test_a_note_has_the_form_that_witnesses_read() -> None:
    note = sign(Checkpoint(size=12, root=bytes(32), at=NOW), KEY).decode()
    body, _, signatures = note.partition("\n\n")
    assert body.split("\n")[:3] == ["tipline/audit", "12", base64.b64encode(bytes(32)).decode()]
    dash, name, encoded = signatures.rstrip("\n").split(" ")
    # A verifier key is name+key id+base64(algorithm, key); the id leads the signature.
    key_name, key_id, key_data = verifier_key(KEY.public_key()).split("+", 2)
    raw = base64.b64decode(encoded)
    assert (dash, name, key_name, raw[:4].hex()) == ("—", "tipline/audit", "tipline/audit", key_id)
    digest = hashlib.sha256(b"tipline/audit\n" + base64.b64decode(key_data)).digest()
    assert digest[:4].hex() == key_id
    KEY.public_key().verify(raw[4:], (body + "\n").encode())


@given(st.data())
def test_no_changed_note_is_taken(data: st.DataObject) -> None:
    note = bytearray(sign(Checkpoint(size=12, root=bytes(32), at=NOW), KEY))
    place = data.draw(st.integers(min_value=0, max_value=len(note) - 1))
    note[place] ^= data.draw(st.integers(min_value=1, max_value=255))
    with pytest.raises(NotSigned):
        open_note(bytes(note), KEY.public_key())


def test_a_note_of_another_key_is_not_taken() -> None:
    note = sign(Checkpoint(size=12, root=bytes(32), at=NOW), KEY)
    with pytest.raises(NotSigned):
        open_note(note, Ed25519PrivateKey.generate().public_key())


@given(st.integers(min_value=1, max_value=200))
def test_a_half_written_note_spoils_no_other(cut: int) -> None:
    note = sign(Checkpoint(size=12, root=bytes(32), at=NOW), KEY)
    torn = note[: min(cut, len(note) - 1)]
    notes, rest = split_notes(note + b"\n" + torn + b"\n\n" + note + b"\n")
    assert notes[0] == note
    assert notes[-1] == note
    assert rest or len(notes) == 3

"""Checkpoints as signed notes, so that any witness of the transparency world can read and check them. Pure.

Source: C2SP tlog-checkpoint (origin, size, root, extension lines); C2SP signed-note (Ed25519, type 0x01).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tipline.platform.audit.act import stamp

ORIGIN = "tipline/audit"
_ED25519 = b"\x01"
# One extension line carries the time, so that it is signed with the rest.
_BODY = re.compile(
    rb"(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    rb"time (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
)
_NOTE = re.compile(rb"(?P<body>(?:[^\n]+\n){4})\n(?P<signatures>(?:\xe2\x80\x94 [^\n]+\n)+)")


class NotSigned(Exception):
    """A note that is malformed or does not carry a true signature of the key asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A promise about the first `size` entries: their tree head, and when it was given."""

    size: int
    root: bytes
    at: datetime


def _key_id(public: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(ORIGIN.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[:4]


def verifier_key(public: Ed25519PublicKey) -> str:
    """This function will write the public key as a signed-note verifier key, for outside witnesses."""
    encoded = base64.b64encode(_ED25519 + public.public_bytes_raw()).decode()
    return f"{ORIGIN}+{_key_id(public).hex()}+{encoded}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """This function will write a checkpoint as a signed note."""
    root = base64.b64encode(checkpoint.root).decode()
    body = f"{ORIGIN}\n{checkpoint.size}\n{root}\ntime {stamp(checkpoint.at)}\n".encode()
    signature = base64.b64encode(_key_id(key.public_key()) + key.sign(body)).decode()
    return body + f"\n— {ORIGIN} {signature}\n".encode()


def open_note(note: bytes, public: Ed25519PublicKey) -> Checkpoint:
    """This function will check a note's signature and read its checkpoint.

    Raises NotSigned where the note is malformed or the signature is not of this key.
    """
    parts = _NOTE.fullmatch(note)
    if parts is None or (body := _BODY.fullmatch(parts["body"])) is None:
        raise NotSigned("the note is malformed")
    if body["origin"] != ORIGIN.encode() or not _is_signed(parts["body"], parts["signatures"], public):
        raise NotSigned("the signature does not fit")
    moment = datetime.fromisoformat(body["at"].decode())
    return Checkpoint(size=int(body["size"]), root=base64.b64decode(body["root"]), at=moment)


def _is_signed(body: bytes, signatures: bytes, public: Ed25519PublicKey) -> bool:
    wanted = _key_id(public)
    for line in signatures.decode(errors="replace").splitlines():
        name, _, encoded = line.removeprefix("— ").partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
            # One signature has one writing: base64 with stray bits at its end is not taken.
            if name == ORIGIN and raw[:4] == wanted and base64.b64encode(raw).decode() == encoded:
                public.verify(raw[4:], body)
                return True
        except (ValueError, InvalidSignature):
            continue
    return False


def split_notes(text: bytes) -> tuple[list[bytes], bytes]:
    """This function will part a witness's file into notes, and what fits no note."""
    notes = [found.group(0) for found in _NOTE.finditer(text)]
    return notes, _NOTE.sub(b"", text).strip(b"\n")

"""The Shield form: a small platform without a matcher asks whether a file, or a PDQ, is on a list.

The bytes are hashed while they arrive and never kept. A still picture is decoded in the sandbox for its PDQ; where the
sandbox cannot run, or for anything else, its digests alone are compared. Addresses are never fetched.
Source: arachnid-shield-sdk 0.2.2.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tipline.domain.errors import Refusal
from tipline.interfaces.hash_sharing.answers import SHIELD, Wait
from tipline.interfaces.hash_sharing.callers import Caller
from tipline.interfaces.hash_sharing.calls import Knock, call, pieces, read_body
from tipline.interfaces.ui.bodies import streamed
from tipline.interfaces.wire.basic import read_basic
from tipline.media import sandbox
from tipline.reference.hashlists import queries
from tipline.reference.hashlists.values import EntryLine, Match, Print

SCOPE = "SHIELD"
KNOCK = Knock(SHIELD, SCOPE, lambda request: read_basic(request.headers.get("Authorization", "")))
MOST_BYTES = 256 * 1024 * 1024
MOST_JSON = 256 * 1024
MOST_HASHES = 1000
MOST_MATCHES = 5  # of one file: the strongest; a picture that everybody listed has hundreds
MOST_LOOKED_AT = 100  # for those: what an owner hides must not stand before what others show
DECODED_AT_ONCE, DECODE_WAIT_SECONDS = 2, 20.0
CSAM, HARMFUL, NONE = "csam", "harmful-abusive-material", "no-known-match"
_DECODING = threading.BoundedSemaphore(DECODED_AT_ONCE)
_EXPLOITATIVE = frozenset(("industry-exploitative", "npo-exploitative"))
Seen = tuple[Match, EntryLine]


class _Hashed:
    """A body that is hashed as it passes. Not a generator: whoever stops reading early must not close it."""

    def __init__(self, body: Iterator[bytes]) -> None:
        self._body = body
        self.size = 0
        self.md5, self.sha1 = (hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1"))
        self.sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._body)
        self.size += len(piece)
        for digest in (self.md5, self.sha1, self.sha256):
            digest.update(piece)
        return piece


def media(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will say whether a file is known, by its digests and, for a still picture, by its look."""
    hashed = _Hashed(pieces(request, MOST_BYTES))
    looks = _looks(hashed)
    for _ in hashed:  # what the sandbox did not ask for
        pass
    digests = (Print("MD5", hashed.md5.hexdigest()), Print("SHA1", hashed.sha1.hexdigest()))
    seen = _seen(caller, (*digests, Print("SHA256", hashed.sha256.hexdigest()), *looks))
    _note(caller, "media", 1, bool(seen))
    found = {
        "size_bytes": hashed.size,
        "sha1_base32": base64.b32encode(hashed.sha1.digest()).decode(),
        "sha256_hex": hashed.sha256.hexdigest(),
        **_verdict(seen),
        "near_match_details": [_near(one) for one in seen if one[0].how == "PDQ"],
    }
    return _json(found)


def _looks(body: Iterator[bytes]) -> tuple[Print, ...]:
    if not _DECODING.acquire(timeout=DECODE_WAIT_SECONDS):
        raise Wait("busy", "Too many pictures at once. Please try again.", 1)
    try:
        found = sandbox.fingerprint(body)
    finally:
        _DECODING.release()
    return () if isinstance(found, sandbox.Refused) else (Print("PDQ", found.pdq.hex, found.pdq.quality),)


def _seen(caller: Caller, prints: Sequence[Print]) -> list[Seen]:
    matches = queries.look_up(prints, test=caller.place.environment == "test")
    return list(_visible(caller, matches))


def _visible(caller: Caller, matches: Sequence[Match]) -> Iterator[Seen]:
    # An owner may have hidden its entries from this partner: then there is no match.
    shown = 0
    for match in matches[:MOST_LOOKED_AT]:
        entry = queries.find_visible(match.entry, caller.id)
        if entry is not None:
            shown += 1
            yield match, entry
        if shown == MOST_MATCHES:
            return


def _class(match: Match) -> str:
    # What nobody classed, a survivor's own word or what a platform handed in, is told as harmful, not as judged abuse
    # material.
    return CSAM if match.classification and match.list_slug not in _EXPLOITATIVE else HARMFUL


def _verdict(seen: Sequence[Seen]) -> dict[str, Any]:
    classes = {_class(match) for match, _ in seen}
    exact = any(match.how != "PDQ" for match, _ in seen)
    return {
        "classification": CSAM if CSAM in classes else HARMFUL if classes else NONE,
        "match_type": "exact" if exact else "near" if seen else None,
    }


def _near(seen: Seen) -> dict[str, Any]:
    match, entry = seen
    values = {one.type: one.value for one in entry.prints}
    sha1 = base64.b32encode(bytes.fromhex(values.get("SHA1", ""))).decode()
    return {
        "timestamp": 0.0,
        "sha1_base32": sha1,
        "sha256_hex": values.get("SHA256", ""),
        "classification": _class(match),
    }


@transaction.atomic
def _note(caller: Caller, kind: str, count: int, known: int) -> None:
    caller.note("hash.asked", "hash_list", caller.place.environment, count=count, known=known, kind=kind)


def url(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will refuse: nothing is ever fetched from an address that somebody names."""
    sentence = "Addresses are not fetched here. Send the bytes to /v1/media/, or the PDQ to /v1/pdq/."
    raise Refusal("never_fetched", sentence)


def pdq(caller: Caller, request: HttpRequest) -> HttpResponse:
    """This function will say which of some PDQ hashes are near one that is listed."""
    asked = _hashes(read_body(request, MOST_JSON))
    rows = dict(enumerate(asked.values()))
    matched = queries.look_up_many(
        {row: (Print("PDQ", value, 100),) for row, value in rows.items()}, test=caller.place.environment == "test"
    )
    found = {}
    for row, given in enumerate(asked):
        seen = list(_visible(caller, matched.get(row, ())))
        found[given] = {**_verdict(seen), "near_match_details": _near(seen[0]) if seen else None}
    _note(caller, "pdq", len(found), sum(one["match_type"] is not None for one in found.values()))
    return _json({"scanned_hashes": found})


def _hashes(raw: bytes) -> dict[str, str]:
    """Return hex by the text that was sent."""
    try:
        listed = json.loads(raw)["hashes"]
        found = {str(one): base64.b64decode(str(one), validate=True) for one in listed[: MOST_HASHES + 1]}
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise Refusal("bad_json", "Send hashes, a list of PDQ hashes in base64.") from None
    if len(found) > MOST_HASHES or any(len(one) != 32 for one in found.values()):
        raise Refusal("bad_json", f"Send up to {MOST_HASHES} hashes of 32 bytes each, in base64.")
    return {text: value.hex() for text, value in found.items()}


def _json(found: dict[str, Any]) -> HttpResponse:
    return SHIELD.answer(json.dumps(found).encode())


def paths(environment: str) -> list[URLPattern]:
    """This function will give the addresses of this form; `environment` is production or test."""
    # Who calls is checked before a byte is read, and the bytes are hashed as they come.
    whole = streamed(call(KNOCK, environment, POST=media), most=MOST_BYTES)
    return [
        path("v1/media/", whole),
        path("v1/url/", call(KNOCK, environment, POST=url)),
        path("v1/pdq/", call(KNOCK, environment, POST=pdq)),
    ]

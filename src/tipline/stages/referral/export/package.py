"""The package: one ZIP with everything the agency may have, and digests of every member byte for byte.

The same document and files give the same bytes: members stand in a fixed order and carry no clock.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol, cast

from tipline.domain.cybertip.render import render_file_details
from tipline.domain.report import Document, FileRef
from tipline.stages.referral.export.ids_json import render_ids
from tipline.stages.referral.export.pdf import render_pdf
from tipline.stages.referral.files import details_member, goes_into_package, member_name
from tipline.stages.referral.material import Material

MANIFEST, SUMS = "MANIFEST.json", "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP can name
_README = (
    "report.pdf       the report, for reading\n"
    "report.json      the report, in the shape of the ICAC Data System (UTF-8 with a byte order mark at its\n"
    "                 start: read it as utf-8-sig)\n"
    "tipline.json     everything on the report page, for programmes\n"
    "submission.xml   what the company sent, byte for byte (submission-rendered.xml: written by us from a\n"
    "                 person's words; further parts carry their number)\n"
    "file-details-*   what the company said about each file, by the file's number on the page\n"
    "files/           files that may be opened; sealed files are listed in MANIFEST.json with the reason\n"
    "MANIFEST.json    every member with size and SHA-256\n"
    "SHA256SUMS       check with: sha256sum -c SHA256SUMS\n"
)
Read = Callable[[FileRef], Iterable[bytes]]


def is_document(name: str) -> bool:
    """This function will tell whether a member can be had alone as a document: it is none of the files, no list."""
    return not name.startswith("files/") and name not in {MANIFEST, SUMS}


class Sink(Protocol):
    """Where the package's bytes go."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes."""


class DigestMismatch(Exception):
    """A file read from the vault is not the one that was received; nothing is handed over."""


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into one agency's package."""

    document: Document
    material: Material


class _Output:
    """Gives zipfile the file-like object it writes to; it is never sought in."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """This function will do nothing: the sink buffers by itself."""


def write_package(sink: Sink, content: Content, read: Read) -> dict[str, Any]:
    """This function will write the ZIP and return its manifest: member name -> sha256 (hex) and bytes.

    Raises DigestMismatch where a file's bytes are not those of the record.
    """
    manifest: dict[str, Any] = {}
    # zipfile asks for write and flush alone where it cannot seek.
    with zipfile.ZipFile(cast(IO[bytes], _Output(sink)), "w") as archive:
        for name, data in _texts(content):
            manifest[name] = _add(archive, name, [data])
        for file in content.material.files:
            if goes_into_package(file):
                manifest[member_name(file)] = _add_file(archive, file, read)
        manifest[MANIFEST] = _add(archive, MANIFEST, [_manifest(content, manifest)])
        sums = "".join(f"{manifest[name]['sha256']}  {name}\n" for name in manifest)
        manifest[SUMS] = _add(archive, SUMS, [sums.encode()])
    return manifest


def _texts(content: Content) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", _README.encode()
    yield "report.pdf", render_pdf(content.document)
    yield "report.json", render_ids(content.material)
    yield "tipline.json", _json(content.document)
    yield from ((one.member, one.data) for one in content.material.submissions)
    for file in content.material.files:
        if file.details:
            yield details_member(file), render_file_details(file.details)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], *, packed: bool = True) -> dict[str, Any]:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=not packed) as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"sha256": digest.hexdigest(), "bytes": size}


def _add_file(archive: zipfile.ZipFile, file: FileRef, read: Read) -> dict[str, Any]:
    # Pictures and videos are packed already.
    added = _add(archive, member_name(file), read(file), packed=False)
    if added["sha256"] != file.sha256:
        raise DigestMismatch("a file in the vault is not the one that was received")
    return added


def _manifest(content: Content, members: dict[str, Any]) -> bytes:
    document = content.document
    sealed = [row for row in document["files"] if row["member"] is None]
    value = {
        "form": "tipline package 1",
        "report": document["number"],
        "agency": document["agency"]["id"],
        "version": document["version"],
        "kind": document["kind"],
        "as_of": document["as_of"],
        "members": {name: members[name] for name in sorted(members)},
        "sealed": [
            {key: row[key] for key in ("file_id", "position", "size", "md5", "sha1", "sha256", "state_words")}
            for row in sealed
        ],
    }
    return _json(value)

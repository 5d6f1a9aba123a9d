"""What a file is, told from its first bytes; its name and what its sender says about it are not trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096


class Family(StrEnum):
    """What can be done with a file."""

    STILL = "still image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A file's media type and family, by content."""

    media_type: str
    family: Family


@dataclass(frozen=True, slots=True)
class _Magic:
    at: int
    marks: bytes
    kind: FileKind


def _kind(media_type: str, family: Family) -> FileKind:
    return FileKind(media_type, family)


UNKNOWN = _kind("application/octet-stream", Family.UNKNOWN)
TEXT = _kind("text/plain", Family.DOCUMENT)
_MP4 = _kind("video/mp4", Family.VIDEO)
_TIFF = _kind("image/tiff", Family.STILL)
_ZIP = _kind("application/zip", Family.ARCHIVE)

# Sources: the formats' own specifications; where two start alike the longer mark stands first.
_MAGICS = (
    _Magic(0, b"\xff\xd8\xff", _kind("image/jpeg", Family.STILL)),
    _Magic(0, b"\x89PNG\r\n\x1a\n", _kind("image/png", Family.STILL)),
    _Magic(0, b"GIF87a", _kind("image/gif", Family.STILL)),
    _Magic(0, b"GIF89a", _kind("image/gif", Family.STILL)),
    _Magic(0, b"II*\x00", _TIFF),
    _Magic(0, b"MM\x00*", _TIFF),
    _Magic(0, b"\x00\x00\x01\x00", _kind("image/x-icon", Family.STILL)),
    _Magic(0, b"8BPS", _kind("image/vnd.adobe.photoshop", Family.STILL)),
    _Magic(0, b"\x1a\x45\xdf\xa3", _kind("video/x-matroska", Family.VIDEO)),
    _Magic(0, b"FLV\x01", _kind("video/x-flv", Family.VIDEO)),
    _Magic(0, b"\x00\x00\x01\xba", _kind("video/mpeg", Family.VIDEO)),
    _Magic(0, b"\x00\x00\x01\xb3", _kind("video/mpeg", Family.VIDEO)),
    _Magic(0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), _kind("video/x-ms-asf", Family.VIDEO)),
    _Magic(0, b"ID3", _kind("audio/mpeg", Family.AUDIO)),
    _Magic(0, b"OggS", _kind("audio/ogg", Family.AUDIO)),
    _Magic(0, b"fLaC", _kind("audio/flac", Family.AUDIO)),
    _Magic(0, b"#!AMR", _kind("audio/amr", Family.AUDIO)),
    _Magic(0, b"%PDF-", _kind("application/pdf", Family.DOCUMENT)),
    _Magic(0, b"{\\rtf", _kind("application/rtf", Family.DOCUMENT)),
    _Magic(0, bytes.fromhex("d0cf11e0a1b11ae1"), _kind("application/x-ole-storage", Family.DOCUMENT)),
    _Magic(0, b"PK\x03\x04", _ZIP),
    _Magic(0, b"PK\x05\x06", _ZIP),
    _Magic(0, b"Rar!\x1a\x07", _kind("application/vnd.rar", Family.ARCHIVE)),
    _Magic(0, b"7z\xbc\xaf\x27\x1c", _kind("application/x-7z-compressed", Family.ARCHIVE)),
    _Magic(0, b"\x1f\x8b", _kind("application/gzip", Family.ARCHIVE)),
    _Magic(257, b"ustar", _kind("application/x-tar", Family.ARCHIVE)),
)

# RIFF and ISO base media files say at offset 8 what they hold.
_RIFF = {
    b"WEBP": _kind("image/webp", Family.STILL),
    b"AVI ": _kind("video/x-msvideo", Family.VIDEO),
    b"WAVE": _kind("audio/wav", Family.AUDIO),
}
_BRANDS = {
    b"avif": _kind("image/avif", Family.STILL),
    b"avis": _kind("image/avif", Family.STILL),
    b"heic": _kind("image/heic", Family.STILL),
    b"heix": _kind("image/heic", Family.STILL),
    b"mif1": _kind("image/heif", Family.STILL),
    b"qt  ": _kind("video/quicktime", Family.VIDEO),
    b"M4A ": _kind("audio/mp4", Family.AUDIO),
    b"3gp4": _kind("video/3gpp", Family.VIDEO),
    b"3gp5": _kind("video/3gpp", Family.VIDEO),
}
# Formats that the decoder in the sandbox is allowed to open.
DECODABLE = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/bmp",
        "image/tiff",
        "image/avif",
        "image/x-icon",
    }
)
# Films whose frames are hashed there.
FILMS = frozenset(
    {
        "video/mp4",
        "video/quicktime",
        "video/3gpp",
        "video/x-matroska",
        "video/x-msvideo",
        "video/x-flv",
        "video/mpeg",
        "video/mp2t",
        "video/x-ms-asf",
    }
)
# Archives whose members are counted there.
LOOKED_INTO = frozenset({"application/zip", "application/x-tar", "application/gzip"})


def identify(head: bytes) -> FileKind:
    """This function will tell what a file is from its first HEAD_BYTES bytes."""
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], _MP4)
    for magic in _MAGICS:
        if head[magic.at : magic.at + len(magic.marks)] == magic.marks:
            return magic.kind
    return _weak_signs(head)


def _weak_signs(head: bytes) -> FileKind:
    # Marks of two bytes or none at all come last: many other files happen to start like these.
    if (
        head[:2] == b"BM"
        and len(head) >= 18
        and head[6:10] == b"\0\0\0\0"
        and head[14] in {12, 40, 52, 56, 64, 108, 124}
    ):
        return _kind("image/bmp", Family.STILL)
    if len(head) > 188 and head[0] == head[188] == 0x47:
        return _kind("video/mp2t", Family.VIDEO)
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return _kind("audio/mpeg", Family.AUDIO)
    return TEXT if head and _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head[:HEAD_BYTES].decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut in two at the end of the head is no sign against text.
        return len(head) - error.start < 4 and error.reason == "unexpected end of data"
    return True

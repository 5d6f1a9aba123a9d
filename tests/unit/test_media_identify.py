"""What a file is, by content alone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tipline.media.identify import DECODABLE, Family, identify


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
        ("ICO", "image/x-icon"),
    ],
)
def test_pictures_are_known_and_decodable(form: str, media_type: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(out, form)
    kind = identify(out.getvalue()[:4096])
    assert (kind.media_type, kind.family) == (media_type, Family.STILL)
    assert media_type in DECODABLE


@pytest.mark.parametrize(
    ("head", "media_type", "family"),
    [
        (b"\0\0\0\x18ftypmp42", "video/mp4", Family.VIDEO),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime", Family.VIDEO),
        (b"\0\0\0\x18ftypheic", "image/heic", Family.STILL),
        (b"\x1a\x45\xdf\xa3rest", "video/x-matroska", Family.VIDEO),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo", Family.VIDEO),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", Family.AUDIO),
        (b"%PDF-1.7", "application/pdf", Family.DOCUMENT),
        (b"PK\x03\x04rest", "application/zip", Family.ARCHIVE),
        (b"just words", "text/plain", Family.DOCUMENT),
        ("wörter".encode()[:2], "text/plain", Family.DOCUMENT),
        (b"BMW is a car, not a picture", "text/plain", Family.DOCUMENT),
        (b"\x00\x01\x02\x03", "application/octet-stream", Family.UNKNOWN),
        (b"", "application/octet-stream", Family.UNKNOWN),
    ],
)
def test_other_files_are_told_by_their_first_bytes(head: bytes, media_type: str, family: Family) -> None:
    kind = identify(head)
    assert (kind.media_type, kind.family) == (media_type, family)


@given(st.binary(max_size=600))
def test_any_bytes_are_something(head: bytes) -> None:
    assert identify(head).media_type

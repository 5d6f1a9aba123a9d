"""What a reader gives for each row of a file: the fingerprints and the little else that is kept, or what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MD5, SHA1, SHA256, PDQ, PDNA = "MD5", "SHA1", "SHA256", "PDQ", "PDNA"
_HEX = {MD5: 32, SHA1: 40, SHA256: 64, PDQ: 64}
_HEX_ONLY = re.compile(r"[0-9a-fA-F]+")
# PhotoDNA is licensed: 144 bytes in Base64 are kept, compared and passed on, never computed.
_PHOTODNA = re.compile(r"[A-Za-z0-9+/]{192}")
MOST_ID = 80
MOST_SIZE = 2**62


class FileProblem(Exception):
    """A file that cannot be read on; `sentence` is plain words for a person, `row` the last row that was reached."""

    def __init__(self, code: str, sentence: str, row: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.row = row


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one row. The value itself is never repeated."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SeizedFile:
    """One file of a collection. Digests lowercase hex, PhotoDNA as Base64; `media_id` is the examiner's own number.

    Names, paths and comments are not read: they may name a child, and no answer needs them.
    """

    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    pdq: str = ""
    pdq_quality: int = 0
    photodna: str = ""
    size: int | None = None
    media_id: str = ""
    category: int = 0
    series: str = ""
    victim_identified: bool | None = None
    is_distributed: bool | None = None
    updated_at: str = ""

    @property
    def has_print(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.md5 or self.sha1 or self.sha256 or self.pdq or self.photodna)


@dataclass(frozen=True, slots=True)
class Read:
    """One row as it was read: its number from 1, the file where it has a fingerprint, and its problems."""

    row: int
    file: SeizedFile | None
    problems: tuple[Problem, ...] = ()


def digest_of(kind: str, raw: Any) -> tuple[str, str]:
    """This function will read one fingerprint: (value, "") or ("", what is wrong); both empty where none is given."""
    if raw is None:
        return "", ""
    if not isinstance(raw, str):
        return "", "It must be text."
    text = raw.strip()
    if not text:
        return "", ""
    if kind == PDNA:
        good = bool(_PHOTODNA.fullmatch(text))
        return (text, "") if good else ("", "PhotoDNA must be 192 signs of Base64.")
    if len(text) == _HEX[kind] and _HEX_ONLY.fullmatch(text):
        return text.lower(), ""
    return "", f"It must be {_HEX[kind]} hexadecimal digits."


def flag_of(raw: Any) -> bool | None:
    """This function will read a boolean as real files carry it: true, "true", 1, "yes"; None where it is not said."""
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str | int) else ""
    return {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}.get(
        word
    )


def whole_of(raw: Any, most: int = MOST_SIZE) -> int | None:
    """This function will read a whole number from 0 to `most`; None where it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdigit() and len(raw) < 20:
        raw = int(raw)
    return raw if isinstance(raw, int) and 0 <= raw <= most else None


def ident_of(raw: Any) -> str:
    """This function will read the examiner's own number of a file: printable signs alone, cut where it is too long."""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    text = str(raw)[:MOST_ID] if not isinstance(raw, int) or abs(raw) < 10**MOST_ID else ""
    return "".join(char for char in text.strip() if char.isprintable())

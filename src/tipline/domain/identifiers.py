"""How identifiers are normalised for comparison, and the 64-bit hash under which they are indexed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from tipline.domain.report import Identifier, IdentifierKind

_K = IdentifierKind


def normalise(kind: IdentifierKind, raw: str) -> str:
    """This function will bring an identifier into the form in which two writings of it are equal.

    Returns an empty string where nothing comparable is left. Normalising twice changes nothing.
    """
    form = _FORMS.get(kind, str)
    text = raw
    while (once := form(unicodedata.normalize("NFKC", text).strip().casefold())) != text:
        text = once
    return text


def _phone(text: str) -> str:
    digits = "".join(char for char in text if char in "0123456789")
    if text.startswith("+") or not digits:
        return "+" + digits if digits else ""
    # Ten digits, or eleven that begin with 1, are North American (NANP), the house's home numbering plan.
    if len(digits) == 10:
        return "+1" + digits
    return "+" + digits if len(digits) == 11 and digits.startswith("1") else digits


_FORMS: Mapping[IdentifierKind, Callable[[str], str]] = {
    _K.HANDLE: lambda text: text.lstrip("@").strip(),
    _K.PHONE: _phone,
    _K.DEVICE: lambda text: "".join(text.split()).replace(":", "").replace("-", ""),
    _K.URL: lambda text: text.split("://", 1)[-1].removeprefix("www.").rstrip("/"),
    _K.NAME: lambda text: " ".join(text.split()),
}


def hash64(kind: IdentifierKind, value: str) -> int:
    """This function will give the signed 64-bit index key of a normalised identifier."""
    digest = hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def key_of(identifier: Identifier) -> tuple[IdentifierKind, str]:
    """This function will give what makes two identifiers the same one."""
    return identifier.kind, identifier.value


def distinct(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """This function will give each identifier once where kind, value, role and time agree, and none without a value."""
    return tuple({(one.kind, one.value, one.role, one.at): one for one in identifiers if one.value}.values())

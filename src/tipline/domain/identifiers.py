"""How identifiers are normalised for comparison, and the 64-bit hash under which they are indexed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tipline.domain.lookalikes import mailbox, skeleton
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
    _K.WALLET: lambda text: "".join(text.split()).removeprefix("bitcoin:").removeprefix("ethereum:"),
}
# Kinds that have a form in which different writings are equal: the kind it is kept under, and how it is made.
_ALIKE: Mapping[IdentifierKind, tuple[IdentifierKind, Callable[[str], str]]] = {
    _K.EMAIL: (_K.EMAIL_FORM, mailbox),
    _K.HANDLE: (_K.HANDLE_FORM, skeleton),
}
_PLAIN = {form: kind for kind, (form, _) in _ALIKE.items()}


def form_of(identifier: Identifier) -> Identifier | None:
    """This function will give the form of an identifier in which other writings of it are equal, if there is one.

    Its raw text is the identifier as normalised, so that `plain` brings it back.
    """
    kind, made = _ALIKE.get(identifier.kind, (None, str))
    value = made(identifier.value)
    if kind is None or not value:
        return None
    return replace(identifier, kind=kind, value=value, raw=identifier.value)


def plain(identifier: Identifier) -> Identifier:
    """This function will give the identifier that a form stands for; any other one as it is."""
    kind = _PLAIN.get(identifier.kind)
    return identifier if kind is None else replace(identifier, kind=kind, value=identifier.raw)


def hash64(kind: IdentifierKind, value: str, environment: str = "production") -> int:
    """This function will give the signed 64-bit index key of a normalised identifier.

    A test's values have keys of their own: no look-up of real reports comes upon them, and none is counted with these.
    """
    apart = "" if environment == "production" else f"{environment}\0"
    digest = hashlib.blake2b(f"{apart}{kind}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def key_of(identifier: Identifier) -> tuple[IdentifierKind, str]:
    """This function will give what makes two identifiers the same one."""
    return identifier.kind, identifier.value


def distinct(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """This function will give each identifier once where kind, value, role and time agree, and none without a value."""
    return tuple({(one.kind, one.value, one.role, one.at): one for one in identifiers if one.value}.values())

"""What is written differently and means the same: letters that look alike, digits for letters, one mailbox's names.

Small tables, each line a fact of its own. Letters: those of Unicode's confusables (UTS 39) that stand for a Latin
letter in Cyrillic and Greek handles. Mailboxes: what the providers themselves say of dots, tags and domains.
"""

from __future__ import annotations

import unicodedata

# Cyrillic and Greek small letters by the Latin one that they look like.
_LETTERS = {
    "a": "аα", "b": "вβьъ", "c": "сς", "d": "ԁ", "e": "еёєε", "g": "ɡ", "h": "һнη", "i": "іїιɩ", "j": "јϳ", "k": "кκ",
    "l": "ӏ", "m": "мμ", "n": "пԉ", "o": "оοσө", "p": "рρ", "q": "ԛ", "r": "гꭇ", "s": "ѕ", "t": "тτ", "u": "υμц",
    "v": "ѵν", "w": "шԝωщ", "x": "хχ", "y": "уүγ", "z": "ʐ",
}  # fmt: skip
# One that stands for two letters keeps the first of them: comparison needs one answer, not the right one.
_LOOKS = {sign: letter for letter, signs in reversed(_LETTERS.items()) for sign in signs}
# Digits and signs for letters. `i`, `l` and `1` look alike in most founts, and become one letter.
_LEET = {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "l", "|": "l"}
_ALIKE = str.maketrans(
    {sign: "l" if letter == "i" else letter for sign, letter in (_LOOKS | _LEET | {"i": "i"}).items()}
)
_LEAST_LETTERS = 5

# Providers whose mailboxes have several domains; the first one stands for all.
_SAME_DOMAINS = (
    ("gmail.com", "googlemail.com"),
    ("yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"),
    ("proton.me", "protonmail.com", "pm.me", "protonmail.ch"),
    ("icloud.com", "me.com", "mac.com"),
)
_DOMAIN = {other: first for first, *others in _SAME_DOMAINS for other in others}
# Providers that deliver "name+anything" to "name", and those to whom dots in the name mean nothing.
_TAGS = frozenset(
    {"gmail.com", "yandex.ru", "proton.me", "icloud.com", "outlook.com", "hotmail.com", "live.com", "fastmail.com"}
)
_DOTLESS = frozenset({"gmail.com", "proton.me"})


def mailbox(address: str) -> str:
    """This function will give the one name of an e-mail address's mailbox; the address itself where nothing is known.

    address: normalised, small letters.
    """
    name, at, domain = address.rpartition("@")
    if not at:
        return address
    domain = _DOMAIN.get(domain, domain)
    if domain in _TAGS:
        name = name.partition("+")[0] or name
    if domain in _DOTLESS:
        name = name.replace(".", "") or name
    return f"{name}@{domain}"


def letters(handle: str) -> str:
    """This function will write a handle in plain letters: no separators, no lookalikes, no digits for letters within.

    Digits at its end stay: there they are a number.
    """
    kept = "".join(char for char in unicodedata.normalize("NFD", handle) if not unicodedata.combining(char))
    body = kept.rstrip("0123456789")
    plain = (char for char in body.translate(_ALIKE) if char.isalnum())
    return "".join(plain) + kept[len(body) :]


def skeleton(handle: str) -> str:
    """This function will give what is left of a handle when letters that look alike, separators and a number at its end
    are one; empty where too little is left to tell people apart.
    """
    left = letters(handle).rstrip("0123456789")
    return left if len(left) >= _LEAST_LETTERS else ""

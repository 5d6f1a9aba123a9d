"""How words are written: what belongs to one word in which script, and when two writings are the same word. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def _ranges(of: Iterable[int]) -> str:
    """What stands between the brackets of a regular expression for these signs."""
    runs: list[list[int]] = []
    for code in of:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in runs)


# Vowel signs and the like are part of a word in most scripts, and no letters to `\w`; joiners stand inside words too.
_COMBINING = _ranges(code for code in range(0x10000) if unicodedata.category(chr(code))[0] == "M")
TOKEN = re.compile(rf"[\w@${_COMBINING}\u200c\u200d]+(?:['’][\w{_COMBINING}]+)*")
# What people leave out when they type: accents, nuktas, Arabic vowels. A vowel sign of an Indian script is a letter.
_ACCENTS = frozenset((7, *range(27, 37), *range(200, 256)))  # combining classes
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
# Letters of other scripts that look like Latin ones, for words that mix scripts.
_ALIKE = str.maketrans("аеорсухкмнтвіјѕԁɡοαερτυνικ", "aeopcyxkmhtbijsdgoaeptuvik")
# One letter in several writings, and signs that only join or stretch.
_SAME = str.maketrans("ıđłøیىکہەँঁ", "idloييكههंং", "’'\u200c\u200d\u0640")
_LATIN = re.compile(r"[a-z]")
_RUN = re.compile(r"(.)\1{2,}")


def fold(word: str) -> str:
    """This function will bring a word into the form in which its writings are equal."""
    spelled = unicodedata.normalize("NFKD", word).casefold()
    plain = "".join(sign for sign in spelled if unicodedata.combining(sign) not in _ACCENTS)
    plain = _RUN.sub(r"\1", plain.translate(_SAME))
    if not _LATIN.search(plain):
        return unicodedata.normalize("NFC", plain)
    return plain.translate(_ALIKE).translate(_LEET) if not plain.isdigit() else plain


folded = lru_cache(maxsize=1 << 16)(fold)

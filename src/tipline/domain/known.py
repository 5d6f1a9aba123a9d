"""What a look at the hash lists says of a file, in words that desk, police and packages share. Pure.

A survivor's own word is never shown as judged material: nobody of ours ever saw that picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from tipline.domain.findings import FileKnown

SURVIVOR = "survivor"
CONFIRMED, DISPUTED, WITHDRAWN = "confirmed", "disputed", "withdrawn"
# Types of fingerprints as people write them.
TYPE_WORDS = {"SHA1": "SHA-1", "SHA256": "SHA-256", "PDNA": "PhotoDNA", "NETCLEAN": "NetClean"}
_NUMBERS = {1: "one person", 2: "two people", 3: "three people", 4: "four people"}
_STANDING = {
    CONFIRMED: "Partners confirmed the entry since.",
    DISPUTED: "Partners dispute the entry: look before you rely on it.",
    WITHDRAWN: "The entry was withdrawn since: do not rely on it.",
}


@dataclass(frozen=True, slots=True)
class KnownWords:
    """One line about a known file: what it is, how it agrees, and what to be careful of."""

    title: str
    how: str
    standing: str
    is_caution: bool

    @property
    def sentence(self) -> str:
        """Everything in one line."""
        return " ".join(part for part in (f"{self.title}.", f"{self.how}.", self.standing) if part)


def words_of(body: FileKnown) -> KnownWords:
    """This function will say in words which entry a file agrees with."""
    return KnownWords(
        title=_title(body),
        how=_how(body),
        standing=_STANDING.get(body.standing, ""),
        is_caution=body.standing in (DISPUTED, WITHDRAWN),
    )


def _title(body: FileKnown) -> str:
    if body.source == SURVIVOR:
        return "A person asked to have this found"
    classified = f", class {body.classification}" if body.classification else ""
    return f"Known: {body.list_name}, {body.member}{classified}"


def _how(body: FileKnown) -> str:
    agrees = (
        f"looks the same, {body.distance} of 256 bits apart"
        if body.how == "PDQ"
        else f"same file by {TYPE_WORDS.get(body.how, body.how)}"
    )
    if body.source == SURVIVOR:
        return f"{agrees[0].upper()}{agrees[1:]}; nobody of ours judged it"
    if not body.judged_by:
        return f"{agrees[0].upper()}{agrees[1:]}; judged by {body.member} itself"
    people = _NUMBERS.get(body.judged_by, f"{body.judged_by} people")
    return f"{agrees[0].upper()}{agrees[1:]}; judged by {people}"


def is_shown(body: FileKnown) -> bool:
    """This function will say whether an agreement is told at all: what a survivor took back is told to nobody."""
    return not (body.source == SURVIVOR and body.standing == WITHDRAWN)

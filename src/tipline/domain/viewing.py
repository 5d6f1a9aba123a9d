"""Who at a company viewed which copy of a file: five states, of the wire's flag and the company's own statement.

The wire knows yes, no, and nothing. Companies mean different things by their no; each states once what it means
(`reference.directory`). Where nothing is stated, nothing is assumed.
"""

from __future__ import annotations

from enum import StrEnum

from tipline.domain.states import LegalState


class Viewed(StrEnum):
    """Who viewed which copy. Each of the last four counts as not viewed when police ask for the content."""

    VIEWED_NOW = "viewed_now"  # a person viewed this very copy
    SAME_HASH_BEFORE = "viewed_same_hash_before"  # a person once viewed a file with the same digest
    SIMILAR_BEFORE = "viewed_similar_before"  # a person once viewed a file that looks alike
    NOT_VIEWED = "not_viewed"  # nobody ever did
    NOT_SAID = "not_said"  # nothing was said, or nobody knows what the no means


# What a company may state that its "No" means.
MEANINGS: dict[Viewed, str] = {
    Viewed.SAME_HASH_BEFORE: "A person here once viewed a file with exactly the same digest",
    Viewed.SIMILAR_BEFORE: "A person here once viewed a file that looks the same, found by a visual fingerprint",
    Viewed.NOT_VIEWED: "No person here has viewed it, or any file like it",
}
WORDS: dict[Viewed, str] = {
    Viewed.VIEWED_NOW: "Viewed by the company",
    Viewed.SAME_HASH_BEFORE: (
        "This copy not viewed; by the company's own statement a person there once viewed a file with the same digest"
    ),
    Viewed.SIMILAR_BEFORE: (
        "This copy not viewed; by the company's own statement a person there once viewed a file that looks the same"
    ),
    Viewed.NOT_VIEWED: "Not viewed; by the company's own statement nobody there viewed any file like it",
    Viewed.NOT_SAID: "Not said",
}
UNEXPLAINED = "The company says: not viewed. What it means by that it has not stated"
# Which states open a file to police without a warrant. Source: `domain.statutes.WARRANT_RULE`, the strictest reading.
OPENING = frozenset({Viewed.VIEWED_NOW})


def viewed_of(flag: bool | None, meaning_of_no: Viewed | None) -> Viewed:
    """This function will join the wire's flag with what the company stated that its no means."""
    if flag is None:
        return Viewed.NOT_SAID
    return Viewed.VIEWED_NOW if flag else (meaning_of_no or Viewed.NOT_SAID)


def words_of(viewed: Viewed, flag: bool | None) -> str:
    """This function will say who viewed what, for officers and analysts."""
    return UNEXPLAINED if viewed is Viewed.NOT_SAID and flag is False else WORDS[viewed]


def legal_state(viewed: Viewed, publicly_available: bool | None) -> LegalState:
    """This function will tell whether police may see the content without a warrant; what is not said is a no."""
    return LegalState.OPEN if viewed in OPENING or publicly_available is True else LegalState.SEALED

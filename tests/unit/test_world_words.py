"""What people of the world say: in every language, in every situation, by many voices, in the script they write."""

from __future__ import annotations

import unicodedata

import pytest

from tipline.commands.simulate import printed_tables
from tipline.simulation.world.words import IDIOMS, LANGUAGE_OF, LANGUAGES, SAID, SITUATIONS, SPOKEN, TOKENS

LEAST, LEAST_ENGLISH, LONGEST = 6, 10, 160  # one message of a chat, as short as people write them
SCRIPTS = {
    "ru": {"CYRILLIC"},
    "uk": {"CYRILLIC"},
    "ar": {"ARABIC"},
    "fa": {"ARABIC"},
    "ur": {"ARABIC"},
    "hi": {"DEVANAGARI"},
    "bn": {"BENGALI"},
    "th": {"THAI"},
    "ko": {"HANGUL"},
    "zh": {"CJK"},
    "ja": {"HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA"},
}
TYPED_IN_LATIN = {"hi", "ur"}  # as many do who have no other keys


def sentences(language: str) -> list[str]:
    return [*(one for name in SITUATIONS for one in SAID[language][name]), *IDIOMS[language]]


def scripts_of(text: str) -> set[str]:
    return {unicodedata.name(char).split()[0] for char in text if unicodedata.category(char) in {"Lo", "Lu", "Ll"}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_situation_is_told_by_many_and_no_two_say_the_same(language: str) -> None:
    least = LEAST_ENGLISH if language == "en" else LEAST
    assert tuple(SAID[language]) == SITUATIONS
    assert not [name for name in SITUATIONS if len(SAID[language][name]) < least]
    assert len(IDIOMS[language]) >= LEAST
    folded = [one.casefold() for one in sentences(language)]
    assert len(set(folded)) == len(folded)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short_and_in_the_script_of_their_language(language: str) -> None:
    for one in [*sentences(language), LANGUAGES[language]]:
        assert one == unicodedata.normalize("NFC", one.strip())
        assert 0 < len(one) <= LONGEST
        in_latin = language in TYPED_IN_LATIN and scripts_of(one) == {"LATIN"}
        assert in_latin or scripts_of(one) <= SCRIPTS.get(language, {"LATIN"}), one


def test_tokens_stand_in_no_sentence() -> None:
    told = " ".join(one for language in LANGUAGES for one in sentences(language)).casefold()
    assert not [token for token in TOKENS.values() if token in told]


def test_each_country_has_one_language_and_the_tables_know_it() -> None:
    listed = [country for countries in SPOKEN.values() for country in countries.split()]
    assert len(listed) == len(set(listed)) == len(LANGUAGE_OF)
    assert set(listed) <= set(printed_tables().by_country)
    assert {"en", *SPOKEN} == set(LANGUAGES)

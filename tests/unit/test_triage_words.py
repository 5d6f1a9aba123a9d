"""Words of danger: in each language they are found, misspelt too; what only comes near is not."""

from __future__ import annotations

import pytest

from tipline.stages.triage.words import find, languages
from tipline.stages.triage.writing import fold

# language, category, written well, written with a slip (empty for scripts without blanks), near it and not it
SENTENCES = [
    ("en", "meeting", "He wants to meet me on Friday.", "He watns to meet me tomorow", "Nice to meet you"),
    ("en", "self_harm", "I want to die", "i w4nt to di3", "I dont want to die"),
    ("en", "threat", "he threatens to share them", "he threatnes me", "nobody threatens me"),
    ("en", "danger", "The girl is in danger.", "she is in dangr", "There is no danger. She is not in danger."),
    ("es", "meeting", "Mañana quiere verme en el parque", "quiere encontarse conmigo", "no quiere verme"),
    ("es", "self_harm", "Quiero morir", "quiero matrame", "nunca quiero morir"),
    ("fr", "meeting", "Il veut me rencontrer ce soir", "il veut me renconter", "il ne veut pas me rencontrer"),
    ("fr", "self_harm", "J’ai envie de mourir", "j'ai envie de mourrir", "je n’ai jamais envie de mourir"),
    ("de", "meeting", "Er will mich morgen treffen", "er will mich trefen", "Er will mich nicht treffen"),
    ("de", "threat", "Er bedroht mich", "er bedrht mich", "Niemand bedroht mich"),
    ("pt", "meeting", "Ele quer me encontrar", "ele quer me encotrar", "ele não quer me encontrar"),
    ("pt", "danger", "A criança corre perigo", "a criança corre perrigo", "não corre perigo"),
    ("it", "meeting", "Vuole incontrarmi domani", "vuole incontarmi", "non vuole incontrarmi"),
    ("it", "self_harm", "Voglio morire", "voglio morrire", "non voglio morire"),
    ("nl", "meeting", "Hij wil me ontmoeten", "hij wil me ontmoetn", "hij wil me niet ontmoeten"),
    ("nl", "threat", "Hij bedreigt me", "hij bedrigt me", "niemand bedreigt me"),
    ("pl", "meeting", "On chce się ze mną spotkać", "on chce się spotkac", "nie chce się spotkać"),
    ("pl", "self_harm", "Chcę umrzeć", "chcę umrzec", "nie chcę umrzeć"),
    ("ru", "meeting", "Он хочет встретиться", "он хочет встретится", "он не хочет встретиться"),
    ("ru", "danger", "Девочка в опасности", "девочка в опасноти", "девочка не в опасности"),
    ("uk", "meeting", "Він хоче зустрітися", "він хоче зустрітись", "він не хоче зустрітися"),
    ("uk", "self_harm", "Я хочу померти", "я хочу помертти", "я не хочу померти"),
    ("ar", "self_harm", "أريد أن أموت", "", "لا أريد أن أموت"),
    ("ar", "help", "ساعدوني", "ساعدونيي", "مساء الخير"),
    ("hi", "self_harm", "मैं मरना चाहता हूँ", "", "मैं मरना नहीं चाहता हूँ"),
    ("hi", "meeting", "वह मिलना चाहता है", "", "वह मिलना नहीं चाहता है"),
    ("tl", "help", "Tulungan mo ako", "tulungn mo ako", "Hindi tulungan mo ako"),
    ("tl", "self_harm", "Gusto ko nang mamatay", "gusto ko nang mamatya", "ayaw gusto ko nang mamatay"),
    ("id", "meeting", "Dia ingin bertemu besok", "dia ingin berteemu", "dia tidak ingin bertemu"),
    ("id", "threat", "Dia mengancam saya", "dia mengancm saya", "tidak mengancam saya"),
    ("tr", "self_harm", "Ölmek istiyorum", "olmek istiyorm", "Ölmek istemiyorum, değil mi"),
    ("tr", "meeting", "Yarın buluşmak istiyor", "yarın bulusmak istiyr", "buluşmak istiyor değil"),
    ("ja", "self_harm", "もう死にたいです", "", "死にたくない"),
    ("ja", "help", "助けてください", "", "手伝います"),
    ("zh", "meeting", "他想见我", "", "他不想见我"),
    ("zh", "self_harm", "我想死", "", "我不想死"),
]


def _found(text: str) -> set[tuple[str, str]]:
    return {(hit.language, hit.category) for hit in find(text)}


@pytest.mark.parametrize(("language", "category", "well", "slip", "near"), SENTENCES)
def test_a_phrase_is_found_well_written_and_misspelt_and_not_when_it_only_comes_near(
    language: str, category: str, well: str, slip: str, near: str
) -> None:
    assert (language, category) in _found(well)
    assert not slip or (language, category) in _found(slip)
    assert category not in {one for _, one in _found(near)}


def test_there_are_more_than_twenty_languages() -> None:
    assert {row[0] for row in SENTENCES} <= set(languages())
    assert len(languages()) > 20


@pytest.mark.parametrize("text", ["he said “I want to die” as a joke", 'a note says "I want to die"'])
def test_a_quotation_is_found_as_one(text: str) -> None:
    assert [hit.quoted for hit in find(text)] == [True]


def test_look_alike_letters_and_digits_are_read_as_what_they_look_like() -> None:
    assert fold("wаnts") == fold("w4nts") == "wants"  # the first has a Cyrillic letter
    assert ("en", "meeting") in _found("wаnts to m33t me")


def test_what_is_found_stands_so_in_the_text() -> None:
    text = "Yesterday he WANTS  to Meet me!"
    assert {hit.found for hit in find(text)} == {"WANTS  to Meet me"}


def test_a_phrase_does_not_reach_over_the_end_of_a_sentence_and_a_negation_not_over_a_comma() -> None:
    assert _found("This is what I want. Die hard is a film") == set()
    assert ("en", "meeting") in _found("No, he wants to meet me")


@pytest.mark.parametrize("text", ["", "   ", "\0\0", "“" * 5000, "want " * 5000, "不" * 5000, "a" * 50_000])
def test_odd_texts_are_read_to_their_end(text: str) -> None:
    assert find(text) == ()

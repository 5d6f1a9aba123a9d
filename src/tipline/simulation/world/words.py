"""Made-up names and neutral words: placeholders in several languages, plain sentences of danger, idioms like them.

The sentences stand in `simulation/data/sayings`, a file for each language, in the voices of those who tell: a
moderator, a parent, a teacher, another child, the child, the suspect. Chosen with no look at the words that triage
knows. Tokens stand for slang that nobody has listed yet.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _listed(
    "amber azure brisk calm cedar cloudy coral crisp dusty early ember fern frost gentle golden green grey hazel "
    "hollow indigo ivory jade lemon linen lunar maple mellow misty mossy navy noble north opal pale pearl pine plain "
    "quiet rapid river rusty sandy silent silver slate solar steady stone sunny swift tidal velvet violet winter"
)
NOUNS = _listed(
    "anchor badger barrel beacon bison bridge canoe castle comet crane creek delta dune eagle falcon finch garden "
    "glacier harbor heron island kayak kettle kite lagoon lamp lantern ledger lynx marble meadow mill moose otter owl "
    "paddle panda pebble pilot planet pond prairie quarry rabbit raven reef robin rocket saddle sparrow spruce tiger "
    "timber tower trail tulip turtle valley walrus wharf willow window wren yarn zebra"
)
COMMON_HANDLES = _listed(
    "alex admin shadow king max player1 sam leo luna star angel user user1 ghost wolf dragon mike anna joe lucky "
    "happy smile test gamer boss prince queen baby sunny sky john david maria ali ahmed rahul priya raja nina pedro"
)
GIVEN = _listed("Alin Bero Caro Deni Elmo Fara Gino Hela Ivo Jara Kelo Lino Mira Nolo Ossi Pela Runa Sivo Tamo Ulla")
FAMILY = _listed("Example Sample Muster Ejemplo Exemple Esempio Exemplo Przyklad Ornek Contoh Namuna Halimbawa")

LANGUAGES = {
    "en": "water house day book street sun bread door green paper morning table",
    "es": "agua casa dia libro calle sol pan puerta verde papel manana mesa",
    "pt": "agua casa dia livro rua sol pao porta verde papel manha mesa",
    "fr": "eau maison jour livre rue soleil pain porte vert papier matin table",
    "de": "Wasser Haus Tag Buch Strasse Sonne Brot Tuer gruen Papier Morgen Tisch",
    "it": "acqua casa giorno libro strada sole pane porta verde carta mattina tavolo",
    "pl": "woda dom dzien ksiazka ulica slonce chleb drzwi zielony papier rano stol",
    "ru": "вода дом день книга улица солнце хлеб дверь зелёный бумага утро стол",
    "tr": "su ev gun kitap sokak gunes ekmek kapi yesil kagit sabah masa",
    "ar": "ماء بيت يوم كتاب شارع شمس خبز باب أخضر ورق صباح طاولة",
    "hi": "पानी घर दिन किताब सड़क सूरज रोटी दरवाज़ा हरा कागज़ सुबह मेज़",
    "id": "air rumah hari buku jalan matahari roti pintu hijau kertas pagi meja",
    "tl": "tubig bahay araw aklat kalye araw tinapay pinto berde papel umaga mesa",
    "vi": "nước nhà ngày sách đường mặt trời bánh mì cửa xanh giấy sáng bàn",
    "bn": "জল বাড়ি দিন বই রাস্তা সূর্য রুটি দরজা সবুজ কাগজ সকাল টেবিল",
    "nl": "water huis dag boek straat zon brood deur groen papier ochtend tafel",
    "ro": "apa casa zi carte strada soare paine usa verde hartie dimineata masa",
    "uk": "вода дім день книга вулиця сонце хліб двері зелений папір ранок стіл",
    "fa": "آب خانه روز کتاب خیابان خورشید نان در سبز کاغذ صبح میز",
    "ur": "پانی گھر دن کتاب سڑک سورج روٹی دروازہ سبز کاغذ صبح میز",
    "th": "น้ำ บ้าน วัน หนังสือ ถนน แดด ขนมปัง ประตู เขียว กระดาษ เช้า โต๊ะ",
    "ko": "물 집 날 책 거리 햇빛 빵 문 초록 종이 아침 책상",
    "ms": "air rumah hari buku jalan matahari roti pintu hijau kertas pagi meja",
    "zh": "水 家 日子 書 街 太陽 麵包 門 綠色 紙 早上 桌子",
    "ja": "水 家 日 本 道 太陽 パン 扉 緑 紙 朝 机",
}
# What most people of a country write in, by what they write to a company; English where none of these is it, or where
# nobody here writes what is (Burmese, Nepali, Khmer, Sinhala).
SPOKEN = {
    "es": "MX CO VE PE AR EC ES CL GT BO DO HN PY SV NI CR PA UY CU PR GQ",
    "pt": "BR PT AO MZ CV ST GW",
    "fr": "FR CI SN CM ML CD MG GN BJ BF TG NE TD GA CG CF LU MC RE GP MQ GF NC PF YT",
    "de": "DE AT CH LI",
    "it": "IT SM",
    "pl": "PL",
    "ru": "RU KZ UZ BY KG",
    "tr": "TR AZ",
    "ar": "SA DZ IQ EG MA YE AE LY JO SY SD TN OM KW QA LB BH PS MR",
    "hi": "IN",
    "id": "ID",
    "tl": "PH",
    "vi": "VN",
    "bn": "BD",
    "nl": "NL BE SR",
    "ro": "RO MD",
    "uk": "UA",
    "fa": "IR AF",
    "ur": "PK",
    "th": "TH",
    "ko": "KR",
    "ms": "MY BN",
    "zh": "TW HK MO",
    "ja": "JP",
}
LANGUAGE_OF = {country: language for language, countries in SPOKEN.items() for country in countries.split()}

# What makes a report urgent in truth. Each is said in one plain sentence, as somebody who tells of it would.
MEETING, SELF_HARM, LIVE, ACCESS, THREAT = SITUATIONS = ("meeting", "self_harm", "live", "access", "threat")


def _read(language: str) -> dict[str, tuple[str, ...]]:
    """This function will read the packaged sentences of a language."""
    path = resources.files("tipline.simulation").joinpath("data", "sayings", f"{language}.json")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(sentences) for name, sentences in read.items()}


_SAYINGS = {language: _read(language) for language in LANGUAGES}
SAID = {language: {name: told[name] for name in SITUATIONS} for language, told in _SAYINGS.items()}
# Said in jest, of something else or to deny it: no child is in danger because of it.
IDIOMS = {language: told["idioms"] for language, told in _SAYINGS.items()}
# Slang that stands for a situation in the world and in nobody's list: known to those who use it alone.
TOKENS = {MEETING: "quorvel", SELF_HARM: "unzeb", LIVE: "mistal", ACCESS: "hovrin", THREAT: "drelk"}

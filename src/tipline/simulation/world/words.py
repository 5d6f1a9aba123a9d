"""Made-up names and neutral words: placeholders in several languages, plain sentences of danger, idioms like them.

Chosen with no look at the words that triage knows. Tokens stand for slang that nobody has listed yet.
"""

from __future__ import annotations


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
}
SPOKEN = {
    "es": "MX CO VE PE AR EC ES CL GT BO DO HN PY SV NI CR PA UY CU",
    "pt": "BR PT AO MZ",
    "fr": "FR BE CI SN CM ML",
    "de": "DE AT CH",
    "it": "IT",
    "pl": "PL",
    "ru": "RU KZ UZ BY KG",
    "tr": "TR AZ",
    "ar": "SA DZ IQ EG MA YE AE LY JO SY SD TN OM KW QA LB BH PS",
    "hi": "IN",
    "id": "ID",
    "tl": "PH",
    "vi": "VN",
    "bn": "BD",
}
LANGUAGE_OF = {country: language for language, countries in SPOKEN.items() for country in countries.split()}

# What makes a report urgent in truth. Each is said in one plain sentence, as somebody who tells of it would.
MEETING, SELF_HARM, LIVE, ACCESS, THREAT = SITUATIONS = ("meeting", "self_harm", "live", "access", "threat")
SAID: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        MEETING: ("He wants to meet the child today after school.", "They agreed to meet up tonight at the station."),
        SELF_HARM: ("The child says it wants to kill itself.", "She wrote that she will hurt herself tonight."),
        LIVE: ("It is being shown live right now.", "He is streaming it live at this moment."),
        ACCESS: ("He lives in the same house as the child and did it again.", "He says he abuses his own daughter."),
        THREAT: (
            "He threatens to send the pictures to everybody today.",
            "Pay today or the pictures go to the school.",
        ),
    },
    "es": {
        MEETING: ("Quiere encontrarse hoy con la menor.",),
        SELF_HARM: ("La menor dice que quiere matarse.",),
        LIVE: ("Lo transmite en vivo ahora mismo.",),
        ACCESS: ("Vive en la misma casa y abusa de su hija.",),
        THREAT: ("La amenaza con enviar las fotos hoy.",),
    },
    "pt": {
        MEETING: ("Ele quer encontrar a menina hoje.",),
        SELF_HARM: ("A menina diz que quer se matar.",),
        LIVE: ("Ele transmite ao vivo agora.",),
        ACCESS: ("Ele mora na mesma casa e abusa da filha.",),
        THREAT: ("Ele ameaça mandar as fotos para todos hoje.",),
    },
    "fr": {
        MEETING: ("Il veut rencontrer l'enfant aujourd'hui.",),
        SELF_HARM: ("L'enfant dit vouloir se suicider.",),
        LIVE: ("Il diffuse en direct en ce moment.",),
        ACCESS: ("Il habite la même maison et abuse de sa fille.",),
        THREAT: ("Il menace d'envoyer les photos aujourd'hui.",),
    },
    "de": {
        MEETING: ("Er will das Kind heute treffen.",),
        SELF_HARM: ("Das Kind sagt, es will sich umbringen.",),
        LIVE: ("Er zeigt es gerade live.",),
        ACCESS: ("Er wohnt im selben Haus und missbraucht seine Tochter.",),
        THREAT: ("Er droht, die Bilder heute zu verschicken.",),
    },
    "it": {
        MEETING: ("Vuole incontrare la bambina oggi.",),
        SELF_HARM: ("La bambina dice che vuole uccidersi.",),
        LIVE: ("Trasmette in diretta adesso.",),
        ACCESS: ("Vive nella stessa casa e abusa della figlia.",),
        THREAT: ("Minaccia di mandare le foto oggi.",),
    },
    "pl": {
        MEETING: ("Chce dzisiaj spotkać się z dzieckiem.",),
        SELF_HARM: ("Dziecko mówi, że chce się zabić.",),
        LIVE: ("Pokazuje to teraz na żywo.",),
        ACCESS: ("Mieszka w tym samym domu i krzywdzi córkę.",),
        THREAT: ("Grozi, że dzisiaj wyśle zdjęcia.",),
    },
    "ru": {
        MEETING: ("Он хочет встретиться с ребёнком сегодня.",),
        SELF_HARM: ("Ребёнок говорит, что хочет покончить с собой.",),
        LIVE: ("Он показывает это в прямом эфире.",),
        ACCESS: ("Он живёт в том же доме и причиняет вред дочери.",),
        THREAT: ("Он угрожает разослать фото сегодня.",),
    },
    "tr": {
        MEETING: ("Bugün çocukla buluşmak istiyor.",),
        SELF_HARM: ("Çocuk kendini öldürmek istediğini söylüyor.",),
        LIVE: ("Şu anda canlı yayında gösteriyor.",),
        ACCESS: ("Aynı evde yaşıyor ve kızını istismar ediyor.",),
        THREAT: ("Bugün fotoğrafları yaymakla tehdit ediyor.",),
    },
    "ar": {
        MEETING: ("يريد أن يلتقي بالطفلة اليوم.",),
        SELF_HARM: ("الطفلة تقول إنها تريد الانتحار.",),
        LIVE: ("إنه يعرضه في بث مباشر الآن.",),
        ACCESS: ("يسكن في نفس البيت ويعتدي على ابنته.",),
        THREAT: ("يهدد بنشر الصور اليوم.",),
    },
    "hi": {
        MEETING: ("वह आज बच्ची से मिलना चाहता है।",),
        SELF_HARM: ("बच्ची कहती है कि वह आत्महत्या करना चाहती है।",),
        LIVE: ("वह अभी लाइव दिखा रहा है।",),
        ACCESS: ("वह उसी घर में रहता है और बेटी का शोषण करता है।",),
        THREAT: ("वह आज तस्वीरें भेजने की धमकी देता है।",),
    },
    "id": {
        MEETING: ("Dia ingin bertemu anak itu hari ini.",),
        SELF_HARM: ("Anak itu bilang ingin bunuh diri.",),
        LIVE: ("Dia menyiarkannya langsung sekarang.",),
        ACCESS: ("Dia tinggal serumah dan melecehkan anaknya.",),
        THREAT: ("Dia mengancam menyebarkan foto hari ini.",),
    },
    "tl": {
        MEETING: ("Gusto niyang makipagkita sa bata ngayon.",),
        SELF_HARM: ("Sinabi ng bata na gusto niyang magpakamatay.",),
        LIVE: ("Naka-live siya ngayon.",),
        ACCESS: ("Nakatira siya sa bahay at inaabuso ang anak.",),
        THREAT: ("Nagbabanta siyang ikalat ang mga larawan ngayon.",),
    },
    "vi": {
        MEETING: ("Anh ta muốn gặp đứa trẻ hôm nay.",),
        SELF_HARM: ("Đứa trẻ nói muốn tự tử.",),
        LIVE: ("Anh ta đang phát trực tiếp.",),
        ACCESS: ("Anh ta sống cùng nhà và xâm hại con gái.",),
        THREAT: ("Anh ta đe dọa tung ảnh hôm nay.",),
    },
    "bn": {
        MEETING: ("সে আজ শিশুটির সাথে দেখা করতে চায়।",),
        SELF_HARM: ("শিশুটি বলছে সে আত্মহত্যা করতে চায়।",),
        LIVE: ("সে এখন সরাসরি সম্প্রচার করছে।",),
        ACCESS: ("সে একই বাড়িতে থাকে এবং মেয়েকে নির্যাতন করে।",),
        THREAT: ("সে আজ ছবি ছড়িয়ে দেওয়ার হুমকি দিচ্ছে।",),
    },
}
# Said in jest or about something else: no child is in danger because of it.
IDIOMS = {
    "en": ("I could die laughing.", "This level is killing me.", "We meet the deadline today.", "The song goes live."),
    "es": ("Me muero de risa.", "Esta tarea me mata."),
    "pt": ("Morri de rir.", "Esse jogo me mata."),
    "fr": ("Je meurs de rire.", "Ce jeu me tue."),
    "de": ("Ich lach mich tot.", "Das Spiel bringt mich um."),
    "it": ("Muoio dal ridere.",),
    "pl": ("Umieram ze śmiechu.",),
    "ru": ("Умираю со смеху.",),
    "tr": ("Gülmekten öldüm.",),
    "ar": ("سأموت من الضحك.",),
    "hi": ("हंसते हंसते मर गया।",),
    "id": ("Mati ketawa aku.",),
    "tl": ("Patay ako sa tawa.",),
    "vi": ("Cười chết mất.",),
    "bn": ("হাসতে হাসতে মরে গেলাম।",),
}
# Slang that stands for a situation in the world and in nobody's list: known to those who use it alone.
TOKENS = {MEETING: "quorvel", SELF_HARM: "unzeb", LIVE: "mistal", ACCESS: "hovrin", THREAT: "drelk"}

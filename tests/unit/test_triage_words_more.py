"""Words of danger about a third person, in every language, in other words than the data's; everyday words are none."""

from __future__ import annotations

import gettext
from pathlib import Path

import django
import pytest

from tipline.stages.triage.words import find, languages

# "No joke", "not kidding", "never stops": what stands behind such a word is meant, comma or none.
MEANT = [
    ("hands_on", "no joke he touched me"),
    ("hands_on", "please help not kidding he touched me"),
    ("hands_on", "he didnt stop he touched me"),
    ("hands_on", "he never stops he touched me again"),
    ("self_harm", "not kidding i want to die"),
    ("self_harm", "she is hurting herself"),
    ("live", "I am live on camera now"),
    ("hands_on", "no es broma me tocó"),
    ("self_harm", "kein Witz ich will sterben"),
]


@pytest.mark.parametrize(("category", "sentence"), MEANT)
def test_a_no_that_is_about_something_else_takes_nothing_back(category: str, sentence: str) -> None:
    assert category in {hit.category for hit in find(sentence)}


@pytest.mark.parametrize("sentence", ["he did not touch me", "she never wants to die", "er hat mich nicht angefasst"])
def test_a_no_that_is_meant_takes_it_back(sentence: str) -> None:
    assert not {hit.category for hit in find(sentence)} & {"hands_on", "self_harm"}


# language, category, sentences: other order, fillers, endings, slips, missing accents
DANGEROUS = [
    ("en", "self_harm", "My daughter says she really wants to die", "the boy is going to kill himself tonight"),
    ("en", "meeting", "He agreed to meet my 12 year old daughter", "the man will pick her up tomorrow after school"),
    ("en", "threat", "he will send her pictures to the class", "she is being blackmailled by someone"),
    ("en", "hands_on", "He molests his own little stepdaughter", "i touched my niece", "the uncle hurts the girl"),
    ("en", "contact", "he keeps on texting her", "She has until midnight to pay", "he is chatting with a girl now"),
    ("en", "access", "He lives under the same roof", "the man is often alone with the kids"),
    ("en", "live", "He is streaming the girl live", "a child is abused live on webcam right now"),
    ("en", "danger", "the girl is in very grave danger", "please act before it is too late"),
    ("es", "self_harm", "Mi hija dice que se quiere matar", "el niño ya no quiere vivir"),
    ("es", "hands_on", "El padrastro toca a su propia hija", "abusa de su sobrina de 9 años"),
    ("es", "live", "Están transmitiendo a una niña en vivo", "abusan de la niña en directo"),
    ("fr", "self_harm", "Ma fille veut vraiment mourir", "il veut se suicider ce soir"),
    ("fr", "hands_on", "Il abuse de sa propre fille", "mon oncle a touché ma petite soeur"),
    ("fr", "live", "Il diffuse une fillette en direct", "un enfant est en direct maintenant"),
    ("de", "self_harm", "Meine Tochter sagt, sie will sterben", "er will sich umbringen"),
    ("de", "hands_on", "Er missbraucht seine eigene Tochter", "der Onkel hat das Mädchen angefasst"),
    ("de", "live", "Das Kind wird gerade live gezeigt", "er streamt das Mädchen live"),
    ("pt", "self_harm", "A menina quer se matar", "ela nao quer mais viver"),
    ("pt", "hands_on", "Ele abusa da própria filha", "o padrasto tocou na minha enteada"),
    ("pt", "live", "Estão transmitindo uma criança ao vivo", "abuso de menina ao vivo"),
    ("it", "self_harm", "La ragazza vuole davvero morire", "si vuole suicidare, pensa al suicidio"),
    ("it", "hands_on", "Abusa della propria figlia", "ha toccato sua nipote"),
    ("it", "live", "Trasmettono una bambina in diretta", "abusi in diretta adesso"),
    ("nl", "self_harm", "Mijn dochter wil echt dood", "hij wil zichzelf iets aandoen"),
    ("nl", "hands_on", "Hij misbruikt zijn eigen dochter", "ze wordt misbruikt door haar oom"),
    ("nl", "live", "Hij streamt een meisje live", "misbruik live op webcam"),
    ("pl", "self_harm", "Córka mówi, że chce umrzeć", "on chce sie zabic"),
    ("pl", "hands_on", "Wujek molestuje moją córkę", "dotykal mojego syna"),
    ("pl", "live", "Pokazuje dziecko na żywo", "dziewczynka na zywo teraz"),
    ("ro", "self_harm", "Fata vrea să moară", "copilul se gandeste la sinucidere"),
    ("ro", "hands_on", "Tatăl vitreg o atinge", "abuzeaza de propria fiica"),
    ("ro", "live", "Transmite un copil live acum", "abuz în direct"),
    ("ru", "self_harm", "Дочь говорит, что хочет умереть", "мальчик собирается убить себя"),
    ("ru", "hands_on", "Отчим трогает свою падчерицу", "он насилует девочку"),
    ("ru", "live", "Девочку показывают в прямом эфире", "он транслирует ребенка онлайн"),
    ("uk", "self_harm", "Донька хоче померти", "хлопець погрожує вбити себе"),
    ("uk", "hands_on", "Вітчим чіпає мою доньку", "він ґвалтує дівчинку"),
    ("uk", "live", "Транслюють дитину наживо", "показує дівчинку наживо"),
    ("ar", "self_harm", "ابنتي تقول إنها تريد أن تموت", "البنت تفكر في الانتحار"),
    ("ar", "hands_on", "إنه يتحرش بابنته", "عمها لمس الطفلة"),
    ("ar", "live", "يبث طفلة مباشر", "اعتداء على طفل في بث مباشر"),
    ("ar", "meeting", "يريد أن يقابلها غدا", "سيأخذها من المدرسة"),
    ("ar", "threat", "يهددها بنشر صورها", "يبتزها كل يوم"),
    ("fa", "self_harm", "دخترم می‌خواهد بمیرد", "او به خودکشی فکر می‌کند"),
    ("fa", "hands_on", "عمویش دختر را لمس می‌کند", "به دختر تجاوز کرده"),
    ("fa", "live", "پخش زنده آزار کودک", "کودک را زنده نشان می‌دهد"),
    ("ur", "self_harm", "میری بیٹی مرنا چاہتی ہے", "وہ خودکشی کرے گی"),
    ("ur", "hands_on", "وہ اپنی بیٹی کو چھوتا ہے", "بچی سے جنسی زیادتی کی"),
    ("ur", "live", "وہ بچی کو لائیو دکھا رہا ہے", "لڑکی لائیو نشر"),
    ("hi", "self_harm", "मेरी बेटी मर जाना चाहती है", "वह खुदकुशी करेगी"),
    ("hi", "hands_on", "वह अपनी बेटी को छूता है", "चाचा ने लड़की का यौन शोषण किया"),
    ("hi", "live", "वह बच्ची को लाइव दिखा रहा है", "बच्चे का लाइव शोषण"),
    ("hi", "meeting", "वह लड़की से कल मिलेगा", "उसे स्कूल के बाद लेने आएगा"),
    ("hi", "threat", "उसकी फोटो वायरल कर देगा", "वह ब्लैकमेल कर रहा है"),
    ("bn", "self_harm", "আমার মেয়ে মরতে চায়", "সে আত্মহত্যার কথা বলে"),
    ("bn", "hands_on", "সে নিজের মেয়েকে ধর্ষণ করেছে", "চাচা শিশুটির গায়ে হাত দিয়েছে"),
    ("bn", "live", "সে শিশুকে লাইভ দেখাচ্ছে", "মেয়েটির নির্যাতন সরাসরি সম্প্রচার"),
    ("bn", "meeting", "লোকটা কাল মেয়েটির সাথে দেখা করবে", "সে আমার সাথে দেখা করতে চায়"),
    ("bn", "threat", "সে হুমকি দিচ্ছে", "ছবি ছড়িয়ে দেবে বলেছে"),
    ("ta", "self_harm", "என் மகள் சாக விரும்புகிறாள்", "அவள் தற்கொலை செய்யப் போகிறாள்"),
    ("ta", "hands_on", "அவன் சிறுமியை தொட்டான்", "பாலியல் வன்கொடுமை செய்தான்"),
    ("ta", "live", "நேரலையில் குழந்தையை காட்டுகிறான்", "சிறுமி நேரலையில் துஷ்பிரயோகம்"),
    ("tl", "self_harm", "Gustong magpakamatay ng anak ko", "gusto na niyang mamatay"),
    ("tl", "hands_on", "Hinahawakan niya ang kanyang pamangkin", "ginagahasa ang bata"),
    ("tl", "live", "Pinapakita ang bata sa live", "inaabuso ang bata sa livestream"),
    ("tl", "meeting", "Magkikita sila bukas", "susunduin niya ang bata sa eskwela"),
    ("id", "self_harm", "Anak saya mau bunuh diri", "dia ingin sekali mati"),
    ("id", "hands_on", "Ayah tirinya mencabuli anak itu", "pamannya meraba keponakannya"),
    ("id", "live", "Dia menyiarkan anak secara langsung", "pelecehan anak sedang live"),
    ("id", "threat", "Dia akan menyebarkan foto anak saya", "dia terus memeras dan diancam"),
    ("vi", "self_harm", "Con tôi nói nó muốn chết", "be gai muon tu tu"),
    ("vi", "hands_on", "Bố dượng xâm hại con gái", "em bị hiếp dâm"),
    ("vi", "live", "Hắn đang phát trực tiếp cảnh xâm hại", "trực tiếp cảnh bé gái bị hại"),
    ("tr", "self_harm", "Kızım ölmek istiyor", "kendini öldürecek"),
    ("tr", "hands_on", "Öz kızına tecavüz etti", "amcası çocuğa dokunuyor"),
    ("tr", "live", "Çocuğu canlı yayında gösteriyor", "canlı yayında istismar"),
    ("tr", "threat", "Kızımı tehdit ediyor", "ona santaj yapıyor"),
    ("sw", "self_harm", "Binti yangu anataka kufa", "mtoto anataka kujiua"),
    ("sw", "hands_on", "Anambaka binti yake", "mjomba alimgusa mtoto"),
    ("sw", "live", "Anaonyesha mtoto mubashara", "mtoto anabakwa live"),
    ("ja", "self_harm", "娘は死にたいと言っています", "息子が自殺すると言う"),
    ("ja", "hands_on", "父親が娘の体に触りました", "彼は娘を性的虐待している"),
    ("ja", "live", "子どもを生配信しています", "いま虐待を生配信中です"),
    ("zh", "self_harm", "我女儿说她想自杀", "孩子不想活了"),
    ("zh", "hands_on", "他猥亵了自己的女儿", "孩子被继父性侵"),
    ("zh", "live", "他正在直播虐待孩子", "女孩正在被直播"),
    ("ko", "self_harm", "딸이 죽고 싶다고 해요", "아이가 자살하겠다고 말합니다"),
    ("ko", "hands_on", "삼촌이 조카를 만졌어요", "의붓딸을 성폭행했습니다"),
    ("ko", "live", "아이를 학대하는 라이브 방송", "지금 라이브로 아이를 보여줘요"),
    ("th", "self_harm", "ลูกสาวบอกว่าอยากตาย", "เขาจะฆ่าตัวตาย"),
    ("th", "hands_on", "พ่อเลี้ยงข่มขืนลูกสาว", "เด็กถูกล่วงละเมิด"),
    ("th", "live", "เขากำลังไลฟ์สดเด็ก", "ถ่ายทอดสดการล่วงละเมิด"),
]

EVERYDAY = {
    "en": "We meet the deadline. I was dying of laughter. The band plays live music. A killer deal! My leg hurts me "
    "after sport. The pictures were sent to the school for the yearbook. The match is streamed live now. She does not "
    "want to die. He never touched her.",
    "es": "Me muero de risa. El concierto es en vivo. Nunca la amenaza.",
    "fr": "Je suis mort de rire. Le match est en direct. Il ne la menace pas.",
    "de": "Ich lache mich tot. Das Konzert läuft live. Er bedroht sie nicht.",
    "pt": "Morri de rir. O jogo passa ao vivo. Ele não abusa da filha.",
    "it": "Muoio dal ridere. La partita in diretta. Non abusa della figlia.",
    "nl": "Ik lach me dood. De wedstrijd is live. Hij misbruikt zijn dochter niet.",
    "pl": "Umieram ze śmiechu. Koncert na żywo. On nie dotykał mnie.",
    "ro": "Mor de râs. Meciul este în direct. Nu vrea să moară.",
    "ru": "Умираю со смеху. Матч в прямом эфире. Он не трогал девочку.",
    "uk": "Вмираю зі сміху. Матч наживо. Вона не хоче померти.",
    "ar": "مت من الضحك. مباراة بث مباشر. لا يريد أن يموت.",
    "fa": "از خنده مردم. پخش زنده فوتبال.",
    "ur": "میچ لائیو ہے۔ موسم اچھا ہے۔",
    "hi": "मैच लाइव है। वह मरना नहीं चाहता। हम कल बाज़ार गए।",
    "bn": "ক্রিকেট ম্যাচ লাইভ। সে মরতে চায় না। আজ আকাশ পরিষ্কার।",
    "ta": "கிரிக்கெட் நேரலை. இன்று வானிலை நன்றாக உள்ளது.",
    "tl": "Namatay ako sa katatawa. Ang concert ay live.",
    "id": "Mati ketawa. Konser disiarkan langsung. Dia tidak ingin mati.",
    "vi": "Tôi cười muốn chết. Trận bóng phát trực tiếp.",
    "tr": "Gülmekten öldüm. Maç canlı yayında. Ölmek istemiyor.",
    "sw": "Nilicheka sana. Mechi inaonyeshwa mubashara.",
    "ja": "コンサートの生配信。死にたくない。",
    "zh": "笑死我了。足球比赛直播。他不想死。",
    "ko": "콘서트 라이브 방송. 죽고 싶지 않아요.",
    "th": "ขำจะตาย คอนเสิร์ตถ่ายทอดสด เขาไม่อยากตาย",
}
CASES = [(code, category, one) for code, category, *several in DANGEROUS for one in several]


@pytest.mark.parametrize(("language", "category", "text"), CASES)
def test_what_is_said_of_another_is_found(language: str, category: str, text: str) -> None:
    assert (language, category) in {(hit.language, hit.category) for hit in find(text)}


@pytest.mark.parametrize("language", sorted(EVERYDAY))
def test_everyday_words_and_denials_are_none(language: str) -> None:
    assert find(EVERYDAY[language]) == ()


def test_every_language_is_tried() -> None:
    assert set(EVERYDAY) == {row[0] for row in DANGEROUS} == set(languages())


@pytest.mark.parametrize(
    "text",
    [
        "Tu me dis que tu viens, il se demande si tu restes et ce qui va, tu vois.",
        "Traes tu casa y tu perro, tu libro tu mesa.",
        "Chúng tôi sẽ tư vấn cho bạn từ hai giờ.",
        "A guru of design spoke at the school.",
    ],
)
def test_a_short_word_of_another_meaning_is_no_danger(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    "text", ["Elle dit qu'elle veut se tuer.", "Je vais me tuer", "Nó nói muốn tự tử.", "no muon tu tu"]
)
def test_what_is_said_of_dying_is_found_all_the_same(text: str) -> None:
    assert "self_harm" in {hit.category for hit in find(text)}


@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "pt", "pl", "tr", "id", "vi", "ar", "hi", "bn"])
def test_what_a_program_says_to_its_users_is_hardly_ever_taken_for_danger(language: str) -> None:
    """Everyday sentences that nobody chose for this: Django's own translations."""
    folder = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with folder.open("rb") as file:
        told = gettext.GNUTranslations(file)._catalog.values()  # type: ignore[attr-defined]
    texts = [text for text in told if isinstance(text, str) and len(text) > 15]
    grave = {"self_harm", "live", "hands_on", "meeting", "danger"}
    assert len(texts) > 50
    assert sum(hit.category in grave for text in texts for hit in find(text)) <= 1

"""Words of danger as people write them: hurried, indirect, passive, by the child, of the child, to the child."""

from __future__ import annotations

import pytest
from tests.unit import triage_ways

from tipline.stages.triage.words import find, languages

# language, category, a sentence
FOUND = [
    ("en", "meeting", "Im outside ur school, come out n dont tell ur mum"),
    ("en", "meeting", "One of my pupils is going to meet a man from an app, he is thirty"),
    ("en", "meeting", "He bought her a train ticket so she can visit him"),
    ("en", "meeting", "a guy from there knows where she lives and comes tonight"),
    ("en", "live", "There is a kid on this guy's live rn"),
    ("en", "live", "In five minutes I go live, pay first and say what she does"),
    ("en", "live", "he sells tickets for a cam with a girl"),
    ("en", "hands_on", "One of the boys says he was touched in the changing room"),
    ("en", "hands_on", "our babysitter goes into her room at night"),
    ("en", "access", "The coach is alone with the boys after training"),
    ("en", "self_harm", "My son does not want to wake up any more"),
    ("en", "self_harm", "everyone would be better off without me"),
    ("en", "self_harm", "she took pills and said goodbye to everybody"),
    ("en", "self_harm", "gonna kms tonight"),
    ("en", "threat", "Pay by tonight or your whole class gets it"),
    ("en", "threat", "he keeps asking for more money"),
    ("en", "threat", "he has my pictures and will send them to my class"),
    ("en", "threat", "send more or i post it"),
    ("es", "meeting", "estoy afuera de tu cole, sal ya y no le digas a tu mama"),
    ("es", "meeting", "Mi amiga va a quedar con un hombre de una app, tiene treinta años"),
    ("es", "meeting", "Le compró un billete de tren para que vaya a verlo"),
    ("es", "live", "hay una niña en el directo de este tipo"),
    ("es", "live", "En cinco minutos entro en directo, paga primero y dime qué hace"),
    ("es", "hands_on", "Uno de los chicos cuenta que lo tocaron en el vestuario"),
    ("es", "hands_on", "mi marido toca a nuestra niña de mala manera"),
    ("es", "self_harm", "Mi hijo ya no quiere despertar"),
    ("es", "self_harm", "todos estarían mejor sin mí"),
    ("es", "self_harm", "se tomó un bote de pastillas"),
    ("es", "threat", "paga antes de esta noche o lo publico"),
    ("es", "threat", "tiene mis fotos y dice que las va a mandar a todos"),
    ("es", "access", "El entrenador se queda a solas con los chicos"),
    ("fr", "meeting", "Je suis devant ton collège, sors et ne dis rien à ta mère"),
    ("fr", "meeting", "Ma copine va rencontrer un mec d'une appli, il a trente ans"),
    ("fr", "meeting", "il lui a acheté un billet de train"),
    ("fr", "live", "ya une gamine dans le live de ce mec"),
    ("fr", "live", "Dans cinq minutes je passe en direct, payez d'abord et dites ce qu'elle fait"),
    ("fr", "hands_on", "Un des garçons dit qu'on l'a touché dans les vestiaires"),
    ("fr", "hands_on", "L'oncle entre dans sa chambre la nuit"),
    ("fr", "self_harm", "Mon fils ne veut plus se réveiller"),
    ("fr", "self_harm", "tout le monde serait mieux sans moi"),
    ("fr", "self_harm", "elle a avalé une boîte de cachets"),
    ("fr", "threat", "Paie avant ce soir, sinon toute ta famille verra"),
    ("fr", "threat", "il a mes photos et il va les envoyer à ma classe"),
    ("fr", "threat", "envoie encore une photo sinon je balance"),
    ("fr", "access", "L'entraîneur reste seul avec les garçons"),
    ("fr", "hands_on", "J'ai vu qu'il a touché l'enfant"),
    ("de", "meeting", "bin vor deiner schule, komm raus und sag deiner mama nix"),
    ("de", "meeting", "Meine Freundin trifft sich mit einem Mann aus einer App, er ist dreißig"),
    ("de", "meeting", "Er hat ihr eine Fahrkarte gekauft und will sie abholen"),
    ("de", "live", "da ist ein kind im stream von dem typ"),
    ("de", "live", "In fünf Minuten gehe ich live, zahlt zuerst und sagt, was sie machen soll"),
    ("de", "live", "er verkauft plätze für den livestream"),
    ("de", "hands_on", "Einer der Jungen sagt, dass er in der Umkleide angefasst wurde"),
    ("de", "hands_on", "mein mann fasst unsere tochter komisch an"),
    ("de", "self_harm", "Mein Sohn will nicht mehr aufwachen"),
    ("de", "self_harm", "ohne mich wären alle besser dran"),
    ("de", "self_harm", "Sie hat eine ganze Packung Tabletten genommen"),
    ("de", "threat", "zahl bis heute abend oder alle sehen es"),
    ("de", "threat", "Er hat meine Bilder und will sie an meine Klasse schicken"),
    ("de", "access", "Der Trainer ist oft allein mit den Jungs"),
    ("pt", "meeting", "to em frente da sua escola, sai e nao conta pra sua mae"),
    ("pt", "meeting", "Minha amiga vai encontrar um homem de um aplicativo, ele tem trinta anos"),
    ("pt", "meeting", "Ele comprou uma passagem para ela ir visitá-lo"),
    ("pt", "live", "tem uma menina na live desse cara"),
    ("pt", "live", "Em cinco minutos entro ao vivo, paguem primeiro e digam o que ela faz"),
    ("pt", "hands_on", "Um dos meninos contou que foi tocado no vestiário"),
    ("pt", "hands_on", "o padrasto entra no quarto dela de noite"),
    ("pt", "self_harm", "Meu filho não quer mais acordar"),
    ("pt", "self_harm", "todos ficariam melhor sem mim"),
    ("pt", "self_harm", "ela tomou uma cartela de comprimidos"),
    ("pt", "threat", "paga até hoje ou todo mundo vai ver"),
    ("pt", "threat", "Ele tem minhas fotos e vai mandar pra minha turma"),
    ("pt", "access", "O treinador fica sozinho com os meninos"),
    ("it", "meeting", "sono fuori dalla tua scuola, esci e non dire niente a tua mamma"),
    ("it", "meeting", "La mia amica va a incontrare un tipo conosciuto su un'app, ha trent'anni"),
    ("it", "meeting", "le ha comprato il biglietto del treno"),
    ("it", "live", "c'è una bambina nella diretta di questo qui"),
    ("it", "live", "Tra cinque minuti vado in diretta, pagate prima e dite cosa deve fare"),
    ("it", "hands_on", "Uno dei ragazzi racconta che è stato toccato nello spogliatoio"),
    ("it", "hands_on", "il patrigno entra in camera sua di notte"),
    ("it", "self_harm", "Mio figlio non vuole più svegliarsi"),
    ("it", "self_harm", "tutti starebbero meglio senza di me"),
    ("it", "self_harm", "ha ingoiato una scatola di pillole"),
    ("it", "threat", "paga entro stasera o lo vedono tutti"),
    ("it", "threat", "Ha le mie foto e vuole mandarle alla mia classe"),
    ("it", "access", "L'allenatore resta da solo con i ragazzi"),
    ("nl", "meeting", "sta buiten bij je school, kom naar beneden en zeg niks tegen je moeder"),
    ("nl", "meeting", "Mijn vriendin heeft afgesproken met een man van een app, hij is dertig"),
    ("nl", "meeting", "Hij heeft een treinkaartje voor haar gekocht"),
    ("nl", "live", "er zit een meisje in de live van die gast"),
    ("nl", "live", "Over vijf minuten ga ik live, betaal eerst en zeg wat ze moet doen"),
    ("nl", "hands_on", "Een van de jongens zegt dat hij in de kleedkamer is aangeraakt"),
    ("nl", "hands_on", "de stiefvader komt 's nachts in haar kamer"),
    ("nl", "self_harm", "Mijn zoon wil nooit meer wakker worden"),
    ("nl", "self_harm", "iedereen is beter af zonder mij"),
    ("nl", "self_harm", "ze heeft een hele strip pillen geslikt"),
    ("nl", "threat", "betaal voor vanavond of iedereen ziet het"),
    ("nl", "threat", "Hij heeft mijn foto's en gaat ze naar mijn klas sturen"),
    ("nl", "access", "De trainer is vaak alleen met de jongens"),
    ("pl", "meeting", "jestem pod twoja szkola, wyjdz i nic nie mow mamie"),
    ("pl", "meeting", "Moja koleżanka chce się spotkać z facetem z aplikacji, on ma trzydzieści lat"),
    ("pl", "meeting", "Kupił jej bilet na pociąg"),
    ("pl", "live", "u tego typa jest dziecko na livie, dzieciak na live teraz"),
    ("pl", "live", "Za pięć minut wchodzę na żywo, najpierw płaćcie i mówcie, co ma robić"),
    ("pl", "hands_on", "Jeden z chłopców powiedział, że był dotykany w szatni"),
    ("pl", "hands_on", "Mój mąż źle dotyka naszej córki, wujek wchodzi w nocy do jej pokoju"),
    ("pl", "self_harm", "Syn nie chce się już obudzić"),
    ("pl", "self_harm", "wszystkim będzie lepiej beze mnie"),
    ("pl", "self_harm", "połknęła całe opakowanie tabletek"),
    ("pl", "threat", "zapłać do wieczora albo wszyscy zobaczą"),
    ("pl", "threat", "on ma moje zdjęcia i wyśle je całej klasie"),
    ("pl", "access", "Trener zostaje sam z chłopcami"),
    ("ro", "meeting", "sunt la poarta scolii tale, iesi singura si nu spune mamei"),
    ("ro", "meeting", "Prietena mea merge să se vadă cu un bărbat de pe o aplicație, are treizeci de ani"),
    ("ro", "meeting", "I-a cumpărat un bilet de tren"),
    ("ro", "live", "e o fetita pe live la tipul asta"),
    ("ro", "live", "În cinci minute intru live, plătiți întâi și spuneți ce să facă"),
    ("ro", "hands_on", "Unul dintre băieți spune că a fost atins la vestiar"),
    ("ro", "hands_on", "tatăl vitreg intră noaptea în camera ei"),
    ("ro", "self_harm", "Fiul meu nu mai vrea să se trezească"),
    ("ro", "self_harm", "tuturor le-ar fi mai bine fără mine"),
    ("ro", "self_harm", "a înghițit o cutie de pastile"),
    ("ro", "threat", "plateste pana diseara sau vede toata lumea"),
    ("ro", "threat", "Are pozele mele și zice că le trimite la clasă"),
    ("ro", "access", "Antrenorul rămâne singur cu băieții"),
    ("ru", "meeting", "я возле твоей школы, выходи и маме не говори"),
    ("ru", "meeting", "Подруга собирается встретиться с мужчиной из приложения, ему тридцать"),
    ("ru", "meeting", "Он купил ей билет на поезд"),
    ("ru", "live", "у этого типа девочка на стриме"),
    ("ru", "live", "Через пять минут выхожу в эфир, платите сначала и говорите, что ей делать"),
    ("ru", "hands_on", "Один из мальчиков рассказал, что его трогали в раздевалке"),
    ("ru", "hands_on", "мой муж нехорошо трогает нашу дочку, отчим ночью заходит в ее комнату"),
    ("ru", "self_harm", "Сын больше не хочет просыпаться"),
    ("ru", "self_harm", "всем будет лучше без меня"),
    ("ru", "self_harm", "она наглоталась таблеток"),
    ("ru", "threat", "плати до вечера или все увидят"),
    ("ru", "threat", "у него есть мои фото и он разошлет их всему классу"),
    ("ru", "access", "Тренер часто остаётся один с мальчиками"),
    ("uk", "meeting", "я біля твоєї школи, виходь і мамі не кажи"),
    ("uk", "meeting", "Подруга збирається зустрітися з чоловіком із додатку, йому тридцять"),
    ("uk", "meeting", "Він купив їй квиток на потяг"),
    ("uk", "live", "у цього типа дівчинка на стрімі"),
    ("uk", "live", "За п'ять хвилин виходжу в ефір, платіть спочатку і кажіть, що їй робити"),
    ("uk", "hands_on", "Один із хлопчиків розповів, що його чіпали в роздягальні"),
    ("uk", "hands_on", "мій чоловік погано торкається нашої донечки"),
    ("uk", "self_harm", "Син більше не хоче прокидатися"),
    ("uk", "self_harm", "усім буде краще без мене"),
    ("uk", "self_harm", "вона наковталася таблеток"),
    ("uk", "self_harm", "ya hochu pomerty"),
    ("uk", "threat", "плати до вечора або всі побачать"),
    ("uk", "threat", "у нього є мої фото і він розішле їх усьому класу"),
    ("uk", "access", "Тренер часто залишається сам із хлопчиками"),
    ("tr", "meeting", "okulunun önündeyim, dışarı çık annene söyleme"),
    ("tr", "meeting", "Arkadaşım uygulamadan tanıştığı otuz yaşındaki bir adamla buluşacak"),
    ("tr", "meeting", "Ona otobüs bileti almış"),
    ("tr", "live", "bu adamın yayınında küçük bir kız var"),
    ("tr", "live", "Beş dakikaya canlıya giriyorum, önce ödeyin ne yapacağını söyleyin"),
    ("tr", "hands_on", "Çocuklardan biri soyunma odasında kendisine dokunulduğunu söyledi"),
    ("tr", "hands_on", "kocam kızımıza yanlış dokunuyor"),
    ("tr", "self_harm", "Oğlum artık uyanmak istemiyor"),
    ("tr", "self_harm", "bensiz herkes daha mutlu olur"),
    ("tr", "self_harm", "bir kutu hap yuttu"),
    ("tr", "threat", "akşama kadar öde yoksa herkes görecek"),
    ("tr", "threat", "fotoğraflarım onun elinde, sınıfıma gönderecek"),
    ("tr", "access", "Antrenör erkeklerle yalnız kalıyor"),
]

# everyday sentences that come near
SILENT = [
    ("en", "This homework kills me. He wrote a letter to the council. I took the early train."),
    ("en", "We sell tickets for the school concert, you can pay by card or in cash."),
    ("en", "I don't want to wake up early tomorrow. The live match was great."),
    ("en", "I live in a small flat. We have to pay the rent by Friday."),
    ("en", "Mum will collect the parcel. I told my mum that the bus was late."),
    ("es", "Esta tarea me mata. Compré un billete de tren para el concierto."),
    ("es", "No quiero despertar temprano mañana. El torneo pasa en directo."),
    ("es", "Mi hermano toca la guitarra. Hay que pagar el alquiler antes del viernes."),
    ("fr", "Ce devoir me tue. J'ai acheté un billet de train pour le concert."),
    ("fr", "Je ne veux pas me réveiller tôt demain. Le tournoi passe en direct."),
    ("fr", "Il faut payer le loyer avant vendredi. L'oncle joue dans la chambre avec le chien."),
    ("de", "Die Hausaufgaben bringen mich um. Sie hat mir einen Brief geschrieben."),
    ("de", "Ich will morgen nicht früh aufwachen. Das Turnier läuft im Livestream."),
    ("de", "Bitte zahlen Sie die Miete bis Freitag. Ich stehe vor dem Bahnhof."),
    ("pt", "Esta lição me mata. Comprei uma passagem para o concerto."),
    ("pt", "Não quero acordar cedo amanhã. O torneio passa ao vivo."),
    ("pt", "Meu irmão toca guitarra. O aluguel vence na sexta."),
    ("it", "Questo compito mi uccide. Ho comprato il biglietto del treno per il concerto."),
    ("it", "Non voglio svegliarmi presto domani. Il torneo va in diretta."),
    ("it", "L'affitto va pagato entro venerdì. Mio fratello suona in camera sua."),
    ("nl", "Dit huiswerk is moeilijk. Ze schreef een brief aan de gemeente."),
    ("nl", "Ik wil morgen niet vroeg wakker worden. Het toernooi is live te zien."),
    ("nl", "De huur moet voor vrijdag betaald zijn. Ik sta voor het station."),
    ("pl", "Ta praca domowa mnie wykończy. Kupiła bilet na koncert."),
    ("pl", "Nie chcę się jutro wcześnie budzić. Turniej leci na żywo."),
    ("pl", "Czynsz trzeba zapłacić do piątku. Brat gra w pokoju na gitarze."),
    ("ro", "Tema asta mă omoară. Am cumpărat bilet la concert."),
    ("ro", "Nu vreau să mă trezesc devreme mâine. Turneul este în direct."),
    ("ro", "Chiria trebuie plătită până vineri. Copiii cântă în cor."),
    ("ru", "Эта домашка меня убивает. Купили билет на концерт."),
    ("ru", "Не хочу завтра рано просыпаться. Турнир идёт в прямом эфире."),
    ("ru", "Квартплату надо внести до пятницы. Брат играет в комнате на гитаре."),
    ("uk", "Ця домашка мене вбиває. Купили квиток на концерт."),
    ("uk", "Не хочу завтра рано прокидатися. Турнір іде в прямому ефірі."),
    ("uk", "Квартплату треба внести до п'ятниці. Брат грає в кімнаті на гітарі."),
    ("tr", "Bu ödev beni öldürüyor. Konsere bilet aldık."),
    ("tr", "Yarın erken uyanmak istemiyorum. Turnuva canlı yayında."),
    ("tr", "Kirayı cumaya kadar ödemeliyiz. Kardeşim odasında gitar çalıyor."),
]


@pytest.mark.parametrize(("language", "category", "text"), [*FOUND, *triage_ways.FOUND])
def test_a_way_of_writing_it_is_found(language: str, category: str, text: str) -> None:
    assert (language, category) in {(hit.language, hit.category) for hit in find(text)}


@pytest.mark.parametrize(("language", "text"), [*SILENT, *triage_ways.SILENT])
def test_what_only_comes_near_it_is_none(language: str, text: str) -> None:
    assert {hit.category for hit in find(text)} == set(), language


@pytest.mark.parametrize(
    "text", ["mẹ bảo và mật khẩu", "l’expression des touches", "Espressione non valida", "un blog fidèle"]
)
def test_a_word_of_another_language_is_no_slip_of_one_that_stands_alone(text: str) -> None:
    assert find(text) == ()


def test_a_single_long_word_is_found_with_a_slip_and_a_short_one_is_not() -> None:
    assert {hit.category for hit in find("she is suicidl")} == {"self_harm"}
    assert find("ein extra Eintrag, estoński") == ()


@pytest.mark.parametrize("text", ["l'oncle touche l'enfant", "il dit qu’il l’a touchée"])
def test_an_elided_word_is_read_as_two(text: str) -> None:
    assert "hands_on" in {hit.category for hit in find(text)}


def test_company_counts_only_where_the_phrase_does_not_name_it() -> None:
    assert "meeting" in {hit.category for hit in find("Выходи и не говори маме")}
    assert find("Мама хочет встретиться с учителем") == ()


def test_every_language_has_ways_and_near_ones() -> None:
    there = {"en", "es", "fr", "de", "pt", "it", "nl", "pl", "ro", "ru", "uk", "tr"}  # in this file
    further = {row[0] for row in triage_ways.FOUND}
    assert further == {row[0] for row in triage_ways.SILENT} == set(languages()) - there


@pytest.mark.parametrize("text", ["mere paise kam hain", "photo acchi hai", "kal school band hai", "ana bahebak awi"])
def test_everyday_words_in_latin_letters_are_none(text: str) -> None:
    assert find(text) == ()

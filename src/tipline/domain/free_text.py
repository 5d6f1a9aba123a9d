"""Accounts and identifiers that stand in free text, in several scripts and in writings meant to hide them. Pure.

Nothing here is ever fetched: a web address is brought into its one writing and compared.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from tipline.domain.addresses import read_address
from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.errors import Refusal
from tipline.domain.identifiers import distinct, normalise
from tipline.domain.report import Document, Identifier, IdentifierKind, PersonRole
from tipline.domain.wallets import WALLET, wallet_of

LONGEST = 50_000  # signs of one text
MOST = 200  # identifiers of one text
_HOME = "US"
# hxxp, [.], (dot), [at]: what people write so that no program makes a link of it.
_DEFANGED = (
    (re.compile(r"\bh(?:xx|\*\*)p(s?)(?:\[:\]|:)//", re.I), r"http\1://"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot|punkt|punto|точка)\s?[\])}]\s?", re.I), "."),
    (re.compile(r"\s?[\[({]\s?(?:@|at|arroba|собака)\s?[\])}]\s?", re.I), "@"),
    (re.compile(r"\[:\]"), ":"),
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?![\w-])")
_URL = re.compile(r"(?:https?://|(?<![\w@.])www\.)[^\s<>\"'«»“”‘’]{3,1990}", re.I)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
# A handle after its sign, or after the name of a place where people have one.
_AT = re.compile(r"(?<![\w@./])@([\w][\w.-]{1,29})(?![\w@])")
_PLACES = (
    "snap(?:chat)?|sc|insta(?:gram)?|ig|tele(?:gram)?|tg|kik|discord|dc|wickr|session|tiktok|roblox|skype|threema|signal|viber"
    "|снап(?:чат)?|инста(?:грам)?|телега|телеграм|тг|вк|дискорд|سناب(?:شات)?|انستا(?:غرام|قرام)?|تلغرام|تيليجرام"
    "|स्नैप|इंस्टा(?:ग्राम)?|टेलीग्राम|インスタ|スナチャ|テレグラム|ディスコード|微信|电报|인스타|텔레그램|디스코드"
)
_OF = "snap(?:chat)?|insta(?:gram)?|telegram|kik|discord"
_NAMED = re.compile(
    rf"(?<!\w)(?:{_PLACES})(?:\s*[:=：]\s*|\s+(?:is|id|name|user(?:name)?|имя)(?:\s*[:=：]|\s+is\b)?\s+|\s+(?=@))"
    r"@?([\w][\w.#-]{2,31})"
    rf"|(?<!\w)my\s+(?:{_OF})\s+@?([\w][\w.#-]{{2,31}})"
    r"|(?<!\w)(?:snap|insta|kik|tg)\s+@?(?=[\w.-]*[\d_.])([\w][\w.-]{2,29})",
    re.I,
)
# Letters of other scripts that look like a Latin one (Unicode TR 39, those that people use).
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝвкмнтАВЕКМНОРСТУХІЈЅοαερυιντκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwbkmhtABEKMHOPCTYXIJSoaepuivtkABEZHIKMNOPTYX",
)


def plain_letters(text: str) -> str:
    """This function will write letters that look like Latin ones as these, in words that mix scripts.

    A word of one script stays: it is a word of its language.
    """
    return re.sub(r"\w+", lambda found: _unmixed(found.group()), unicodedata.normalize("NFKC", text))


def _unmixed(word: str) -> str:
    has_latin = any("a" <= char.casefold() <= "z" for char in word)
    return word.translate(_LOOK_ALIKE) if has_latin else word


def refanged(text: str) -> str:
    """This function will undo the writings by which addresses are kept from becoming links."""
    for form, plain in _DEFANGED:
        text = form.sub(plain, text)
    return text


def found_in_text(document: Document, answers: Answers = reading.NOTHING) -> tuple[Identifier, ...]:
    """This function will give the identifiers that the free texts of a document name, each with its path.

    They are of the person in whose part the text stands; of a chat or the report's own words, of the reported one.
    """
    found: list[Identifier] = []
    for one in reading.narratives(document, answers):
        role = reading.role_of(one.path) or PersonRole.SUSPECT
        found += identifiers_in(one.text, role, f"{one.path}/text()")
    return distinct(found)


def identifiers_in(text: str, role: PersonRole, path: str = "") -> tuple[Identifier, ...]:
    """This function will give the identifiers that a text names, each once; what was read as one is not read twice."""
    rest = refanged(plain_letters(text[:LONGEST]))
    found: list[Identifier] = []
    for kind, finder in _FINDERS:
        spans = []
        for raw, value, span in finder(rest):
            spans.append(span)
            if value:
                found.append(Identifier(kind, role, value, raw, None, path))
        for start, end in reversed(spans):
            rest = rest[:start] + " " * (end - start) + rest[end:]
    return distinct(found)[:MOST]


_Found = Iterator[tuple[str, str, tuple[int, int]]]


def _urls(text: str) -> _Found:
    for match in _URL.finditer(text):
        raw = _without_closing(match.group())
        try:
            value = normalise(IdentifierKind.URL, read_address(raw).url)
        except Refusal:
            value = ""
        yield raw, value, (match.start(), match.start() + len(raw))


def _without_closing(text: str) -> str:
    """What a sentence puts behind an address is not of it; a bracket is, where one opens inside."""
    while text and (text[-1] in ".,;:!?…、。" or (text[-1] in ")]}" and text.count(text[-1]) > _opened(text))):
        text = text[:-1]
    return text


def _opened(text: str) -> int:
    return text.count({")": "(", "]": "[", "}": "{"}[text[-1]])


def _mails(text: str) -> _Found:
    for match in _MAIL.finditer(text):
        yield match.group(), normalise(IdentifierKind.EMAIL, match.group()), match.span()


def _wallets(text: str) -> _Found:
    for match in WALLET.finditer(text):
        value = wallet_of(match.group())
        if value:
            yield match.group(), value, match.span()


def _addresses(text: str) -> _Found:
    for form in (_IPV4, _IPV6):
        for match in form.finditer(text):
            try:
                address = ipaddress.ip_address(match.group())
            except ValueError:
                continue
            if not address.is_unspecified:
                yield match.group(), normalise(IdentifierKind.IP, str(address)), match.span()


def _handles(text: str) -> _Found:
    for form in (_NAMED, _AT):
        for match in form.finditer(text):
            which = match.lastindex or 0
            raw = match.group(which).rstrip(".-")
            if raw and not raw.isdigit():
                yield raw, normalise(IdentifierKind.HANDLE, raw), match.span(which)


def _phones(text: str) -> _Found:
    for match in PhoneNumberMatcher(text, _HOME, Leniency.VALID):
        value = format_number(match.number, PhoneNumberFormat.E164)
        yield match.raw_string, normalise(IdentifierKind.PHONE, value), (match.start, match.end)


# In this order: an address holds a name, a name may hold digits; what one has read the next does not see.
_FINDERS = (
    (IdentifierKind.URL, _urls),
    (IdentifierKind.EMAIL, _mails),
    (IdentifierKind.WALLET, _wallets),
    (IdentifierKind.IP, _addresses),
    (IdentifierKind.HANDLE, _handles),
    (IdentifierKind.PHONE, _phones),
)

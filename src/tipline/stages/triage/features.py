"""From facts to named features: what a rule can ask about a report, each documented, with where it comes from. Pure.

A feature is a flag, a number, or a word of a list; one that does not hold is absent. Sources: KIRAT 2 (Long et al.
2016) and the published practice that `data/` of the reference names; `wire` is the reporting protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tipline.domain.answers import TIME, TYPE, Answers
from tipline.domain.cybertip import reading
from tipline.domain.findings import BestPlace, FileKnown, LinkFound
from tipline.domain.known import DISPUTED, FEATURES, SURVIVOR, WITHDRAWN
from tipline.domain.report import CHILD_ROLES, Document, FileRef, IdentifierKind, PersonRole
from tipline.domain.vocabulary import BY_WIRE, VIRAL_FLAGS
from tipline.stages.triage import words
from tipline.stages.triage.facts import Facts

VERSION = 6  # of what a feature's name means; kept features of another version are read anew
Value = bool | int | str
Features = Mapping[str, Value]
FLAG, NUMBER, WORD = "flag", "number", "word"
STATED, QUOTED = 2, 1  # how a word of danger stands in the text
STRONG_TIE, SAME_PERSON = 40, 60  # weights of links
SURE = frozenset({"certain", "likely"})
_PERSON_KINDS = frozenset(
    {
        IdentifierKind.EMAIL,
        IdentifierKind.PHONE,
        IdentifierKind.HANDLE,
        IdentifierKind.ESP_ACCOUNT,
        IdentifierKind.DEVICE,
        IdentifierKind.PRIOR_REPORT,
    }
)
_MESSAGES = "/content"  # of a chat, an e-mail, a game
_CONTACT_TYPES = frozenset({"enticement", "trafficking", "molestation", "tourism"})


@dataclass(frozen=True, slots=True)
class Feature:
    """What one name means. `danger`: more of it lowers no report (`direction`); `lowers`: rules may take points."""

    name: str
    kind: str
    says: str
    source: str
    danger: bool = False
    lowers: bool = False


_D: dict[str, bool] = {"danger": True}
FEATURES_LIST: tuple[Feature, ...] = (
    Feature("danger_now", FLAG, "The reporter says that a child is in danger now", "own form", **_D),
    Feature("escalated", FLAG, "An analyst escalated it", "desk", **_D),
    Feature("sender_urgent", FLAG, "The sender asks for high priority: a claim", "wire escalateToHighPriority", **_D),
    Feature("self_harm", FLAG, "The child speaks of harming itself, by the form", "own form", **_D),
    Feature("contact", WORD, "Contact: today, week, past, unknown", "own form; KIRAT step 3"),
    Feature("meeting", FLAG, "Somebody wants to meet the child, by the form", "own form", **_D),
    Feature("touched", FLAG, "Somebody touched or hurt the child, by the form", "own form; KIRAT step 1", **_D),
    Feature("on_camera", FLAG, "A child is shown live on camera, by the form", "own form; KIRAT", **_D),
    Feature("threat", FLAG, "Threats or blackmail, by the form or the annotation", "own form; wire sextortion", **_D),
    Feature("sadistic", FLAG, "Sadistic online exploitation", "wire annotation", **_D),
    Feature("asks_pictures", FLAG, "Somebody asks a child for pictures", "own form; wire csamSolicitation", **_D),
    Feature("aggravating", FLAG, "The sender sees aggravating factors", "wire potentialAggravatingFactors", **_D),
    Feature("conversation", FLAG, "A conversation is sent along, and a child takes part", "wire content; KIRAT", **_D),
    Feature("within_day", FLAG, "It came less than a day after what it tells of", "wire incidentDateTime", **_D),
    Feature("within_week", FLAG, "It came less than a week after what it tells of", "wire; KIRAT step 3", **_D),
    Feature("minors", FLAG, "Between minors", "wire annotation"),
    Feature("spam", FLAG, "Spam, by the sender", "wire annotation", lowers=True),
    Feature("age", NUMBER, "Age of the youngest child that is named", "wire victim age; KIRAT"),
    Feature("type", WORD, "Kind of incident", "wire incidentType"),
    Feature("type_words", WORD, "Kind of incident in words", "wire incidentType"),
    Feature("type_not_told", FLAG, "The kind of incident was not told", "own form"),
    Feature("live", FLAG, "A file was live when it was uploaded", "wire liveStreaming; KIRAT", **_D),
    Feature("live_new", FLAG, "Of those, one that is on no hash list and in no earlier report", "hash lists", **_D),
    Feature("infant", FLAG, "A file shows an infant, by the sender", "wire infant; KIRAT", **_D),
    Feature(
        "infant_new",
        FLAG,
        "Of those, one that a person viewed, on no hash list and in no earlier report",
        "hash lists",
        **_D,
    ),
    Feature("violence", FLAG, "A file shows harm or violence, by the sender", "wire physicalHarm, violenceGore", **_D),
    Feature("self_made", FLAG, "A file may be made by the child itself", "wire possibleSelfProduction", **_D),
    Feature("viral", FLAG, "A file is spreading fast or a possible meme", "wire viral, potentialMeme", lowers=True),
    Feature("generated", FLAG, "A file is believed to be AI-generated", "wire generativeAi"),
    Feature("drawn", FLAG, "Every file is drawn or virtual", "wire animeDrawingVirtualHentai", lowers=True),
    Feature("files", NUMBER, "How many files", "the report"),
    Feature("files_words", WORD, "How many files, in words", "the report"),
    Feature("known_worst", WORD, "The worst class that people gave a known file", "hash lists"),
    Feature("all_known", FLAG, "Every file is known and was judged", "hash lists", lowers=True),
    Feature("asked_for", FLAG, "A person asked to have a file found", "survivors' lists"),
    Feature("disputed", FLAG, "Partners dispute an entry that a file agrees with", "hash lists"),
    Feature("alike", FLAG, "A part of a file is like a known picture", "hash lists"),
    Feature("unseen", FLAG, "A viewed file is on no list and in no earlier report", "hash lists, links; KIRAT", **_D),
    Feature("linked", NUMBER, "Other reports with a strong tie", "linking; KIRAT step 1"),
    Feature("linked_words", WORD, "The strongest tie in words", "linking"),
    Feature("same_person", NUMBER, "Other reports of the same person or account", "linking; KIRAT step 1", **_D),
    Feature("ring_children", NUMBER, "Children that linking knows of this person", "linking; KIRAT step 1", **_D),
    Feature("ring_lately", NUMBER, "Other reports of this person in the last seven days", "linking", **_D),
    Feature("suspect_place", WORD, "The suspect's place, where it is at least likely", "enrichment"),
    Feature("suspect_place_tag", WORD, "The same, short", "enrichment"),
    Feature("child_place", WORD, "The child's place, where it is at least likely", "enrichment"),
    Feature("any_place", FLAG, "Some place is known, however unsure", "enrichment"),
    Feature("named", NUMBER, "Accounts, addresses and numbers that can identify the suspect", "the report"),
    Feature("letters", NUMBER, "Letters of free text", "the report"),
    Feature("by_person", FLAG, "It came by the public form or the telephone", "the door"),
    *(
        Feature(f"word_{one}", NUMBER, f"Words: {says} (1 quoted, 2 said)", "the text", danger=True)
        for one, says in words.meanings().items()
    ),
    *(Feature(f"found_{one}", WORD, f"The words found: {says}", "the text") for one, says in words.meanings().items()),
    Feature("generated_words", WORD, "The mark of generated material in words", "wire generativeAi"),
    Feature("child_named", FLAG, "A child is named with an age below 18", "wire victim age", **_D),
    Feature("child_said", FLAG, "A child is named, or the kind of incident is one of contact", "the report", **_D),
)
FEATURES_BY_NAME = {feature.name: feature for feature in FEATURES_LIST}


def features_of(facts: Facts) -> dict[str, Value]:
    """This function will say what holds of a report; what does not hold is absent."""
    parts = (_said, _annotated, _kind, _talked, _filed, _known, _tied, _placed, _worded)
    found = {name: value for part in parts for name, value in part(facts)}
    return {name: value for name, value in found.items() if value or (name == "age" and value is not None)}


Found = Iterator[tuple[str, Value]]


def _file_flags(file: FileRef) -> set[str]:
    return {name for name, value in (file.details.get("fileAnnotations") or {}).items() if value}


def _said(facts: Facts) -> Found:
    """What somebody stated: the sender, the reporter, an analyst."""
    answers = facts.answers
    yield "sender_urgent", reading.is_escalated(facts.document)
    yield "danger_now", answers.danger_now
    yield "escalated", facts.escalated
    yield "contact", answers.ongoing
    yield "self_harm", "self_harm" in answers.harms
    yield "meeting", "meeting" in answers.harms
    yield "touched", "touched" in answers.harms
    yield "on_camera", "live" in answers.harms
    yield "by_person", bool(answers.reporter_is or answers.language or answers.harms or answers.ongoing)
    if facts.child_age is not None:
        yield "age", facts.child_age


def _annotated(facts: Facts) -> Found:
    flags, harms = reading.annotation_flags(facts.document), set(facts.answers.harms)
    yield "threat", "sextortion" in flags or bool({"pictures_threat", "money"} & harms)
    yield "sadistic", "sadisticOnlineExploitation" in flags
    yield "asks_pictures", "csamSolicitation" in flags or "pictures_wanted" in harms
    yield "aggravating", "potentialAggravatingFactors" in flags
    yield "minors", "minorToMinorInteraction" in flags
    yield "spam", "spam" in flags


def _kind(facts: Facts) -> Found:
    kind = BY_WIRE.get(reading.incident_type(facts.document))
    told = TYPE not in facts.answers.not_told
    yield "type_not_told", not told
    if kind and told:
        yield "type", kind.code
        inferred = reading.follows_from_ticks(facts.document, facts.answers)
        yield "type_words", kind.label.lower() + (f", {reading.AS_TICKED}" if inferred else "")
    minor = facts.child_age is not None and facts.child_age < 18
    yield "child_named", minor
    yield "child_said", minor or bool(kind and told and kind.code in _CONTACT_TYPES)


def _talked(facts: Facts) -> Found:
    """Whether a child can be reached: what was written with one, and how lately."""
    parts = (facts.document, *facts.later)
    yield "conversation", any(_has_messages(part) for part in parts) and any(_names_a_child(part) for part in parts)
    told = facts.received_at if TIME not in facts.answers.not_told else None
    happened = reading.incident_at(facts.document)
    passed = told - happened if told and happened else timedelta.max
    yield "within_day", passed < timedelta(days=1)
    yield "within_week", passed < timedelta(days=7)


def _has_messages(part: Document) -> bool:
    return any(one.path.endswith(_MESSAGES) for one in reading.narratives(part))


def _names_a_child(part: Document) -> bool:
    """A recipient or victim that nobody calls grown up: few companies know an age."""
    return any(one.role in CHILD_ROLES and (one.age is None or one.age < 18) for one in reading.persons(part))


def _filed(facts: Facts) -> Found:
    """What the sender says about the files."""
    marks = [(file, _file_flags(file)) for file in facts.files]
    every = {flag for _, flags in marks for flag in flags}
    recognised = {found.file_id for found in _counted(facts) if found.source != SURVIVOR}
    shared = _shared_files(facts)
    new = [(one, flags) for one, flags in marks if one.file_id not in recognised and one.sha256 not in shared]
    yield "live", "liveStreaming" in every
    yield "live_new", any("liveStreaming" in flags for _, flags in new)
    yield "infant", "infant" in every
    yield "infant_new", any("infant" in flags and file.viewed_by_esp for file, flags in new)
    yield "violence", bool({"physicalHarm", "violenceGore"} & every)
    yield "self_made", "possibleSelfProduction" in every
    yield "viral", bool(VIRAL_FLAGS & every)
    yield "generated", "generativeAi" in every
    yield "generated_words", "AI-generated, by the sender" if "generativeAi" in every else ""
    yield "drawn", bool(marks) and all("animeDrawingVirtualHentai" in flags for _, flags in marks)
    yield "files", len(marks)
    yield "files_words", f"{len(marks)} {'file' if len(marks) == 1 else 'files'}" if marks else ""


def _recognised(facts: Facts) -> list[FileKnown]:
    """What is the same picture. One that shares a part may show another moment, or nothing of that kind."""
    return [found for found in facts.known if found.how != FEATURES]


def _counted(facts: Facts) -> list[FileKnown]:
    return [found for found in _recognised(facts) if _stands(found)]


def _stands(found: FileKnown) -> bool:
    return found.standing not in (DISPUTED, WITHDRAWN)


def _known(facts: Facts) -> Found:
    """What the hash lists say. That others saw a file before says nothing about the danger to the child now."""
    counted = _counted(facts)
    judged = [found for found in counted if found.source != SURVIVOR and found.classification]
    yield "known_worst", min((found.classification for found in judged), default="")
    files = {file.file_id for file in facts.files}
    yield "all_known", bool(files) and files <= {found.file_id for found in judged}
    yield "asked_for", any(found.source == SURVIVOR for found in counted)
    yield "disputed", any(found.standing == DISPUTED for found in _recognised(facts))
    yield "alike", any(found.how == FEATURES and _stands(found) for found in facts.known)
    yield "unseen", _is_unseen(facts)


def _shared_files(facts: Facts) -> set[str]:
    """The files that an earlier report has, too. One that comes later takes nothing from this one: a stream that two
    companies report is no less live for it.
    """
    return {
        link.value
        for link in facts.links
        if link.identifier_kind == IdentifierKind.FILE_SHA256
        and (facts.report_id is None or link.other_report_id < facts.report_id)
    }


def _is_unseen(facts: Facts) -> bool:
    """What a person at the company looked at and nobody else ever sent may be new: a child nobody knows of.

    A file that many share says nothing of the others that came with it.
    """
    told = {found.file_id for found in _recognised(facts)}
    shared = _shared_files(facts)
    return any(
        file.viewed_by_esp
        and file.file_id not in told
        and file.sha256 not in shared
        and not VIRAL_FLAGS & _file_flags(file)
        for file in facts.files
    )


def _tied(facts: Facts) -> Found:
    """The same people or files in other reports."""
    strong = [link for link in facts.links if link.weight >= STRONG_TIE]
    others = {link.other_number for link in strong}
    yield "linked", len(others)
    if others:
        yield "linked_words", _tied_words(strong)
    yield "same_person", len({link.other_number for link in facts.links if _is_same_person(link)})
    yield "named", _named(facts)
    if facts.ring is not None:
        yield "ring_children", facts.ring.children
        yield "ring_lately", facts.ring.lately


def _tied_words(strong: list[LinkFound]) -> str:
    """The strongest tie and how many reports have just that one; then how many have another."""
    words = max(strong, key=lambda link: link.weight).why.split(" (")[0]
    same = {link.other_number for link in strong if link.why.split(" (")[0] == words}
    more = len({link.other_number for link in strong} - same)
    told = f"{words} in {len(same)} other {'report' if len(same) == 1 else 'reports'}"
    return f"{told}, and {more} more by another tie" if more else told


def _is_same_person(link: LinkFound) -> bool:
    """A tie through the reported person's own account; one through the child, or a contact, says less."""
    is_own = not any(other in link.why for other in ("child", "recipient", "contact"))
    return is_own and link.weight >= SAME_PERSON and link.identifier_kind in _PERSON_KINDS


def _named(facts: Facts) -> int:
    own = [one for one in reading.identifiers(facts.document) if one.role is PersonRole.SUSPECT and one.value]
    return len({(one.kind, one.value) for one in own})


def _placed(facts: Facts) -> Found:
    """A place makes it possible to act; it never lowers."""
    yield "any_place", any(best.country for best in facts.places)
    for best in facts.places:
        if best.confidence in SURE and best.role == PersonRole.SUSPECT:
            yield "suspect_place", _where(best)
            yield "suspect_place_tag", f"{best.state or best.country}, {best.confidence}"
        if best.confidence in SURE and best.role == PersonRole.VICTIM:
            yield "child_place", _where(best)


def _where(best: BestPlace) -> str:
    return best.county or best.state or best.country


def _worded(facts: Facts) -> Found:
    """Words of danger, as the texts write them."""
    parts = (facts.document, *facts.later)
    texts = [one.text for part, said in reading.with_answers(parts, facts.answers) for one in _texts(part, said)]
    yield "letters", sum(map(len, texts))
    by_category: dict[str, list[words.Hit]] = {}
    for hit in words.find_all(texts):
        by_category.setdefault(hit.category, []).append(hit)
    for category, hits in by_category.items():
        said = [hit for hit in hits if not hit.quoted]
        yield f"word_{category}", STATED if said else QUOTED
        longest = sorted({hit.found for hit in said or hits}, key=lambda found: (-len(found), found))
        kept = [one for at, one in enumerate(longest) if not any(one in other for other in longest[:at])]
        yield f"found_{category}", ", ".join(f"“{one[:60]}”" for one in kept[:3])


def _texts(part: Document, answers: Answers) -> tuple[reading.Narrative, ...]:
    found = reading.narratives(part, answers)
    return tuple(one for one in found if not one.path.endswith("fileNames"))

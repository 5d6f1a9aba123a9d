"""From look-ups to findings: a place per clue, one best place a side, a note per silent source, known files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.findings import BestPlace, Body, FileKnown, Finding, LookupFailed, PlaceFound, RankedPlace
from tipline.domain.known import FEATURES, WITHDRAWN
from tipline.domain.report import CHILD_ROLES, FileRef, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.reference.hashlists.values import Match, Print
from tipline.reference.places.combine import ORDER, Confidence, Hypothesis, combine, lower, voices
from tipline.reference.places.values import (
    Answer,
    NameAnswer,
    NoAnswer,
    PlaceAnswer,
    ProviderAnswer,
    Reason,
    RegistrationAnswer,
)
from tipline.reference.places.weigh import NEVER_ALONE, Ranked, Witness, kinds, weigh
from tipline.stages.enrichment.clues import INCIDENT, Clue

TOOL = "enrichment 2"
BY = "system:enrichment"

SUREST = 0.99  # witnesses are never quite independent
SOURCE_IS_SILENT = frozenset({Reason.NOT_INSTALLED, Reason.SWITCHED_OFF, Reason.FAILED})
# Most texts name no town and most domains no country: that is no failed look-up.
SELDOM_ANSWERED = NEVER_ALONE | {"place_name", "mail", "ending", "stated_zone"}
# A number moves with its owner, a text may speak of anywhere: alone they are never likely.
AT_MOST_POSSIBLE = frozenset({"phone", "place_name", "mail", "ending", "stated_zone", "clue"})
# From these probabilities on a place is likely, or possible; a rival from the last one on takes a word away.
LIKELY_FROM, POSSIBLE_FROM, RIVAL_FROM = 0.80, 0.65, 0.05
CHILD = frozenset(str(role) for role in CHILD_ROLES)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One clue and what every source answered."""

    clue: Clue
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """One file and the entries of hash lists that it agrees with."""

    file_id: str
    matches: tuple[Match, ...]


Answered = LookedUp | KnownFile


def decide(head: ReportHead, facts: Sequence[Answered], now: datetime) -> Advance:
    """This function will make the findings of the stage; the look-ups go into its own table."""
    asked = [each for each in facts if isinstance(each, LookedUp)]
    known = [each for each in facts if isinstance(each, KnownFile)]
    findings = (*_place_findings(asked, now), *known_findings(known, now))
    return Advance(to_state=ReportState.ENRICHED, findings=findings, code="enriched", own=tuple(facts))


def _place_findings(facts: Sequence[LookedUp], now: datetime) -> list[Finding]:
    places = [(each.clue, found) for each in facts if (found := place_found(each)) is not None]
    findings = [_finding(clue.subject, found, now) for clue, found in places]
    for side in (PersonRole.SUSPECT, PersonRole.VICTIM):
        best = best_place(side, facts)
        findings += [_finding(str(side), best, now)] if best else []
    return findings + [_finding(f"{note.source}:{note.evidence}"[:300], note, now) for note in failures(facts)]


def _finding(subject: str, body: PlaceFound | BestPlace | LookupFailed | FileKnown, now: datetime) -> Finding:
    return Finding(subject, body, by=BY, tool=TOOL, at=now)


def prints_of(file: FileRef, fingerprints: Iterable[tuple[str, str, str, int]]) -> tuple[Print, ...]:
    """This function will give what a file is looked up by: its digests and every stored form of its PDQ.

    fingerprints: (file id, algorithm, value, quality). The forms that are turned, mirrored and without plain borders
    are stored beside the first.
    """
    digests = (Print("MD5", file.md5), Print("SHA1", file.sha1), Print("SHA256", file.sha256))
    forms = (
        Print("PDQ", value, quality, algorithm)
        for file_id, algorithm, value, quality in fingerprints
        if file_id == file.file_id and algorithm.startswith("pdq")
    )
    return (*digests, *forms)


def depicted_before(findings: Iterable[Finding]) -> dict[str, frozenset[int]]:
    """This function will tell by file which entries were found in it by features before."""
    found: dict[str, set[int]] = {}
    for body in (one.body for one in findings):
        if isinstance(body, FileKnown) and body.how == FEATURES:
            found.setdefault(body.file_id, set()).add(body.entry)
    return {file_id: frozenset(entries) for file_id, entries in found.items()}


def joined(surer: Sequence[Match], others: Iterable[Match]) -> tuple[Match, ...]:
    """This function will add matches of entries that are not among the surer ones."""
    told = {one.entry for one in surer}
    return (*surer, *(one for one in others if one.entry not in told))


def known_findings(known: Iterable[KnownFile], now: datetime) -> tuple[Finding, ...]:
    """This function will make one finding for each file and entry that agree."""
    return tuple(
        _finding(f"{file.file_id}:{match.entry}", _known(file.file_id, match), now)
        for file in known
        for match in file.matches
    )


def _known(file_id: str, match: Match) -> FileKnown:
    return FileKnown(
        file_id=file_id,
        entry=match.entry,
        list_name=match.list_name,
        member=match.member_name,
        how=match.how,
        distance=match.distance,
        classification="" if match.how == FEATURES else match.classification,
        judged_by=match.judged_by,
        standing=match.standing,
        source=match.source,
        form=match.form,
        at_ms=match.at_ms,
        known_ms=match.known_ms,
        judged_on=match.last_judged_at.date().isoformat() if match.last_judged_at else "",
        places=match.places,
        lies=match.lies,
    )


def changed_findings(
    before: Iterable[Finding], known: Sequence[KnownFile], now: datetime, kept: frozenset[int] = frozenset()
) -> tuple[Finding, ...]:
    """This function will give what is new about a report's files: entries found since, changed ones, withdrawn ones.

    kept: entries that are looked up no more and not withdrawn either: what was found by them stays.
    """
    held = {found.subject: found.body for found in before if isinstance(found.body, FileKnown)}
    fresh = {found.subject: found for found in known_findings(known, now)}
    gone = [
        _finding(subject, replace(body, standing=WITHDRAWN), now)
        for subject, body in held.items()
        if subject not in fresh and body.standing != WITHDRAWN and body.entry not in kept
    ]
    return (*(found for subject, found in fresh.items() if not _is_told(found.body, held.get(subject))), *gone)


def _is_told(body: Body, held: FileKnown | None) -> bool:
    # Findings of before form and day were kept are no news for lacking them; nor is how exactly a part lies.
    return held is not None and isinstance(body, FileKnown) and held in (
        body,
        replace(body, form=held.form, judged_on=held.judged_on, places=held.places, lies=held.lies),
    )  # fmt: skip


def withdrawn_findings(before: Iterable[Finding], result: Advance, now: datetime) -> list[Finding]:
    """This function will empty what a clue found that was taken back, and a side of which nothing is left.

    Where a source failed no side is: what it said before is not taken back because it is silent.
    """
    fresh = {(each.kind, each.subject) for each in result.findings}
    answers = (answer for each in result.own if isinstance(each, LookedUp) for answer in each.answers)
    has_failed = any(isinstance(each, NoAnswer) and each.reason is Reason.FAILED for each in answers)
    gone = [each for each in before if (each.kind, each.subject) not in fresh]
    emptied: list[Finding] = []
    for each in gone:
        body = each.body
        if isinstance(body, PlaceFound) and body.evidence == "clue" and body.country:
            bare = PlaceFound(body.role, "clue", body.value, "", agreement="Taken back by whoever noted it.")
            emptied.append(_finding(each.subject, bare, now))
        if isinstance(body, BestPlace) and body.country and not has_failed:
            emptied.append(_finding(each.subject, BestPlace(body.role, "", why="No evidence of a place is left."), now))
    return emptied


def place_found(looked_up: LookedUp) -> PlaceFound | None:
    """This function will combine the answers about one clue into the place it most likely points to.

    A language or a zone points to no one place: what it says stands in the sentence, and counts for nothing by itself.
    """
    answers = [each for each in looked_up.answers if isinstance(each, PlaceAnswer)]
    kept = [each for each in looked_up.answers if isinstance(each, RegistrationAnswer)]
    told = "; ".join(map(_registration, kept))
    if not answers:
        return _without_place(looked_up.clue, kept, f"{told}.") if kept else None
    if looked_up.clue.evidence in NEVER_ALONE:
        fits = f"Fits {'; '.join(dict.fromkeys(map(_name, answers)))}."
        return _without_place(looked_up.clue, answers, fits)
    provider = provider_of(looked_up)
    best = _first(combine(answers, cautions_of(looked_up)), witness_of(looked_up))
    found = _place(looked_up.clue, best, answers, f"{provider.name} (AS{provider.number})" if provider else "")
    parts = (found.agreement.removesuffix("."), _called(looked_up), told)
    return replace(found, agreement=f"{'; '.join(each for each in parts if each)}.")


def _first(found: Sequence[Hypothesis], witness: Witness | None) -> Hypothesis:
    """Of several hypotheses about one clue the one that weighs most, so that clue and best place say the same."""
    top = weigh([witness])[0] if witness and len(found) > 1 else None
    return next((each for each in found if top and (each.country, each.state) == (top.country, top.state)), found[0])


def provider_of(looked_up: LookedUp) -> ProviderAnswer | None:
    """This function will give the network of an address, where one answered."""
    return next((each for each in looked_up.answers if isinstance(each, ProviderAnswer)), None)


def cautions_of(looked_up: LookedUp) -> tuple[str, ...]:
    """This function will give the cautions of a piece of evidence: its own and those of its network."""
    named = [each for each in looked_up.answers if isinstance(each, ProviderAnswer | NameAnswer)]
    return tuple(dict.fromkeys((*looked_up.clue.cautions, *(caution for each in named for caution in each.cautions))))


def _called(looked_up: LookedUp) -> str:
    names = [name for each in looked_up.answers if isinstance(each, NameAnswer) for name in each.names]
    return f"the address is called {', '.join(names)}" if names else ""


def _registration(each: RegistrationAnswer) -> str:
    since = f" on {each.registered_on}" if each.registered_on else ""
    by = f" with {each.registrar.rstrip('.')}" if each.registrar else ""
    until = f", until {each.expires_on}" if each.expires_on else ""
    return f"{each.name} was registered{since}{by}{until} ({each.source})"


def _without_place(clue: Clue, answers: Iterable[PlaceAnswer | RegistrationAnswer], told: str) -> PlaceFound:
    return PlaceFound(
        role=clue.role,
        evidence=clue.evidence,
        value=clue.value,
        country="",
        sources=_sources(answers),
        agreement=f"{told} By itself it names no place.",
        seen_at=clue.seen_at.isoformat() if clue.seen_at else "",
    )


def _sources(answers: Iterable[PlaceAnswer | RegistrationAnswer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(", ".join(p for p in (each.source, each.data_date) if p) for each in answers))


def _place(clue: Clue, best: Hypothesis, answers: Sequence[PlaceAnswer], provider: str) -> PlaceFound:
    point = next((each for each in answers if each.lat is not None and _is_of(each, best)), None)
    return PlaceFound(
        role=clue.role,
        evidence=clue.evidence,
        value=clue.value,
        country=best.country,
        state=best.state,
        county_fips=best.county_fips,
        county=best.county,
        city=best.city,
        confidence=confidence_of(clue, best),
        sources=_sources(answers),
        agreement=best.agreement,
        cautions=best.cautions,
        seen_at=clue.seen_at.isoformat() if clue.seen_at else "",
        provider=provider,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
    )


def _is_of(answer: PlaceAnswer, best: Hypothesis) -> bool:
    return (answer.country, answer.state) == (best.country, best.state)


def confidence_of(clue: Clue, best: Hypothesis) -> Confidence:
    """This function will say how sure a place is: of some kinds at most possible, a verified estimate likely."""
    if clue.evidence in AT_MOST_POSSIBLE:
        return min(best.confidence, Confidence.POSSIBLE, key=ORDER.index)
    return Confidence.LIKELY if clue.verified and not best.against else best.confidence


def failures(facts: Iterable[LookedUp]) -> tuple[LookupFailed, ...]:
    """This function will note silent sources: once each that is off, absent or broken, and every value refused."""
    silent: dict[tuple[str, str], int] = {}
    notes: list[LookupFailed] = []
    for each in facts:
        placed = any(isinstance(answer, PlaceAnswer) for answer in each.answers)
        for answer in (one for one in each.answers if isinstance(one, NoAnswer)):
            reason = f"{answer.reason}: {answer.detail}" if answer.detail else str(answer.reason)
            if answer.reason in SOURCE_IS_SILENT:
                silent[answer.source, reason] = silent.get((answer.source, reason), 0) + 1
            elif not placed and each.clue.evidence not in SELDOM_ANSWERED:
                notes.append(LookupFailed(answer.source, each.clue.value, reason))
    absent = [
        LookupFailed(source, "1 look-up" if count == 1 else f"{count} look-ups", reason)
        for (source, reason), count in silent.items()
    ]
    return (*dict.fromkeys(notes), *absent)


def best_place(side: PersonRole, facts: Iterable[LookedUp]) -> BestPlace | None:
    """This function will weigh all evidence of one side and name the most probable place with its reasons.

    Nothing is averaged: what points elsewhere stands in `disagreement` and lowers the word. The machine
    never says "certain"; that word is a person's.
    """
    own = _of_side(side, facts)
    most = max((each.clue.times for each in own if each.clue.evidence == "ip"), default=1)
    ranked = weigh([witness for each in own if (witness := witness_of(each, most))])
    if not ranked:
        return None
    best, others = ranked[0], ranked[1:]
    answer = None if best.is_torn else best.best
    return BestPlace(
        role=str(side),
        country=best.country,
        state=best.state,
        county_fips=answer.county_fips if answer else "",
        county=answer.county if answer else "",
        city=answer.city if answer else "",
        confidence=_word(best, others),
        why=f"{_name(best)} by {_kinds_in_words(best)}.",
        disagreement=_disagreement(best, others),
        probability=min(SUREST, round(best.probability, 3)),
        lat=best.lat,
        lon=best.lon,
        radius_km=best.radius_km,
        ranked=tuple(_other(each) for each in others),
    )


def witness_of(looked_up: LookedUp, most: int = 1) -> Witness | None:
    """This function will make a witness of a clue that some source placed.

    most: how often the most used address of the same side was seen; one used once beside it is trusted less.
    """
    answers = tuple(each for each in looked_up.answers if isinstance(each, PlaceAnswer))
    clue = looked_up.clue
    evidence = "verified" if clue.verified else clue.evidence
    use = min(1.0, clue.times / most) if clue.evidence == "ip" else 1.0
    return Witness(evidence, clue.value, answers, cautions_of(looked_up), clue.days, use) if answers else None


def _of_side(side: PersonRole, facts: Iterable[LookedUp]) -> list[LookedUp]:
    facts = list(facts)
    if side is PersonRole.SUSPECT:
        return [each for each in facts if each.clue.role == PersonRole.SUSPECT]
    own = [each for each in facts if each.clue.role in CHILD]
    placed = any(weigh([witness]) for each in own if (witness := witness_of(each)))
    return own if placed else [*own, *(each for each in facts if each.clue.role == INCIDENT)]


def _word(best: Ranked, others: Sequence[Ranked]) -> Confidence:
    """The word of a probability, and never more than its evidence allows."""
    kinds_told = {each.evidence for each in best.witnesses if each.evidence not in NEVER_ALONE}
    most = Confidence.POSSIBLE if kinds_told <= AT_MOST_POSSIBLE and len(kinds_told) < 2 else Confidence.LIKELY
    if len(best.witnesses) == 1 and voices(best.witnesses[0].answers) == 1:
        most = Confidence.LIKELY if "verified" in kinds_told else Confidence.POSSIBLE
    word = Confidence.POSSIBLE if best.probability >= POSSIBLE_FROM else Confidence.UNSURE
    if best.probability >= LIKELY_FROM:
        word = Confidence.LIKELY
    word = min(word, most, key=ORDER.index)
    has_rival = any(each.probability >= RIVAL_FROM for each in others)
    return lower(word) if has_rival and word is Confidence.LIKELY else word


def _name(place: Ranked | PlaceAnswer) -> str:
    return f"{place.state}, {place.country}" if place.state else place.country


def _kinds_in_words(place: Ranked) -> str:
    counted: dict[str, int] = {}
    for each in place.witnesses:
        counted[each.evidence] = counted.get(each.evidence, 0) + 1
    order = [kind for kind in kinds() if kind in counted]
    parts = [
        kinds()[kind].words if counted[kind] == 1 else f"{counted[kind]} times {kinds()[kind].words}" for kind in order
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _disagreement(best: Ranked, others: Sequence[Ranked]) -> str:
    told = [f"{_name(each)} by {_kinds_in_words(each)}." for each in others if each.witnesses]
    return " ".join([*told, *(["The counties named disagree, so none is taken."] if best.is_torn else [])])


def _other(place: Ranked) -> RankedPlace:
    return RankedPlace(
        country=place.country,
        state=place.state,
        county=place.best.county if place.best else "",
        city=place.best.city if place.best else "",
        probability=round(place.probability, 3),
        why=f"by {_kinds_in_words(place)}",
    )

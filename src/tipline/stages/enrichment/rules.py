"""From look-ups to findings: a place per clue, one best place a side, a note per silent source, known files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.findings import BestPlace, Body, FileKnown, Finding, LookupFailed, PlaceFound
from tipline.domain.known import FEATURES, WITHDRAWN
from tipline.domain.report import CHILD_ROLES, FileRef, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.reference.hashlists.values import Match, Print
from tipline.reference.places.combine import ORDER, Confidence, Hypothesis, combine, lower
from tipline.reference.places.values import Answer, NoAnswer, PlaceAnswer, ProviderAnswer, Reason
from tipline.stages.enrichment.clues import INCIDENT, Clue

TOOL = "enrichment 1"
BY = "system:enrichment"

# How much a kind of evidence says about where a person is. A number moves with its owner.
WEIGHTS = {"estimate": 3, "address": 3, "ip": 3, "phone": 1}
EVIDENCE_WORDS = {
    "estimate": "the company's estimate",
    "address": "a stated address",
    "ip": "an IP address",
    "phone": "a telephone number",
}
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
    bodies = [found for _, found in places]
    for side in (PersonRole.SUSPECT, PersonRole.VICTIM):
        best = best_place(side, bodies)
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


def place_found(looked_up: LookedUp) -> PlaceFound | None:
    """This function will combine the answers about one clue into the place it most likely points to."""
    clue = looked_up.clue
    provider = next((each for each in looked_up.answers if isinstance(each, ProviderAnswer)), None)
    cautions = tuple(dict.fromkeys((*clue.cautions, *(provider.cautions if provider else ()))))
    answers = [each for each in looked_up.answers if isinstance(each, PlaceAnswer)]
    found = combine(answers, cautions)
    if not found:
        return None
    return _place(clue, found[0], answers, f"{provider.name} (AS{provider.number})" if provider else "")


def _place(clue: Clue, best: Hypothesis, answers: Sequence[PlaceAnswer], provider: str) -> PlaceFound:
    dated = {", ".join(part for part in (each.source, each.data_date) if part): None for each in answers}
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
        sources=tuple(dated),
        agreement=best.agreement,
        cautions=best.cautions,
        seen_at=clue.seen_at.isoformat() if clue.seen_at else "",
        provider=provider,
    )


def confidence_of(clue: Clue, best: Hypothesis) -> Confidence:
    """This function will say how sure a place is: a number at most possible, a verified estimate likely."""
    if clue.evidence == "phone":
        return min(best.confidence, Confidence.POSSIBLE, key=ORDER.index)
    return Confidence.LIKELY if clue.verified and not best.against else best.confidence


def failures(facts: Iterable[LookedUp]) -> tuple[LookupFailed, ...]:
    """This function will note silent sources: one per source not installed, one per value refused."""
    missing: dict[str, int] = {}
    notes: list[LookupFailed] = []
    for each in facts:
        silent = [answer for answer in each.answers if isinstance(answer, NoAnswer)]
        placed = any(isinstance(answer, PlaceAnswer) for answer in each.answers)
        for answer in silent:
            if answer.reason is Reason.NOT_INSTALLED:
                missing[answer.source] = missing.get(answer.source, 0) + 1
            elif not placed:
                reason = f"{answer.reason}: {answer.detail}" if answer.detail else str(answer.reason)
                notes.append(LookupFailed(answer.source, each.clue.value, reason))
    absent = [LookupFailed(source, f"{count} look-ups", Reason.NOT_INSTALLED) for source, count in missing.items()]
    return (*dict.fromkeys(notes), *absent)


@dataclass(frozen=True, slots=True)
class _Group:
    """The evidence for one state, or for a country where no state is known."""

    country: str
    state: str
    members: tuple[PlaceFound, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(each.evidence for each in self.members)

    @property
    def points(self) -> int:
        return sum(max(_points(each) for each in self.members if each.evidence == kind) for kind in self.kinds)


def _points(place: PlaceFound) -> int:
    return WEIGHTS.get(place.evidence, 1) * (1 + ORDER.index(Confidence(place.confidence)))


def best_place(side: PersonRole, places: Sequence[PlaceFound]) -> BestPlace | None:
    """This function will weigh all places of one side and name the heaviest with its reasons.

    Nothing is averaged: what points elsewhere stands in `disagreement` and lowers the word. The machine
    never says "certain"; that word is a person's.
    """
    groups = sorted(_groups(_of_side(side, places)), key=lambda each: (-each.points, each.country, each.state))
    if not groups:
        return None
    best, others = groups[0], groups[1:]
    finest, doubt = _finest(best)
    return BestPlace(
        role=str(side),
        country=best.country,
        state=best.state,
        county_fips=finest.county_fips if finest else "",
        county=finest.county if finest else "",
        city=finest.city if finest else "",
        confidence=_word(best, others),
        why=_why(best),
        disagreement=" ".join(filter(None, (_against(others), doubt))),
    )


def _of_side(side: PersonRole, places: Sequence[PlaceFound]) -> list[PlaceFound]:
    if side is PersonRole.SUSPECT:
        return [each for each in places if each.role == PersonRole.SUSPECT]
    own = [each for each in places if each.role in CHILD]
    return own or [each for each in places if each.role == INCIDENT]


def _groups(places: Sequence[PlaceFound]) -> list[_Group]:
    states = {(each.country, each.state) for each in places if each.state}
    with_state = {country for country, _ in states}
    alone = {(each.country, "") for each in places if each.country not in with_state}
    return [
        _Group(country, state, tuple(p for p in places if p.country == country and p.state in ("", state)))
        for country, state in states | alone
    ]


def _word(best: _Group, others: Sequence[_Group]) -> Confidence:
    word = max((Confidence(each.confidence) for each in best.members), key=ORDER.index)
    if others and others[0].points == best.points:
        return Confidence.UNSURE
    if others:
        return lower(word)
    return Confidence.LIKELY if len(best.kinds) > 1 and word is Confidence.POSSIBLE else word


def _finest(best: _Group) -> tuple[PlaceFound | None, str]:
    """The county with most points; two that weigh the same are no county at all, and that is said."""
    weighed: dict[str, int] = {}
    for each in best.members:
        if each.county_fips:
            weighed[each.county_fips] = weighed.get(each.county_fips, 0) + _points(each)
    ranked = sorted(weighed, key=lambda fips: (-weighed[fips], fips))
    if len(ranked) > 1 and weighed[ranked[0]] == weighed[ranked[1]]:
        return None, "The counties named disagree, so none is taken."
    members = [each for each in best.members if not ranked or each.county_fips == ranked[0]]
    return max(members, key=lambda each: (bool(each.city), _points(each), each.city), default=None), ""


def _name(group: _Group) -> str:
    return f"{group.state}, {group.country}" if group.state else group.country


def _kinds_in_words(group: _Group) -> str:
    counted = [(kind, [each for each in group.members if each.evidence == kind]) for kind in WEIGHTS]
    parts = [
        f"{EVIDENCE_WORDS[kind]} ({max((Confidence(e.confidence) for e in found), key=ORDER.index)})"
        if len(found) == 1
        else f"{len(found)} times {EVIDENCE_WORDS[kind]}"
        for kind, found in counted
        if found
    ]
    return " and ".join(parts)


def _why(best: _Group) -> str:
    return f"{_name(best)} by {_kinds_in_words(best)}."


def _against(others: Sequence[_Group]) -> str:
    return " ".join(f"{_name(each)} by {_kinds_in_words(each)}." for each in others)

"""What one report counts as: pure rules from its findings and journal to codes. A change here raises EDITION.

`docs/howto/recompute_the_figures.md` says the same in words.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tipline.domain.gist import FileGist, Gist
from tipline.domain.report import PersonRole, Source
from tipline.domain.states import Disposition, ReportState
from tipline.domain.vocabulary import BY_WIRE, VIRAL_FLAGS, Priority

EDITION = 1
UNKNOWN = "unknown"
COMPANY_DOORS = frozenset({Source.ESP_API, Source.ESP_FORM})
# What a report came to, the furthest step first; each report stands in exactly one row.
REACHED = ("conviction", "arrest", "answered", "available", "decided", "waiting")
# How far an answer of an agency goes, the furthest first.
STATUSES = ("conviction", "arrest", "ongoing", "referred_onward", "closed")
# Marks that are counted one by one; a report may carry several.
FLAGS = (
    *("sextortion", "generativeAi", "csamSolicitation", "minorToMinorInteraction", "sadisticOnlineExploitation"),
    *("liveStreaming", "possibleSelfProduction", "infant", "viral", "potentialMeme"),
)
_AGES = ((2, "0-2"), (6, "3-6"), (9, "7-9"), (12, "10-12"), (14, "13-14"), (17, "15-17"))
AGE_BANDS = (*(band for _, band in _AGES), UNKNOWN)
PRIORITIES = {
    Priority.URGENT: "urgent",
    Priority.SOON: "soon",
    Priority.LATER: "later",
    Priority.ORDINARY: "ordinary",
}
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Counted:
    """One report in codes: the row of `ReportFact`, without its id and day."""

    door: str
    type: str
    esp: str
    user_country: str
    child_country: str
    countries: tuple[str, ...]
    disposition: str
    priority: str
    flags: tuple[str, ...]
    recipients: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    reached: str
    child_age: str
    bundle: uuid.UUID | None


def count_report(gist: Gist, agencies: Mapping[str, str]) -> Counted:
    """This function will say what one report counts as. agencies: kind (icac, federal ...) by agency id."""
    answers, marks = _answers(gist, agencies), _marks(gist)
    best = {body.get("role"): str(body.get("country", "")) for body in _bodies(gist, "best_place")}
    known = BY_WIRE.get(gist.incident_type)
    is_company = gist.source in COMPANY_DOORS
    return Counted(
        door="company" if is_company else "public",
        type=known.code if known else _OTHER,
        esp=gist.esp_name if is_company else "",
        user_country=best.get(PersonRole.SUSPECT, ""),
        child_country=best.get(PersonRole.VICTIM, ""),
        countries=_countries(gist, best.get(PersonRole.SUSPECT, "")),
        disposition=_disposition(gist),
        priority=PRIORITIES.get(Priority(gist.priority), "ordinary"),
        flags=tuple(flag for flag in FLAGS if flag in marks),
        recipients=_recipients(gist, agencies),
        answers=answers,
        reached=_reached(gist, answers),
        child_age=age_band(min(gist.child_ages, default=None)),
        bundle=_bundle(gist),
    )


def _bodies(gist: Gist, kind: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(body for found, body in gist.findings if found == kind)


def _countries(gist: Gist, best: str) -> tuple[str, ...]:
    # The list counts a report for every country that any evidence of the reported user names.
    places = (body for body in _bodies(gist, "place_found") if body.get("role") == PersonRole.SUSPECT)
    named = {str(body.get("country", "")) for body in places} | {best}
    return tuple(sorted(named - {""}))


def _disposition(gist: Gist) -> str:
    judged = _bodies(gist, "judged")
    if not judged:
        return "undecided"
    words = {
        Disposition.REFERRAL: "actionable",
        Disposition.INFORMATIONAL: "informational",
        Disposition.OUT_OF_SCOPE: "out_of_scope",
    }
    return words[Disposition(judged[-1]["disposition"])]


def _marks(gist: Gist) -> set[str]:
    return set(gist.flags).union(*(file.flags for file in gist.files))


def _recipients(gist: Gist, agencies: Mapping[str, str]) -> tuple[str, ...]:
    chosen = (str(body.get("agency", "")) for body in _bodies(gist, "recipient_chosen"))
    return tuple(sorted({agencies.get(agency, _OTHER) for agency in chosen}))


def _answers(gist: Gist, agencies: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    bodies = _bodies(gist, "outcome_recorded")
    return tuple(
        sorted((agencies.get(str(body["agency"]), _OTHER), status_of(str(body["case_status"]))) for body in bodies)
    )


def status_of(status: str) -> str:
    """This function will keep to the statuses of the outcome form."""
    return status if status in STATUSES else _OTHER


def _reached(gist: Gist, answers: Iterable[tuple[str, str]]) -> str:
    said = {status for _, status in answers}
    if said:
        return next((status for status in ("conviction", "arrest") if status in said), "answered")
    if ReportState.MADE_AVAILABLE in gist.states:
        return "available"
    return "decided" if ReportState.TRIAGED in gist.states else "waiting"


def age_band(age: int | None) -> str:
    """This function will put an age in years into its band; eighteen and more is no child's age and unknown."""
    if age is None:
        return UNKNOWN
    return next((band for last, band in _AGES if 0 <= age <= last), UNKNOWN)


def _bundle(gist: Gist) -> uuid.UUID | None:
    """The smallest digest of the files marked as viral, where every file is so marked or the sender batched it."""
    viral = [file.sha256 for file in gist.files if VIRAL_FLAGS & set(file.flags)]
    if viral and (gist.batched or len(viral) == len(gist.files)):
        return digest_of(min(viral))
    return None


def digest_of(sha256: str) -> uuid.UUID:
    """This function will keep the first 128 bits of a SHA-256: enough to tell any two files apart."""
    return uuid.UUID(hex=sha256[:32])


def file_kind(file: FileGist) -> str:
    """This function will say which of the three kinds a file is."""
    media = file.media_type.partition("/")[0]
    return media if media in {"image", "video"} else _OTHER

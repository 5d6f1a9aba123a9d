"""What analysts find by hand: the research journal and clues. Withdrawn, never deleted before the report's purge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.report import PersonRole
from tipline.domain.states import ReportState, has_reached
from tipline.platform import jobs
from tipline.platform.vault.fields import open_field, seal_field
from tipline.reference.places.tables import country_code, state_code
from tipline.reference.places.values import StatedAddress
from tipline.reports import queries as reports
from tipline.reports import service as record
from tipline.stages.enrichment.clues import INCIDENT, Clue
from tipline.stages.enrichment.models import EnrichmentClue, EnrichmentResearch

WEIGH = "tipline.pipeline.weigh_again"
MOST_CAPTURE = 1024 * 1024  # bytes: a page or a screen
MOST_ENTRIES = 200  # of one report
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "sign": "A sign or lettering",
        "uniform": "A uniform or badge",
        "plug": "A plug or socket",
        "speech": "Speech or accent",
        "landscape": "Landscape or building",
        "season": "Season, light or weather",
        "brand": "A brand or product",
        "vehicle": "A vehicle or its plate",
        "sound": "A sound",
        "other": "Something else",
    }
)
SIDES: Mapping[str, str] = MappingProxyType(
    {
        PersonRole.VICTIM: "the child",
        PersonRole.SUSPECT: "the suspect",
        INCIDENT: "where it was made, whoever was there",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One look-up by hand as it is handed in; `capture` is a saved page or picture of a screen, or empty."""

    query: str
    source: str
    result: str
    address: str = ""
    capture: bytes = b""


@dataclass(frozen=True, slots=True)
class Hint:
    """One clue as it is handed in. A place is not needed: what was seen counts for whoever looks next."""

    kind: str
    seen_in: str
    says: str
    role: str
    country: str = ""
    state: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What is taken back and why; `what` is `entry` or `clue`."""

    what: str
    number: int
    why: str


def _context(report_id: int, digest: str) -> str:
    return f"research:{report_id}:{digest}:capture"


@transaction.atomic
def note_entry(*, report_id: int, entry: Entry, by: Actor, now: datetime) -> int:
    """This function will keep a look-up made by hand and return its number.

    Raises Refusal `entry_missing`, `capture_size`, `too_many`, `wrong_state`.
    """
    for field, text in (("query", entry.query), ("source", entry.source), ("result", entry.result)):
        if not text.strip():
            raise Refusal("entry_missing", "Say what was asked, where, and what it said.", field=field)
    if len(entry.capture) > MOST_CAPTURE:
        raise Refusal("capture_size", "The capture is larger than 1 MiB. Save a smaller picture.", field="capture")
    number = _number(report_id, EnrichmentResearch)
    digest = hashlib.sha256(entry.capture).hexdigest() if entry.capture else ""
    made = EnrichmentResearch.objects.create(
        report_id=report_id, at=now, by=str(by),
        query=entry.query.strip()[:300], source=entry.source.strip()[:200], address=entry.address.strip()[:2000],
        result=entry.result.strip()[:10_000],
        capture=seal_field(entry.capture, _context(report_id, digest)) if entry.capture else None,
        capture_sha256=digest, capture_size=len(entry.capture),
    )  # fmt: skip
    record.audit(by, "report.researched", number, now, entry=made.id)
    return made.id


@transaction.atomic
def note_clue(*, report_id: int, hint: Hint, by: Actor, now: datetime) -> int:
    """This function will keep a clue, have the places weighed again, and return its number.

    Raises Refusal `clue_missing`, `clue_kind`, `clue_side`, `clue_place`, `too_many`, `wrong_state`.
    """
    if hint.kind not in KINDS:
        raise Refusal("clue_kind", "Choose what it is.", field="kind")
    if hint.role not in SIDES:
        raise Refusal("clue_side", "Choose of whom it says where they are.", field="role")
    for field, text in (("seen_in", hint.seen_in), ("says", hint.says)):
        if not text.strip():
            raise Refusal("clue_missing", "Say where it was seen or heard, and what it was.", field=field)
    country, state = _checked_place(hint)
    number = _number(report_id, EnrichmentClue)
    made = EnrichmentClue.objects.create(
        report_id=report_id, at=now, by=str(by), kind=hint.kind, role=hint.role,
        seen_in=hint.seen_in.strip()[:200], says=hint.says.strip()[:1000],
        country=country, state=state[:100], city=hint.city.strip()[:100],
    )  # fmt: skip
    record.audit(by, "report.clue_noted", number, now, entry=made.id, kind=hint.kind)
    _weigh(report_id)
    return made.id


def _checked_place(hint: Hint) -> tuple[str, str]:
    """Country and state of a clue: what names no place would be weighed with the places that do."""
    country, state = country_code(hint.country), hint.state.strip()
    if hint.country.strip() and not country:
        sentence = "These are no country's two letters. Write them as in US, GB or DE, or leave the country empty."
        raise Refusal("clue_place", sentence, field="country")
    # The house has a list of states for this country alone.
    if country == "US" and state and not state_code(state):
        sentence = "This is no state of the United States. Write it as in AZ or Arizona, or change the country."
        raise Refusal("clue_place", sentence, field="state")
    return country, state


@transaction.atomic
def withdraw(*, report_id: int, back: TakenBack, by: Actor, now: datetime) -> None:
    """This function will take an entry or a clue back; it stays to be read, with who took it back and why.

    Raises Refusal `why_missing`, `not_there`, `wrong_state`.
    """
    if not back.why.strip():
        raise Refusal("why_missing", "Say why it is taken back.", field="why")
    table: Any = {"entry": EnrichmentResearch, "clue": EnrichmentClue}.get(back.what)
    outside = _number(report_id, None)
    changed = table and table.objects.filter(pk=back.number, report_id=report_id, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=str(by), withdrawn_why=back.why.strip()[:300]
    )
    if not changed:
        raise Refusal("not_there", "It is not there, or was taken back already.")
    record.audit(by, "report.research_withdrawn", outside, now, entry=back.number, kind=back.what)
    if back.what == "clue":
        _weigh(report_id)


def _weigh(report_id: int) -> None:
    jobs.defer(WEIGH, report_id=report_id)


def _number(report_id: int, table: Any) -> int:
    """The report's number, where it can still be worked on."""
    head = reports.load_head(report_id)
    if not has_reached(head.state, ReportState.SECURED) or head.state is ReportState.PURGED:
        raise Refusal("wrong_state", "Nothing can be written to the report in its present state.")
    if table is not None and table.objects.filter(report_id=report_id).count() >= MOST_ENTRIES:
        raise Refusal("too_many", f"A report holds at most {MOST_ENTRIES} of these.")
    return head.number


def clues_by_hand(report_id: int) -> tuple[Clue, ...]:
    """This function will give the clues of a report that name a place and were not taken back."""
    rows = EnrichmentClue.objects.filter(report_id=report_id, withdrawn_at=None).exclude(country="", state="")
    return tuple(
        Clue(
            row.role, "clue", f"{row.kind} {row.id}", row.at, stated=StatedAddress(row.city, row.state, "", row.country)
        )
        for row in rows.order_by("id")
    )


def open_capture(*, report_id: int, number: int) -> bytes:
    """This function will open a capture. Raises Refusal `not_there`."""
    row = EnrichmentResearch.objects.filter(pk=number, report_id=report_id).first()
    if row is None or row.capture is None:
        raise Refusal("not_there", "There is no capture.")
    return open_field(bytes(row.capture), _context(report_id, row.capture_sha256))


def forget(*, report_id: int) -> None:
    """This function will remove what was found by hand about a report whose content is purged."""
    for table in (EnrichmentResearch, EnrichmentClue):
        table.objects.filter(report_id=report_id).delete()

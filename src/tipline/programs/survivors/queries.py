"""Reads of survivors' cases: the person's own status, the desk's hand-overs and counts, facts for statistics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from tipline.domain.facts import Fact
from tipline.platform.vault.fields import open_field
from tipline.programs.survivors import rules
from tipline.programs.survivors.models import Case, CaseFile, HandOver
from tipline.programs.survivors.scoping import case_scope
from tipline.reference.hashlists import hits as found_files
from tipline.reference.hashlists import queries as lists
from tipline.reference.hashlists.values import BLOCKED


@dataclass(frozen=True, slots=True)
class SupportLine:
    """What the person sees of a hand-over."""

    partner_name: str
    state: str
    consented_at: datetime
    wants_news: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What the person sees of a case. `looks` counts the files whose re-made copies can be found too."""

    for_whom: str
    opened_at: datetime
    last_seen_at: datetime | None
    withdrawn_at: datetime | None
    pictures: int
    videos: int
    looks: int
    found: int
    last_found_at: datetime | None
    removed: int
    not_removed: int
    support: SupportLine | None


@dataclass(frozen=True, slots=True)
class HandOverLine:
    """A hand-over as the desk lists it."""

    id: str
    partner_id: int
    partner_name: str
    for_whom: str
    state: str
    state_words: str
    consented_at: datetime
    follow_up_on: date | None
    found: int
    news_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReachLine:
    """How the person wants to be reached, opened."""

    name: str
    contact: str
    when: str


@dataclass(frozen=True, slots=True)
class TrustedLine:
    """Whom the person trusts, opened; `may_tell`: they know about the pictures."""

    name: str
    contact: str
    may_tell: bool


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases there are for whom."""

    for_whom: str
    is_withdrawn: bool
    amount: int


def reach_context(ident: str) -> str:
    """This function will name the sealed field of a hand-over."""
    return f"survivors_handover:{ident}:reach"


def wishes_context(case_id: str) -> str:
    """This function will name the sealed field of a case."""
    return f"survivors_case:{case_id}:wishes"


_SEEN = ("id", "for_whom", "opened_at", "last_seen_at", "withdrawn_at")


def find_status(number: str) -> Status | None:
    """This function will tell how a case stands to whoever was let in; None where there is none."""
    with case_scope(number) as digest:
        row = Case.objects.filter(number_hmac_sha256=digest).only(*_SEEN).first()
        if row is None:
            return None
        files = list(CaseFile.objects.filter(case_id=row.id))
        hits = lists.count_hits([one.entry for one in files])
        return Status(
            for_whom=row.for_whom, opened_at=row.opened_at, last_seen_at=row.last_seen_at,
            withdrawn_at=row.withdrawn_at, pictures=sum(one.media == "image" for one in files),
            videos=sum(one.media == "video" for one in files), looks=sum(one.has_look for one in files),
            found=hits.found, last_found_at=hits.last_found_at, removed=hits.removed, not_removed=hits.not_removed,
            support=_support(row.id),
        )  # fmt: skip


def _support(case_id: str) -> SupportLine | None:
    rows = HandOver.objects.filter(case_id=case_id).exclude(state=rules.REVOKED).order_by("-consented_at")
    found = rows.values_list("partner__name", "state", "consented_at", "wants_news").first()
    return SupportLine(*found) if found else None


_LISTED = (
    "id", "partner_id", "partner__name", "for_whom", "state", "consented_at", "follow_up_on", "found", "news_at",
)  # fmt: skip


def list_hand_overs(*, ended: bool = False) -> tuple[HandOverLine, ...]:
    """This function will list the hand-overs that are open, soonest follow-up first, or those that have ended."""
    states = (rules.ENDED, rules.REVOKED) if ended else tuple(rules.MOVES)
    order = ("-moved_at", "id") if ended else ("follow_up_on", "consented_at", "id")
    rows = HandOver.objects.filter(state__in=states).order_by(*order)[:200]
    return tuple(_line(row) for row in rows.values_list(*_LISTED))


def find_hand_over(ident: str) -> HandOverLine | None:
    """This function will find one hand-over without opening what is sealed."""
    row = HandOver.objects.filter(pk=ident).values_list(*_LISTED).first()
    return _line(row) if row else None


def _line(row: tuple[object, ...]) -> HandOverLine:
    ident, partner_id, name, whom, state, *rest = row
    return HandOverLine(ident, partner_id, name, whom, state, rules.STATES[str(state)], *rest)  # type: ignore[arg-type]


def open_reach(ident: str) -> ReachLine | None:
    """This function will open how to reach somebody; who asked must be written down before. None where deleted."""
    sealed = HandOver.objects.filter(pk=ident).values_list("reach_sealed", flat=True).first()
    if sealed is None:
        return None
    told = json.loads(open_field(bytes(sealed), reach_context(ident)))
    return ReachLine(told["name"], told["contact"], told["when"])


def open_trusted(ident: str) -> TrustedLine | None:
    """This function will open whom the person of an open hand-over trusts; None where nobody was named.

    The desk reads no case: a function of the database gives the one sealed value, and only while the hand-over is open.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, wishes_sealed FROM survivors_wishes_of(%s)", [ident])
        row = cursor.fetchone()
    if row is None or row[1] is None:
        return None
    told = json.loads(open_field(bytes(row[1]), wishes_context(row[0])))
    return TrustedLine(told["name"], told["contact"], told["may_tell"])


def count_cases() -> tuple[CaseCount, ...]:
    """This function will count cases by whom they are for; whoever asks sees no case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT for_whom, is_withdrawn, amount FROM survivors_count_cases() ORDER BY 1, 2")
        return tuple(CaseCount(*row) for row in cursor.fetchall())


def list_facts(*, day: date) -> Iterator[Fact]:
    """This function will tell a day's cases, finds and removals."""
    start = datetime.combine(day, time.min, UTC)
    end = start + timedelta(days=1)
    for for_whom, at in Case.objects.filter(opened_at__gte=start, opened_at__lt=end).values_list(
        "for_whom", "opened_at"
    ):
        yield Fact("survivor_case", at, {"for_whom": for_whom})
    entries = list(CaseFile.objects.filter(added_at__lt=end).values_list("entry", flat=True))
    for at in found_files.list_hit_times(entries, start=start, end=end):
        yield Fact("survivor_found", at)
    for vote in lists.list_votes(entries):
        if vote.verdict == BLOCKED and start <= vote.at < end:
            yield Fact("survivor_removed", vote.at)

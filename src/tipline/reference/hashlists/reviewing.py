"""Reads for the people who judge proposals. Nobody sees another's verdict before the entry is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from tipline.reference.hashlists.models import Entry, Judgement, Move
from tipline.reference.hashlists.rules import PEOPLE, Verdict, may_judge
from tipline.reference.hashlists.values import PROPOSED


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed entry as a reviewer may see it: how many have judged, never what they said."""

    id: int
    list_slug: str
    list_name: str
    media: str
    source: str
    report_id: int | None
    file_id: str
    proposed_by: str
    proposed_at: datetime
    given: int
    is_disputed: bool

    @property
    def missing(self) -> int:
        """How many people still have to judge, as far as it is known now."""
        return 1 if self.is_disputed else max(0, PEOPLE - self.given)


@dataclass(frozen=True, slots=True)
class JudgementLine:
    """One person's verdict; `settles` where it decided a disagreement."""

    id: int
    reviewer: str
    verdict: str
    note: str
    settles: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One change of an entry's state."""

    from_state: str
    to_state: str
    classification: str
    by: str
    reason: str
    at: datetime


_NAMED = (
    "id", "hash_list__slug", "hash_list__name", "media", "source", "report_id", "file_id", "proposed_by",
    "proposed_at", "given", "said",
)  # fmt: skip


_FIELDS = (
    "id", "list_slug", "list_name", "media", "source", "report_id", "file_id", "proposed_by", "proposed_at",
)  # fmt: skip


def _of_round() -> QuerySet[Judgement]:
    return Judgement.objects.filter(entry_id=OuterRef("pk"), round=OuterRef("round"))


def _counted(field: str, *, distinct: bool = False) -> Subquery:
    counted = _of_round().order_by().values("entry_id").annotate(n=Count(field, distinct=distinct)).values("n")
    return Subquery(counted)


def _waiting() -> QuerySet[Entry]:
    return Entry.objects.filter(state=PROPOSED)


def _for(reviewer: str) -> QuerySet[Entry]:
    mine = _of_round().filter(reviewer=reviewer)
    return _waiting().exclude(proposed_by=reviewer).filter(~Exists(mine))


def _proposals(rows: QuerySet[Entry]) -> tuple[Proposal, ...]:
    found = rows.annotate(given=_counted("id"), said=_counted("verdict", distinct=True))
    return tuple(_proposal(row) for row in found.order_by("proposed_at", "id").values_list(*_NAMED))


def _proposal(row: tuple[Any, ...]) -> Proposal:
    named = dict(zip(_FIELDS, row[:-2], strict=True))
    given, said = row[-2] or 0, row[-1] or 0
    return Proposal(**named, given=given, is_disputed=given >= PEOPLE and said > 1)


def list_proposals(reviewer: str, *, most: int = 200) -> tuple[Proposal, ...]:
    """This function will list what waits for a person, disagreements first: not what they proposed or judged."""
    found = _proposals(_for(reviewer))
    return tuple(sorted(found, key=lambda one: not one.is_disputed))[:most]


def count_proposals(reviewer: str) -> int:
    """This function will count what waits for a person."""
    return _for(reviewer).count()


def find_proposal(key: int) -> Proposal | None:
    """This function will find one proposal that waits for judgement."""
    return next(iter(_proposals(_waiting().filter(pk=key))), None)


def may_person_judge(key: int, reviewer: str) -> bool:
    """This function will say whether a person may judge a proposal."""
    proposer = _waiting().filter(pk=key).values_list("proposed_by", "round").first()
    if proposer is None:
        return False
    rows = Judgement.objects.filter(entry_id=key, round=proposer[1]).values_list("reviewer", "verdict", "settles")
    return may_judge(reviewer, proposer[0], [Verdict(*row) for row in rows])


def find_own(key: int, reviewer: str) -> JudgementLine | None:
    """This function will give a person's own verdict on an entry, the newest."""
    return next(iter(_judgements(key, Judgement.objects.filter(reviewer=reviewer))), None)


def list_judgements(key: int) -> tuple[JudgementLine, ...]:
    """This function will list who judged what, once it is settled; nothing while an entry waits."""
    if _waiting().filter(pk=key).exists():
        return ()
    return _judgements(key, Judgement.objects.all())


def _judgements(key: int, rows: QuerySet[Judgement]) -> tuple[JudgementLine, ...]:
    named = ("id", "reviewer", "verdict", "note", "settles", "at")
    return tuple(JudgementLine(*row) for row in rows.filter(entry_id=key).order_by("-id").values_list(*named))


def list_moves(key: int) -> tuple[MoveLine, ...]:
    """This function will list an entry's changes of state, oldest first."""
    rows = Move.objects.filter(entry_id=key).order_by("id")
    return tuple(
        MoveLine(*row) for row in rows.values_list("from_state", "to_state", "classification", "by", "reason", "at")
    )


def list_of_file(file_id: str) -> tuple[tuple[int, str, str], ...]:
    """This function will list (entry, list, state) of everything that was proposed from a file."""
    rows = Entry.objects.filter(file_id=file_id).order_by("id")
    return tuple(rows.values_list("id", "hash_list__name", "state"))

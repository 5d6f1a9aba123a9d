"""Reads of notices for the desk: lists, one case, figures, countable facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from tipline.domain.addresses import defang
from tipline.domain.facts import Fact
from tipline.programs.notices import checking
from tipline.programs.notices.models import Answer, Case, CaseContact, Check, Hold, JournalLine, Notice, Origin
from tipline.programs.notices.rules import words
from tipline.programs.notices.rules.figures import Course, Figures, count, hours_between
from tipline.programs.notices.rules.moves import SEEN_WORDS, STATE_WORDS, NoticeState, Seen
from tipline.programs.notices.rules.recipients import Known, Proposal, propose
from tipline.programs.notices.values import (
    AnswerLine,
    CaseLine,
    CasePage,
    CheckView,
    HoldView,
    JournalView,
    NoticeLine,
    OriginView,
)

# The lists of the desk, by what is to be done with them.
_CHOOSE = Q(state=NoticeState.ESCALATED, next_at=None)  # somebody has to choose who is asked next
_OUT_NOW = (NoticeState.SENT, NoticeState.ACKNOWLEDGED, NoticeState.RE_NOTICED, NoticeState.UPHELD)
LISTS: Mapping[str, Q] = {
    "verify": Q(state=NoticeState.ENTERED),
    "send": Q(state=NoticeState.VERIFIED) | _CHOOSE,
    "out": Q(state__in=_OUT_NOW) | Q(state=NoticeState.ESCALATED, next_at__isnull=False),
    "disputed": Q(state=NoticeState.DISPUTED),
    "removed": Q(state=NoticeState.REMOVED),
    "ended": Q(state__in=(NoticeState.CLOSED, NoticeState.REJECTED, NoticeState.WITHDRAWN)),
}


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with everything about it."""

    number: int
    shown: str
    host: str
    state: str
    state_words: str
    episode: int
    entered_at: datetime
    moved_at: datetime
    next_at: datetime | None
    next_act: str
    check_due: bool
    classification: str
    detection_method: str
    media_type: str
    verified_at: datetime | None
    verified_by: str
    verified_how: str
    hosting_provider: str
    registrar: str
    asn: int | None
    country: str
    removed_at: datetime | None
    first_sent_at: datetime | None
    hold: HoldView | None
    origins: tuple[OriginView, ...]
    notices: tuple[NoticeLine, ...]
    answers: tuple[AnswerLine, ...]
    checks: tuple[CheckView, ...]
    journal: tuple[JournalView, ...]

    @property
    def hours_to_removal(self) -> float | None:
        """The hours from the first notice to the removal, where both are known."""
        if self.first_sent_at is None or self.removed_at is None:
            return None
        return hours_between(self.first_sent_at, self.removed_at)


def list_cases(name: str, *, now: datetime, offset: int = 0, size: int = 50) -> CasePage:
    """This function will list the cases of one list, what waits longest first; ended ones newest first."""
    rows = Case.objects.filter(LISTS[name])
    total = rows.count()
    ordered = rows.order_by("-moved_at", "-id") if name == "ended" else rows.order_by("moved_at", "id")
    found = list(_annotated(ordered)[offset : offset + size])
    held = _held([row.id for row in found], now)
    due = set(checking.due_numbers(now, [row.number for row in found]))
    lines = tuple(_line(row, row.id in held, row.number in due) for row in found)
    return CasePage(lines, total)


def _annotated(rows: QuerySet[Case]) -> QuerySet[Case]:
    newest = Notice.objects.filter(case=OuterRef("pk"), episode=OuterRef("episode")).order_by("-id")
    origins = Origin.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(many=Count("pk"))
    return rows.annotate(to_name=Subquery(newest.values("to_name")[:1]), many=Subquery(origins.values("many")))


def _held(ids: Sequence[int], now: datetime) -> set[int]:
    rows = Hold.objects.filter(case_id__in=ids, lifted_at=None, until__gt=now)
    return set(rows.values_list("case_id", flat=True))


def _line(row: Case, held: bool, due: bool) -> CaseLine:
    return CaseLine(
        number=row.number,
        shown=defang(row.url),
        state=row.state,
        state_words=STATE_WORDS[NoticeState(row.state)],
        held=held,
        check_due=due,
        entered_at=row.entered_at,
        moved_at=row.moved_at,
        next_at=row.next_at,
        next_act=row.next_act,
        recipient=getattr(row, "to_name", "") or "",
        origins=getattr(row, "many", 0) or 0,
    )


def count_lists() -> dict[str, int]:
    """This function will count the cases of every list, in one question."""
    return Case.objects.aggregate(**{name: Count("id", filter=kind) for name, kind in LISTS.items()})


def list_of_report(report_number: int, *, now: datetime) -> tuple[CaseLine, ...]:
    """This function will list the cases that addresses of one report became."""
    ids = Origin.objects.filter(report_number=report_number).values("case_id")
    rows = list(_annotated(Case.objects.filter(id__in=ids).order_by("id")))
    held = _held([row.id for row in rows], now)
    return tuple(_line(row, row.id in held, False) for row in rows)


def load_case(number: int, *, now: datetime) -> CaseView | None:
    """This function will give one case with everything about it."""
    row = Case.objects.filter(number=number).first()
    if row is None:
        return None
    first = Notice.objects.filter(case=row, episode=row.episode).aggregate(first=Min("first_sent_at"))["first"]
    copied = {name: getattr(row, name) for name in _COPIED}
    return CaseView(
        **copied,
        shown=defang(row.url),
        state_words=STATE_WORDS[NoticeState(row.state)],
        check_due=bool(checking.due_numbers(now, [number])),
        first_sent_at=first,
        hold=next((one for one in list_holds(row.id, now=now) if one.lives), None),
        origins=tuple(_origin(one) for one in Origin.objects.filter(case=row).order_by("id")),
        notices=tuple(_notice(one) for one in Notice.objects.filter(case=row).order_by("-id")),
        answers=tuple(_answer(one) for one in Answer.objects.filter(notice__case=row).order_by("-id")),
        checks=tuple(_check(one) for one in Check.objects.filter(case=row).order_by("-at", "-id")),
        journal=tuple(_journal(one) for one in JournalLine.objects.filter(case=row).order_by("id")),
    )


_COPIED = (
    *("number", "host", "state", "episode", "entered_at", "moved_at", "next_at", "next_act", "classification"),
    *("detection_method", "media_type", "verified_at", "verified_by", "verified_how", "hosting_provider"),
    *("registrar", "asn", "country", "removed_at"),
)


def list_holds(case_id: int, *, now: datetime) -> tuple[HoldView, ...]:
    """This function will list the police-first holds of a case, newest first."""
    return tuple(
        HoldView(one.agency, one.why, one.until, one.set_at, one.set_by, one.lifted_at is None and one.until > now)
        for one in Hold.objects.filter(case_id=case_id).order_by("-id")
    )


def _origin(row: Origin) -> OriginView:
    return OriginView(words.SOURCES[row.source], row.report_number, row.partner_id, row.note, row.at, row.by)


def _notice(row: Notice) -> NoticeLine:
    return NoticeLine(
        id=row.id,
        round=row.round,
        kind=row.kind,
        to_name=row.to_name,
        to_mail=row.to_mail,
        made_at=row.made_at,
        delivery=row.delivery,
        delivery_words=words.DELIVERY_WORDS[row.delivery],
        trouble_words=words.TROUBLE_WORDS.get(row.trouble, ""),
        sent_at=row.sent_at,
        has_mail=row.mail_sealed is not None,
        withdrawal_words=words.WITHDRAWAL_WORDS.get(row.withdrawal, ""),
        xarf=row.xarf,
    )


def _answer(row: Answer) -> AnswerLine:
    return AnswerLine(
        kind=row.kind,
        words=words.ANSWER_WORDS[row.kind],
        at=row.at,
        removed_at=row.removed_at,
        account_suspended=row.account_suspended,
        reason_words=words.DISPUTE_REASONS.get(row.reason, ""),
        note=row.note,
        via_words=words.VIA_WORDS[row.via],
        by=row.by,
    )


def _check(row: Check) -> CheckView:
    return CheckView(row.at, SEEN_WORDS[Seen(row.seen)], row.status_class, row.by, row.by_person, row.note)


def _journal(row: JournalLine) -> JournalView:
    return JournalView(row.at, words.JOURNAL_WORDS.get(row.code, row.code), row.note, row.by)


def list_proposals(number: int, known: Iterable[Known]) -> tuple[Proposal, ...]:
    """This function will propose recipients of a case: from what the caller knows, and from the case's own contacts."""
    case = Case.objects.filter(number=number).first()
    if case is None:
        return ()
    own = [
        Known(row.source, row.kind, row.name, row.email, certainty=row.certainty, contact_id=row.id)
        for row in CaseContact.objects.filter(case=case).order_by("id")
    ]
    return propose(case.host, case.country, [*own, *known])


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """One recipient's figures over its first notices."""

    name: str
    figures: Figures


def list_figures(*, now: datetime) -> tuple[CompanyFigures, ...]:
    """This function will count the time to removal for every recipient, the one with the most open first."""
    by_name: dict[str, list[Course]] = {}
    for name, course in _courses(Notice.objects.exclude(first_sent_at=None)):
        by_name.setdefault(name, []).append(course)
    found = [CompanyFigures(name, count(courses, now)) for name, courses in by_name.items()]
    return tuple(sorted(found, key=lambda one: (-one.figures.open, -one.figures.noticed, one.name)))


def _courses(rows: QuerySet[Notice]) -> Iterator[tuple[str, Course]]:
    """Each recipient of a case once, whatever reminders it had."""
    first = rows.filter(round=1).exclude(sent_at=None).order_by("id")
    for name, first_at, removed_at, standing in first.values_list("to_name", "first_sent_at", "removed_at", "standing"):
        if first_at is not None:
            yield name, Course(first_at, removed_at, standing in ("WITHDRAWN", "CLOSED"))


def list_facts(*, day: date) -> Iterator[Fact]:
    """This function will tell what of notices happened on a day (UTC), for the statistics: codes alone."""
    start = datetime.combine(day, time(), UTC)
    span = (start, start + timedelta(days=1) - timedelta(microseconds=1))
    for row in Notice.objects.filter(sent_at__range=span).order_by("id"):
        assert row.sent_at is not None
        yield Fact("notice_sent", row.sent_at, _labels(row))
    for row in Notice.objects.filter(removed_at__range=span, round=1).exclude(first_sent_at=None).order_by("id"):
        assert row.removed_at is not None
        assert row.first_sent_at is not None
        hours = hours_between(row.first_sent_at, row.removed_at)
        yield Fact("notice_removed", row.removed_at, _labels(row), amount=round(hours, 2))
    for said in Answer.objects.filter(at__range=span, kind="DISPUTED").select_related("notice").order_by("id"):
        yield Fact("notice_disputed", said.at, {"company": said.notice.company or "other"})


def _labels(row: Notice) -> dict[str, str]:
    return {"company": row.company or "other", "country": row.country}

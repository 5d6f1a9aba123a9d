"""What recipients say. The company's door adds an answer and begins a job; the worker moves the case because of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.platform import jobs
from tipline.platform.audit.service import Act, record
from tipline.programs.notices import journal
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Answer, Case, Notice
from tipline.programs.notices.rules import words
from tipline.programs.notices.rules.moves import CONFIRM_AFTER, MAY_SEND, MOVES, NoticeState, next_rung
from tipline.programs.notices.sending import digest_of, went_out
from tipline.programs.notices.values import NewAnswer

TAKE = "notices.take_answer"
BY = system("notices")
CLOCKS_DIFFER = timedelta(minutes=5)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web; what stands before year 1 the database cannot give back
MOST_ANSWERS = 20  # of one notice: a link is no place to write without end
_NEEDS_NOTE = frozenset({"lawful", "other"})


@contextmanager
def link_scope(token: str) -> Iterator[None]:
    """This function will open a transaction in which the database shows the one notice of a link."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.notice', %s, true)", [digest_of(token)])
        yield
        cursor.execute("SELECT set_config('app.notice', '', true)")


@transaction.atomic
def give(*, notice_id: int, new: NewAnswer, by: Actor, now: datetime) -> int:
    """This function will keep what a recipient says and let the worker act on it; runs in the company's door.

    Raises Refusal that names the field.
    """
    # Columns of the company's door alone.
    row = Notice.objects.only("id", "case_number", "sent_at", "first_sent_at", "standing").filter(pk=notice_id).first()
    if row is None or row.standing in ("WITHDRAWN", "CLOSED"):
        raise Refusal("no_notice", "This notice has ended; nothing more is asked of you.")
    if Answer.objects.filter(notice_id=row.id).count() >= MOST_ANSWERS:
        raise Refusal("too_many", "Enough answers were given here. Please write to us.")
    answer = _keep(row.id, new, by, now)
    details: dict[str, journal.Detail] = {"kind": new.kind.lower(), "via": new.via.lower(), "notice": row.id}
    record(Act(now, by, "notice.answered", "notice", str(row.case_number), details=details))
    jobs.defer(TAKE, answer_id=answer.id)
    return answer.id


def _keep(notice_id: int, new: NewAnswer, by: Actor, now: datetime) -> Answer:
    words.require_choice(new.kind, words.ANSWER_WORDS, "kind")
    is_removed, is_disputed = new.kind == "REMOVED", new.kind == "DISPUTED"
    if is_disputed:
        words.require_choice(new.reason, words.DISPUTE_REASONS, "reason")
        if new.reason in _NEEDS_NOTE and not new.note.strip():
            raise Refusal("note_missing", "Say it in a few words.", field="note")
    removed_at = (new.removed_at or now) if is_removed else None
    if removed_at and removed_at > now + CLOCKS_DIFFER:
        raise Refusal("bad_time", "Give a time that is not in the future.", field="removed_at")
    if removed_at and removed_at < EARLIEST:
        raise Refusal("bad_time", "Give the time at which it was taken down.", field="removed_at")
    return Answer.objects.create(
        notice_id=notice_id,
        kind=new.kind,
        at=now,
        removed_at=min(removed_at, now) if removed_at else None,
        account_suspended=new.account_suspended if is_removed else None,
        reason=new.reason if is_disputed else "",
        note=new.note.strip()[:2000],
        via=new.via,
        by=str(by)[:160],
    )


@transaction.atomic
def record_answer(*, number: int, notice_id: int, new: NewAnswer, by: Actor, now: datetime) -> None:
    """This function will write down an answer that came by mail or telephone, and act on it. Raises Refusal."""
    case = journal.lock(number)
    row = Notice.objects.select_for_update().filter(case=case, pk=notice_id).exclude(sent_at=None).first()
    if row is None:
        raise Refusal("no_notice", "Choose a notice that went out.", field="notice")
    answer = _keep(row.id, new, by, now)
    journal.audit("notice.answered", case, by, now, {"kind": new.kind.lower(), "via": "desk", "notice": row.id})
    _act_on(answer, row, case, by, now)


@transaction.atomic
def take(*, answer_id: int, now: datetime) -> bool:
    """This function will move a case because of an answer; harmless when called twice."""
    found = Answer.objects.filter(pk=answer_id).values_list("notice__case__number", "notice_id").first()
    if found is None:
        return False
    case = journal.lock(found[0])
    answer = Answer.objects.select_for_update().get(pk=answer_id)
    if answer.taken_at is not None:
        return False
    row = Notice.objects.select_for_update().get(pk=found[1])
    _act_on(answer, row, case, BY, now)
    return True


_LEADS_TO = {
    "ACKNOWLEDGED": ("acknowledged", NoticeState.ACKNOWLEDGED),
    "DISPUTED": ("disputed", NoticeState.DISPUTED),
    "REMOVED": ("removed", NoticeState.REMOVED),
}


def _act_on(answer: Answer, row: Notice, case: Case, by: Actor, now: datetime) -> None:
    code, to_state = _LEADS_TO[answer.kind]
    if row.sent_at is None and row.delivery in ("WAITING", "FAILED") and NoticeState(case.state) in MAY_SEND:
        # Nobody answers a mail that was not sent: a person sent it by hand and did not record that yet.
        went_out(case, row, "BY_HAND", answer.at, by, now)
    state = NoticeState(case.state)
    counts = row.episode == case.episode and row.standing != "WITHDRAWN"
    again = answer.kind == "ACKNOWLEDGED" and state is to_state
    if not counts or (to_state not in MOVES[state] and not again):
        journal.write(case, Step("late_answer", note=f"{row.to_name}: {words.ANSWER_WORDS[answer.kind]}"), by, now)
        Answer.objects.filter(pk=answer.id).update(taken_at=now, outcome="late")
        return
    Answer.objects.filter(pk=answer.id).update(taken_at=now, outcome="taken")
    journal.write(case, Step(code, to_state, _note(answer, row)), by, now)
    _EFFECTS[answer.kind](answer, row, case, now)


def _note(answer: Answer, row: Notice) -> str:
    said = words.DISPUTE_REASONS.get(answer.reason, "")
    return ". ".join(part for part in (row.to_name, said, answer.note) if part)


def _acknowledge(answer: Answer, row: Notice, case: Case, now: datetime) -> None:
    Notice.objects.filter(course=row.course).exclude(sent_at=None).update(
        acknowledged_at=answer.at, standing="ACKNOWLEDGED"
    )
    if row.first_sent_at is not None:
        rounds = Notice.objects.filter(course=row.course).exclude(sent_at=None).count()
        journal.plan(case, *next_rung(row.first_sent_at, rounds - 1, answer.at))


def _dispute(answer: Answer, row: Notice, case: Case, now: datetime) -> None:
    Notice.objects.filter(course=row.course).update(standing="DISPUTED")
    journal.plan(case, None)


def _remove(answer: Answer, row: Notice, case: Case, now: datetime) -> None:
    mark_removed(case, answer.removed_at or answer.at)
    journal.plan(case, now + CONFIRM_AFTER, "confirm")


_EFFECTS = {"ACKNOWLEDGED": _acknowledge, "DISPUTED": _dispute, "REMOVED": _remove}


def mark_removed(case: Case, at: datetime) -> None:
    """This function will keep since when a page is gone, for the case and for everybody who had a notice about it."""
    case.removed_at = at
    case.save(update_fields=["removed_at"])
    journal.stop_waiting(case)
    rows = Notice.objects.filter(case=case, episode=case.episode).exclude(sent_at=None)
    rows.exclude(standing="WITHDRAWN").update(removed_at=at, standing="REMOVED")

"""A notice is written, checked by ourselves, put into the outbox, and sent by the worker or by a person."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform.config import settings
from tipline.platform.processes.addresses import addresses_of
from tipline.platform.vault.fields import open_field, seal_field
from tipline.programs.notices import journal
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case, Notice
from tipline.programs.notices.rules import letter, words, xarf
from tipline.programs.notices.rules.moves import LINK_LIVES, MAY_SEND, OUT, NoticeState, next_rung
from tipline.programs.notices.rules.recipients import Proposal

_CONTEXT = "notice:{}:mail"
_UNSENT = frozenset({"WAITING", "FAILED"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a notice. `company` is its short name in the directory or the registry, empty where it has none."""

    kind: str
    name: str
    mail: str = ""
    company: str = ""
    esp_id: int | None = None
    partner_id: int | None = None


def recipient_of(chosen: Proposal) -> Recipient:
    """This function will make a recipient of the proposal that a person chose."""
    return Recipient(chosen.kind, chosen.name, chosen.email, chosen.slug, chosen.esp_id, chosen.partner_id)


@transaction.atomic
def prepare(*, number: int, to: Recipient, by: Actor, now: datetime) -> int:
    """This function will write a notice and put it into the outbox; returns its key.

    Raises Refusal: `wrong_state`, `held`, `waiting`, or `bad_notice` with the field of our own check.
    """
    return write(journal.lock(number), to, by, now)


def write(case: Case, to: Recipient, by: Actor, now: datetime) -> int:
    """This function will write a notice about a locked case."""
    if NoticeState(case.state) not in MAY_SEND:
        raise Refusal("wrong_state", "A notice is sent after somebody verified it, and not while a dispute is open.")
    journal.require_no_hold(case, now)
    before = _course(case, to)
    if before is not None and before.delivery == "WAITING":
        raise Refusal("waiting", "A notice to this recipient waits in the outbox already.")
    told = letter.Round(
        number=before.round + 1 if before else 1,
        first_at=before.first_sent_at if before else None,
        asks_further=to.kind not in ("SITE", "ESP"),
    )
    row, token = _row(case, to, told, now)
    row.course = before.course if before else uuid.uuid4()
    row.made_by = str(by)[:160]
    _seal(row, token, told, now)
    row.save(force_insert=True)
    journal.write(case, Step("prepared", note=f"To {to.name}, notice {told.number}"), by, now)
    details: dict[str, journal.Detail] = {"kind": to.kind.lower(), "round": told.number, "notice": str(row.report_id)}
    journal.audit("notice.prepared", case, by, now, details)
    return row.id


def _course(case: Case, to: Recipient) -> Notice | None:
    """The newest notice to the same recipient in this episode; stopped ones do not count."""
    rows = Notice.objects.filter(case=case, episode=case.episode, kind=to.kind, to_mail=to.mail, to_name=to.name)
    return rows.exclude(delivery__in=("STOPPED", "FAILED")).order_by("-id").first()


def _row(case: Case, to: Recipient, told: letter.Round, now: datetime) -> tuple[Notice, str]:
    assert case.verified_at is not None
    report_id, token = uuid.uuid4(), secrets.token_urlsafe(32)
    subject = xarf.Subject(
        url=case.url,
        reference=case.number,
        classification=case.classification,
        detection_method=case.detection_method,
        media_type=case.media_type,
        verified_at=case.verified_at,
        hosting_provider=case.hosting_provider,
        registrar=case.registrar,
        asn=case.asn,
        country=case.country,
    )
    report = xarf.write(subject, house(), report_id=str(report_id), now=now)
    xarf.require_good(report)
    row = Notice(
        case=case,
        case_number=case.number,
        episode=case.episode,
        report_id=report_id,
        round=told.number,
        kind=to.kind,
        to_name=to.name,
        to_mail=to.mail,
        company=to.company,
        esp_id=to.esp_id,
        partner_id=to.partner_id,
        country=case.country,
        xarf=report,
        token_sha256=digest_of(token),
        link_ends_at=now + LINK_LIVES,
        made_at=now,
        delivery="WAITING",
        try_at=now,
        first_sent_at=told.first_at,
    )
    return row, token


def digest_of(token: str) -> str:
    """This function will give the digest under which a link's token is found; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).hexdigest()


def house() -> xarf.House:
    """This function will name who sends notices."""
    return xarf.House(settings().house_name, settings().house_mail)


def _seal(row: Notice, token: str, told: letter.Round, now: datetime) -> None:
    base = settings().company_origin or addresses_of(settings()).esp_web
    envelope = letter.Envelope(row.to_name, row.to_mail, house(), f"{base}/n/{token}")
    raw = letter.write(row.xarf, envelope, told, now).as_bytes()
    row.mail_sha256 = hashlib.sha256(raw).hexdigest()
    row.mail_sealed = seal_field(raw, _CONTEXT.format(row.report_id))


def open_mail(row: Notice) -> bytes:
    """This function will give the mail of a notice that has not gone out. Raises Refusal where it was dropped."""
    if row.mail_sealed is None:
        raise Refusal("no_mail", "The mail went out, and was dropped then. Its digest is kept.")
    return open_field(bytes(row.mail_sealed), _CONTEXT.format(row.report_id))


@transaction.atomic
def download(*, number: int, notice_id: int, by: Actor, now: datetime) -> bytes:
    """This function will hand a waiting mail to a person who sends it. Raises Refusal, also while a hold lives."""
    case = journal.lock(number)
    journal.require_no_hold(case, now)
    raw = open_mail(_waiting(case, notice_id))
    journal.audit("notice.downloaded", case, by, now, {"notice": notice_id})
    return raw


def _waiting(case: Case, notice_id: int) -> Notice:
    row = Notice.objects.select_for_update().filter(case=case, pk=notice_id).first()
    if row is None or not _UNSENT.intersection((row.delivery, row.withdrawal)):
        raise Refusal("no_notice", "No such notice waits to be sent.")
    return row


@transaction.atomic
def record_sent(*, number: int, notice_id: int, at: datetime, by: Actor, now: datetime) -> None:
    """This function will keep that a person sent a notice, and when. Raises Refusal."""
    case = journal.lock(number)
    journal.require_no_hold(case, now)
    row = _waiting(case, notice_id)
    if row.withdrawal:
        withdrawal_went_out(case, row, "BY_HAND", by, now)
        return
    if at > now or at < row.made_at.replace(second=0, microsecond=0):
        raise Refusal("bad_time", "Give a time after the notice was written, and not in the future.", field="at")
    went_out(case, row, "BY_HAND", max(at, row.made_at), by, now)


def went_out(case: Case, row: Notice, how: str, at: datetime, by: Actor, now: datetime) -> None:  # noqa: PLR0913
    """This function will keep that a notice went out: the clock runs, the ladder is set, the mail is dropped."""
    row.delivery, row.sent_at, row.first_sent_at = how, at, row.first_sent_at or at
    row.mail_sealed, row.try_at, row.trouble = None, None, ""
    row.save()
    to_state = _after_sending(case, row)
    if case.state == NoticeState.REMOVED:
        _not_removed(case)
    journal.write(case, Step("sent", to_state, f"To {row.to_name}, notice {row.round}"), by, now)
    acknowledged = Notice.objects.filter(course=row.course).aggregate(last=Max("acknowledged_at"))["last"]
    journal.plan(case, *next_rung(row.first_sent_at, row.round - 1, acknowledged))
    details: dict[str, journal.Detail] = {
        "kind": row.kind.lower(),
        "round": row.round,
        "how": how.lower(),
        "notice": str(row.report_id),
    }
    journal.audit("notice.sent", case, by, now, details)


def write_withdrawals(case: Case, said: str, now: datetime) -> None:
    """This function will write to everybody whose notice of this episode went out that it is taken back."""
    rows = Notice.objects.filter(case=case, episode=case.episode).exclude(sent_at=None).order_by("course", "-id")
    for row in rows.distinct("course"):
        envelope = letter.Envelope(row.to_name, row.to_mail, house(), link="")
        raw = letter.write_withdrawal(row.xarf, envelope, said, now).as_bytes()
        row.mail_sealed = seal_field(raw, _CONTEXT.format(row.report_id))
        row.withdrawal, row.withdrawal_at, row.tries, row.trouble = "WAITING", now, 0, ""
        row.save(update_fields=["mail_sealed", "withdrawal", "withdrawal_at", "tries", "trouble"])


def withdrawal_went_out(case: Case, row: Notice, how: str, by: Actor, now: datetime) -> None:
    """This function will keep that a recipient was written to that its notice is taken back; the mail is dropped."""
    row.withdrawal, row.withdrawal_at, row.mail_sealed, row.trouble = how, now, None, ""
    row.save(update_fields=["withdrawal", "withdrawal_at", "mail_sealed", "trouble"])
    journal.write(case, Step("withdrawal_sent", note=f"To {row.to_name}"), by, now)
    details: dict[str, journal.Detail] = {"how": how.lower(), "notice": str(row.report_id)}
    journal.audit("notice.withdrawal_sent", case, by, now, details)


def _after_sending(case: Case, row: Notice) -> NoticeState:
    state = NoticeState(case.state)
    if state is NoticeState.VERIFIED:
        return NoticeState.SENT
    if state is NoticeState.ESCALATED:
        return state
    return NoticeState.ESCALATED if row.round == 1 and state in OUT else NoticeState.RE_NOTICED


def _not_removed(case: Case) -> None:
    # It was said to be gone and is there: the time to removal runs on from the first notice.
    case.removed_at = None
    case.save(update_fields=["removed_at"])
    Notice.objects.filter(case=case, episode=case.episode).update(removed_at=None, standing="OPEN")


def recipient_again(row: Notice) -> Recipient:
    """This function will give the recipient of an earlier notice, for a reminder."""
    return Recipient(row.kind, row.to_name, row.to_mail, row.company, row.esp_id, row.partner_id)


def label(delivery: str) -> str:
    """This function will say how far a notice got."""
    return words.DELIVERY_WORDS.get(delivery, delivery)

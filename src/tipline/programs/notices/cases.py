"""What people decide about a case before and after a notice: enter, verify, reject, hold, uphold, withdraw, close."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from tipline.domain import egress
from tipline.domain.actor import Actor
from tipline.domain.addresses import Address, read_address
from tipline.domain.errors import Refusal
from tipline.programs.notices import journal, sending
from tipline.programs.notices.journal import Step
from tipline.programs.notices.models import Case, CaseContact, Hold, Notice, Origin
from tipline.programs.notices.rules import recipients, words, xarf
from tipline.programs.notices.rules.moves import ENDED, NoticeState
from tipline.programs.notices.values import Entered, Hosting, NewContact, NewEntry, PoliceHold, Verification


@transaction.atomic
def enter(*, new: NewEntry, by: Actor, now: datetime) -> Entered:
    """This function will enter a web address, or join it to the case that the same address has already.

    Raises Refusal with field `url` where the address cannot be read, or lies on no public network.
    """
    words.require_choice(new.source, words.SOURCES, "source")
    address = _public(new.url)
    case, joined = _case_of(address, now)
    Origin.objects.create(
        case=case,
        source=new.source,
        report_number=new.report_number,
        partner_id=new.partner_id,
        written=new.url.strip()[:4000],
        note=new.note.strip()[:1000],
        at=now,
        by=str(by)[:160],
    )
    reopened = joined and NoticeState(case.state) in ENDED
    if reopened:
        _reopen(case, by, now)
    else:
        journal.write(case, Step("joined" if joined else "entered"), by, now)
    details: dict[str, journal.Detail] = {
        "source": new.source.lower(),
        "joined": joined,
        "report": new.report_number or 0,
    }
    journal.audit("notice.entered", case, by, now, details)
    return Entered(case.number, joined)


def _public(text: str) -> Address:
    address = read_address(text)
    if address.is_ip and egress.reason_against(address.host):
        raise Refusal("url_private", "This network address is not on the public internet.", field="url")
    return address


def _case_of(address: Address, now: datetime) -> tuple[Case, bool]:
    digest = hashlib.sha256(address.url.encode()).hexdigest()
    found = Case.objects.select_for_update().filter(url_sha256=digest).first()
    if found is not None:
        return found, True
    row = Case(
        number=secrets.randbelow(9 * 10**9) + 10**9,
        url=address.url,
        url_sha256=digest,
        host=address.host,
        state=NoticeState.ENTERED,
        entered_at=now,
        moved_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody entered the same address in this very moment
        return Case.objects.select_for_update().get(url_sha256=digest), True
    return row, False


def _reopen(case: Case, by: Actor, now: datetime) -> None:
    # A new episode has a clock of its own: what happened before stays counted as it was.
    case.episode, case.removed_at = case.episode + 1, None
    case.save(update_fields=["episode", "removed_at"])
    journal.write(case, Step("reopened", NoticeState.ENTERED), by, now)
    journal.plan(case, None)


@transaction.atomic
def verify(*, number: int, found: Verification, by: Actor, now: datetime) -> None:
    """This function will keep what a person verified, and how. Raises Refusal that names the field."""
    words.require_choice(found.classification, xarf.CLASSIFICATION_WORDS, "classification")
    words.require_choice(found.detection_method, xarf.DETECTION_WORDS, "detection_method")
    words.require_choice(found.media_type, words.MEDIA_WORDS, "media_type")
    if not found.how.strip():
        raise Refusal("how_missing", "Say how you know.", field="how")
    case = journal.lock(number)
    case.classification, case.detection_method = found.classification, found.detection_method
    case.media_type, case.verified_how = found.media_type, found.how.strip()[:1000]
    case.verified_at, case.verified_by = now, str(by)[:160]
    case.save()
    journal.write(case, Step("verified", NoticeState.VERIFIED, found.how), by, now)
    details = {"classification": found.classification, "method": found.detection_method}
    journal.audit("notice.verified", case, by, now, details)


@transaction.atomic
def reject(*, number: int, reason: str, by: Actor, now: datetime) -> None:
    """This function will end a case about which no notice is to be sent. Raises Refusal."""
    words.require_choice(reason, words.REJECT_REASONS, "reason")
    case = journal.lock(number)
    journal.write(case, Step("rejected", NoticeState.REJECTED, words.REJECT_REASONS[reason]), by, now)
    journal.stop_waiting(case)
    journal.plan(case, None)
    journal.audit("notice.rejected", case, by, now, {"reason": reason})


@transaction.atomic
def hold(*, number: int, asked: PoliceHold, by: Actor, now: datetime) -> None:
    """This function will hold everything back because an agency asks for it; wins over every notice that waits."""
    if not asked.agency.strip():
        raise Refusal("agency_missing", "Say which agency asks.", field="agency")
    if not asked.why.strip():
        raise Refusal("why_missing", "Say why, in a few words.", field="why")
    if asked.until <= now:
        raise Refusal("until_past", "Give a time in the future.", field="until")
    case = journal.lock(number)
    if NoticeState(case.state) in ENDED:
        raise Refusal("wrong_state", "The case has ended: there is nothing to hold back.")
    if journal.live_hold(case, now) is not None:
        raise Refusal("held", "A hold lives already. Lift it first.")
    Hold.objects.create(
        case=case,
        agency=asked.agency.strip()[:200],
        why=asked.why.strip()[:1000],
        until=asked.until,
        set_at=now,
        set_by=str(by)[:160],
    )
    journal.write(case, Step("held", note=f"{asked.agency.strip()}: {asked.why.strip()}"), by, now)
    hours = round((asked.until - now).total_seconds() / 3600)
    journal.audit("notice.held", case, by, now, {"hours": hours})


@transaction.atomic
def lift_hold(*, number: int, by: Actor, now: datetime, code: str = "released") -> None:
    """This function will let a case go on. Raises Refusal where no hold is to be lifted."""
    case = journal.lock(number)
    changed = Hold.objects.filter(case=case, lifted_at=None).update(lifted_at=now, lifted_by=str(by)[:160])
    if not changed:
        raise Refusal("no_hold", "There is no hold.")
    journal.write(case, Step(code), by, now)
    journal.audit("notice.released", case, by, now, {"reason": code})


@transaction.atomic
def set_hosting(*, number: int, hosting: Hosting, by: Actor, now: datetime) -> None:
    """This function will keep where the page is hosted. Raises Refusal that names the field."""
    country = hosting.country.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Refusal("bad_country", "Give the two letters of the country.", field="country")
    if hosting.asn is not None and not 1 <= hosting.asn <= 4294967295:
        raise Refusal("bad_asn", "Give the number of the network alone.", field="asn")
    case = journal.lock(number)
    case.hosting_provider, case.registrar = hosting.hosting_provider.strip()[:200], hosting.registrar.strip()[:200]
    case.asn, case.country = hosting.asn, country
    case.save()
    journal.write(case, Step("hosting"), by, now)
    journal.audit("notice.hosting_set", case, by, now, {"country": country})


@transaction.atomic
def add_contact(*, number: int, new: NewContact, by: Actor, now: datetime) -> int:
    """This function will keep somebody who may get the notice, and return its key. Raises Refusal."""
    if new.kind not in recipients.KINDS:
        raise Refusal("no_such_choice", "Choose one of the list.", field="kind")
    name, email = " ".join(new.name.split())[:200], new.email.strip()
    if not name:
        raise Refusal("name_missing", "Say who it is.", field="name")
    _check_mail(email)
    case = journal.lock(number)
    row, made = CaseContact.objects.get_or_create(
        case=case,
        source=new.source,
        kind=new.kind,
        email=email,
        defaults={"name": name, "certainty": new.certainty, "at": now, "by": str(by)[:160]},
    )
    if made:
        journal.write(case, Step("contact", note=f"{recipients.KIND_WORDS[new.kind]}: {name}"), by, now)
        journal.audit("notice.contact_added", case, by, now, {"kind": new.kind.lower(), "source": new.source})
    return row.id


def _check_mail(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal("bad_mail", "This is no mail address.", field="email") from error
    if not email.isascii():
        raise Refusal("bad_mail", "Give the mail address in ASCII letters.", field="email")


@transaction.atomic
def uphold(*, number: int, note: str, by: Actor, now: datetime) -> None:
    """This function will keep that a person looked again and the notice stands; the company reads `note`."""
    if not note.strip():
        raise Refusal("note_missing", "Say why it stands: the company reads this.", field="note")
    case = journal.lock(number)
    journal.write(case, Step("upheld", NoticeState.UPHELD, note), by, now)
    journal.stand(case, "UPHELD", said_back=note.strip())
    journal.audit("notice.decided", case, by, now, {"decision": "upheld"})


@transaction.atomic
def withdraw(*, number: int, note: str, by: Actor, now: datetime) -> None:
    """This function will take a notice back; every recipient is written to, and reads so on its page."""
    if not note.strip():
        raise Refusal("note_missing", "Say why it is withdrawn: the company reads this.", field="note")
    case = journal.lock(number)
    journal.write(case, Step("withdrawn", NoticeState.WITHDRAWN, note), by, now)
    journal.stop_waiting(case)
    journal.stand(case, "WITHDRAWN", said_back=note.strip())
    sending.write_withdrawals(case, note, now)
    Notice.objects.filter(case=case, episode=case.episode).update(removed_at=None)
    journal.plan(case, None)
    journal.audit("notice.decided", case, by, now, {"decision": "withdrawn"})


@transaction.atomic
def close(*, number: int, reason: str, by: Actor, now: datetime) -> None:
    """This function will end a case with a reason. Raises Refusal."""
    words.require_choice(reason, words.CLOSE_REASONS, "reason")
    end(journal.lock(number), reason, by, now)


def end(case: Case, reason: str, by: Actor, now: datetime) -> None:
    """This function will end a locked case."""
    was = NoticeState(case.state)
    journal.write(case, Step("closed", NoticeState.CLOSED, words.CLOSE_REASONS[reason]), by, now)
    journal.stop_waiting(case)
    if was not in (NoticeState.REMOVED, NoticeState.WITHDRAWN):
        journal.stand(case, "CLOSED")
    journal.plan(case, None)
    journal.audit("notice.closed", case, by, now, {"reason": reason})

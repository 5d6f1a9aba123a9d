"""Writes to the registry."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform import program_secrets
from tipline.platform.audit.service import Act, record
from tipline.reference.partners.models import Agreement, Contact, Partner, PartnerCredential, PartnerKey
from tipline.reference.partners.values import KEY_KINDS, KINDS, PURPOSES, SCOPES


@dataclass(frozen=True, slots=True)
class NewPartner:
    """An organisation to enter. `esp_id` or `agency_id` where the directory has it already."""

    name: str
    kind: str
    country: str = ""
    esp_id: int | None = None
    agency_id: str = ""


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A signed agreement. `reference` is the number or title of the document."""

    scope: str
    reference: str
    signed_on: date
    ends_on: date | None = None
    requests_per_minute: int = 300
    document_sha256: str = ""


@dataclass(frozen=True, slots=True)
class NewContact:
    """Whom to write to for what."""

    purpose: str
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A partner's public key: kind of KEY_KINDS, fingerprint as printed, the key as text."""

    kind: str
    fingerprint: str
    public: str


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A log-in for a partner's program. `environment`: a hash list's slug, "production" or "test" elsewhere."""

    scope: str
    environment: str
    username: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh credential. `secret` is shown this once and kept nowhere."""

    id: int
    username: str
    secret: str
    environment: str


def _audit(by: Actor, verb: str, now: datetime, partner_id: int, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind="partner", object_id=str(partner_id), details=details))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:110] or "partner"
    slug, number = stem, 2
    while Partner.objects.filter(slug=slug).exists():
        slug, number = f"{stem}-{number}", number + 1
    return slug


def _require(value: str, allowed: tuple[str, ...], field: str) -> None:
    if value not in allowed:
        raise Refusal("no_such_choice", f"Choose one of: {', '.join(allowed)}.", field=field)


@transaction.atomic
def create_partner(*, new: NewPartner, by: Actor, now: datetime) -> int:
    """This function will enter a partner and return its number. Raises Refusal where the name is taken or missing."""
    name = new.name.strip()
    if not name:
        raise Refusal("name_missing", "Give the organisation's name.", field="name")
    _require(new.kind, KINDS, "kind")
    row = Partner(
        name=name, slug=_slug(name), kind=new.kind, country=new.country.strip().upper(), esp_id=new.esp_id,
        agency_id=new.agency_id, created_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal("name_taken", "This organisation is in the registry.", field="name") from error
    _audit(by, "partner.created", now, row.id, kind=new.kind)
    return row.id


@transaction.atomic
def add_contact(*, partner_id: int, new: NewContact, by: Actor, now: datetime) -> int:
    """This function will keep whom to write to. Raises Refusal where no way to reach anybody is given."""
    _require(new.purpose, PURPOSES, "purpose")
    if not (new.email.strip() or new.phone.strip()):
        raise Refusal("no_way", "Give a mail address or a telephone number.", field="email")
    row = Contact.objects.create(
        partner_id=partner_id, purpose=new.purpose, name=new.name.strip(), email=new.email.strip(),
        phone=new.phone.strip(), created_at=now,
    )  # fmt: skip
    _audit(by, "partner.contact_added", now, partner_id, purpose=new.purpose)
    return row.id


@transaction.atomic
def end_contact(*, contact_id: int, by: Actor, now: datetime) -> None:
    """This function will no longer use a contact."""
    row = Contact.objects.select_for_update().filter(pk=contact_id, ended_at=None).first()
    if row is None:
        raise Refusal("no_contact", "There is no such contact.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    _audit(by, "partner.contact_ended", now, row.partner_id, purpose=row.purpose)


@transaction.atomic
def sign_agreement(*, partner_id: int, new: NewAgreement, by: Actor, now: datetime) -> int:
    """This function will put an agreement on record. Raises Refusal naming the field that is wrong."""
    _require(new.scope, SCOPES, "scope")
    if not new.reference.strip():
        raise Refusal("reference_missing", "Give the number or title of the signed document.", field="reference")
    if new.ends_on is not None and new.ends_on < new.signed_on:
        raise Refusal("ends_before", "It ends before it was signed.", field="ends_on")
    if not 1 <= new.requests_per_minute <= 100_000:
        raise Refusal("bad_limit", "Allow between 1 and 100 000 requests a minute.", field="requests_per_minute")
    row = Agreement.objects.create(
        partner_id=partner_id, scope=new.scope, reference=new.reference.strip()[:120], signed_on=new.signed_on,
        ends_on=new.ends_on, requests_per_minute=new.requests_per_minute, document_sha256=new.document_sha256,
    )  # fmt: skip
    _audit(by, "partner.agreement_signed", now, partner_id, scope=new.scope, agreement=row.id)
    return row.id


@transaction.atomic
def end_agreement(*, agreement_id: int, by: Actor, now: datetime) -> None:
    """This function will end an agreement: its credentials stop working within a minute."""
    row = Agreement.objects.select_for_update().filter(pk=agreement_id, ended_at=None).first()
    if row is None:
        raise Refusal("no_agreement", "There is no such living agreement.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    _audit(by, "partner.agreement_ended", now, row.partner_id, scope=row.scope, agreement=row.id)


@transaction.atomic
def add_key(*, partner_id: int, new: NewKey, by: Actor, now: datetime) -> int:
    """This function will keep a partner's public key. Raises Refusal naming the field that is wrong."""
    _require(new.kind, KEY_KINDS, "kind")
    if not new.fingerprint.strip() or not new.public.strip():
        raise Refusal("key_missing", "Give the key and its fingerprint.", field="public")
    row = PartnerKey.objects.create(
        partner_id=partner_id, kind=new.kind, fingerprint=new.fingerprint.strip()[:128], public=new.public.strip(),
        created_at=now,
    )  # fmt: skip
    _audit(by, "partner.key_added", now, partner_id, kind=new.kind)
    return row.id


@transaction.atomic
def issue_credential(*, partner_id: int, new: NewCredential, by: Actor, now: datetime) -> Issued:
    """This function will give a partner's program a log-in; the secret is returned once.

    Raises Refusal where no agreement of this scope is on record, or the name is taken or unfit.
    """
    _require(new.scope, SCOPES, "scope")
    if ":" in new.username or not new.username.strip():
        raise Refusal("bad_username", "A user name has letters and no colon.", source="RFC 7617", field="username")
    if not Agreement.objects.filter(partner_id=partner_id, scope=new.scope, ended_at=None).exists():
        raise Refusal("no_agreement", "Put a signed agreement of this scope on record first.", field="scope")
    secret = program_secrets.make_secret()
    row = PartnerCredential(
        partner_id=partner_id, scope=new.scope, environment=new.environment, username=new.username.strip(),
        created_at=now, secret_argon2id=program_secrets.hash_secret(secret),
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal("username_taken", "This user name is taken.", field="username") from error
    _audit(by, "partner.credential_issued", now, partner_id, scope=new.scope, credential=row.id)
    return Issued(row.id, row.username, secret, row.environment)


@transaction.atomic
def revoke_credential(*, credential_id: int, by: Actor, now: datetime) -> None:
    """This function will end a credential. Raises Refusal where it is unknown or has ended before."""
    row = PartnerCredential.objects.select_for_update().filter(pk=credential_id, revoked_at=None).first()
    if row is None:
        raise Refusal("no_credential", "There is no such live credential.")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    _audit(by, "partner.credential_revoked", now, row.partner_id, scope=row.scope, credential=row.id)

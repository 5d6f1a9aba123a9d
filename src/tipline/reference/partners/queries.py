"""Reads of the registry."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from tipline.platform.program_secrets import matches
from tipline.reference.partners.models import Agreement, Contact, Partner, PartnerCredential, PartnerKey
from tipline.reference.partners.values import (
    AgreementLine,
    CheckedPartner,
    ContactLine,
    CredentialLine,
    KeyLine,
    PartnerLine,
    PartnerPage,
)


def _living(on: date) -> Q:
    return Q(ended_at=None, signed_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def _line(row: Partner, scopes: tuple[str, ...] = ()) -> PartnerLine:
    return PartnerLine(row.id, row.name, row.slug, row.kind, row.country, row.active, row.esp_id, row.agency_id, scopes)


def list_partners(*, on: date) -> tuple[PartnerLine, ...]:
    """This function will list all partners by name, with the scopes of the agreements that live on a day."""
    scopes: dict[int, list[str]] = {}
    for partner_id, scope in Agreement.objects.filter(_living(on)).values_list("partner_id", "scope"):
        scopes.setdefault(partner_id, []).append(scope)
    rows = Partner.objects.order_by("name")
    return tuple(_line(row, tuple(sorted(set(scopes.get(row.id, []))))) for row in rows)


def find_partner(partner_id: int) -> PartnerLine | None:
    """This function will return one partner by its number."""
    row = Partner.objects.filter(pk=partner_id).first()
    return _line(row) if row else None


def find_partner_by_slug(slug: str) -> PartnerLine | None:
    """This function will return one partner by its short name."""
    row = Partner.objects.filter(slug=slug).first()
    return _line(row) if row else None


def find_partner_of_esp(esp_id: int) -> PartnerLine | None:
    """This function will return the partner that is this company of the directory."""
    row = Partner.objects.filter(esp_id=esp_id).first()
    return _line(row) if row else None


def find_partners_with(scope: str, *, on: date) -> tuple[PartnerLine, ...]:
    """This function will list active partners that have a living agreement of this scope."""
    ids = Agreement.objects.filter(_living(on), scope=scope).values("partner_id")
    return tuple(_line(row) for row in Partner.objects.filter(id__in=ids, active=True).order_by("name"))


def find_contact(partner_id: int, purpose: str) -> ContactLine | None:
    """This function will return whom to write to for a purpose, else for anything."""
    rows = Contact.objects.filter(partner_id=partner_id, ended_at=None, purpose__in=(purpose, "GENERAL")).order_by("id")
    found = sorted(rows, key=lambda row: row.purpose != purpose)
    return _contact(found[0]) if found else None


def list_contacts_for(purpose: str) -> tuple[tuple[PartnerLine, ContactLine], ...]:
    """This function will list the active partners that named somebody for a purpose, by name, with that contact."""
    rows = Contact.objects.filter(purpose=purpose, ended_at=None, partner__active=True).select_related("partner")
    return tuple((_line(row.partner), _contact(row)) for row in rows.order_by("partner__name", "id"))


def _contact(row: Contact) -> ContactLine:
    return ContactLine(row.id, row.purpose, row.name, row.email, row.phone)


def load_page(partner_id: int, *, on: date) -> PartnerPage | None:
    """This function will return everything about one partner."""
    row = Partner.objects.filter(pk=partner_id).first()
    if row is None:
        return None
    living = set(Agreement.objects.filter(_living(on), partner=row).values_list("id", flat=True))
    agreements = Agreement.objects.filter(partner=row).order_by("-signed_on", "-id")
    named = ("id", "scope", "environment", "username", "created_at", "revoked_at")
    credentials = PartnerCredential.objects.filter(partner=row).order_by("-id").values_list(*named)
    keys = PartnerKey.objects.filter(partner=row, ended_at=None).order_by("-id")
    return PartnerPage(
        line=_line(row),
        contacts=tuple(_contact(each) for each in Contact.objects.filter(partner=row, ended_at=None).order_by("id")),
        agreements=tuple(_agreement(each, each.id in living) for each in agreements),
        credentials=tuple(CredentialLine(*each) for each in credentials),
        keys=tuple(KeyLine(each.id, each.kind, each.fingerprint, each.created_at) for each in keys),
    )


def _agreement(row: Agreement, lives: bool) -> AgreementLine:
    return AgreementLine(row.id, row.scope, row.reference, row.signed_on, row.ends_on, row.requests_per_minute, lives)


def check_credential(
    *, username: str, secret: str, scope: str, environment: str, now: datetime
) -> CheckedPartner | None:
    """This function will tell which partner's program calls; None where name, secret, agreement or partner fail.

    Takes as long for an unknown name as for a wrong secret (Argon2id, about 20 ms): callers remember a good answer for
    at most a minute.
    """
    row = (
        PartnerCredential.objects.select_related("partner")
        .filter(username=username, scope=scope, environment=environment, revoked_at=None)
        .first()
    )
    if not matches(row.secret_argon2id if row else None, secret) or row is None or not row.partner.active:
        return None
    agreement = Agreement.objects.filter(_living(now.date()), partner=row.partner, scope=scope).order_by("-id").first()
    if agreement is None:
        return None
    return CheckedPartner(row.partner_id, row.partner.name, row.id, row.username, agreement.requests_per_minute)

"""The words of the registry and the values that its reads return. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

KINDS = ("COMPANY", "ORGANISATION", "HOTLINE", "AGENCY", "CLEARING_HOUSE", "SUPPORT", "SURVIVORS")
KIND_LABELS = {
    "COMPANY": "Company",
    "ORGANISATION": "Organisation",
    "HOTLINE": "Hotline",
    "AGENCY": "Police agency",
    "CLEARING_HOUSE": "Clearing house",
    "SUPPORT": "Support organisation",
    "SURVIVORS": "Survivors' requests (our own)",
}
SCOPES = ("HASH_SHARING", "STOPNCII", "SHIELD", "NOTICES", "SUPPORT", "FEDERATION")
SCOPE_LABELS = {
    "HASH_SHARING": "Hash sharing",
    "STOPNCII": "Survivors' hashes, StopNCII form",
    "SHIELD": "Matching, Shield form",
    "NOTICES": "Notices",
    "SUPPORT": "Support of survivors",
    "FEDERATION": "Exchange between clearing houses",
}
PURPOSES = ("GENERAL", "NOTICES", "SECURITY", "LEGAL", "HASHES", "SUPPORT")
PURPOSE_LABELS = {
    "GENERAL": "General",
    "NOTICES": "Notices",
    "SECURITY": "Security",
    "LEGAL": "Legal",
    "HASHES": "Hash lists",
    "SUPPORT": "Support of survivors",
}
KEY_KINDS = ("OPENPGP", "X509", "AGE", "ED25519")


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner in a list. `scopes` are those of its living agreements."""

    id: int
    name: str
    slug: str
    kind: str
    country: str
    active: bool
    esp_id: int | None
    agency_id: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Whom to write to for what."""

    id: int
    purpose: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One agreement; `lives` on the day asked for."""

    id: int
    scope: str
    reference: str
    signed_on: date
    ends_on: date | None
    requests_per_minute: int
    lives: bool


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """One log-in of a partner's programs; its secret is never shown again."""

    id: int
    scope: str
    environment: str
    username: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One public key."""

    id: int
    kind: str
    fingerprint: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """Everything about one partner."""

    line: PartnerLine
    contacts: tuple[ContactLine, ...] = field(default=())
    agreements: tuple[AgreementLine, ...] = field(default=())
    credentials: tuple[CredentialLine, ...] = field(default=())
    keys: tuple[KeyLine, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CheckedPartner:
    """A partner's program that proved who it is; how many requests a minute its agreement allows."""

    partner_id: int
    name: str
    credential_id: int
    username: str
    requests_per_minute: int

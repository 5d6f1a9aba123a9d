"""What can be done on a partner's page: one form and one call of the registry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.interfaces.desk.partners import forms
from tipline.reference.hashlists import canaries
from tipline.reference.partners import service as registry
from tipline.reference.partners.values import PartnerPage


@dataclass(frozen=True, slots=True)
class Asked:
    """One act: on which partner, with what, by whom and when."""

    page: PartnerPage
    data: Mapping[str, Any]
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """A form of the page, the words on its button, and what it does; some give something back to show once."""

    form: Callable[..., Any] | None
    text: str
    done: str
    do: Callable[[Asked], Any]


def _contact(asked: Asked) -> None:
    new = registry.NewContact(**asked.data)
    registry.add_contact(partner_id=asked.page.line.id, new=new, by=asked.by, now=asked.now)


def _agreement(asked: Asked) -> None:
    new = registry.NewAgreement(**asked.data)
    registry.sign_agreement(partner_id=asked.page.line.id, new=new, by=asked.by, now=asked.now)


def _key(asked: Asked) -> None:
    registry.add_key(partner_id=asked.page.line.id, new=registry.NewKey(**asked.data), by=asked.by, now=asked.now)


def _credential(asked: Asked) -> registry.Issued:
    scope, _, environment = str(asked.data["place"]).partition("|")
    partner_id, username = asked.page.line.id, asked.data["username"]
    new = registry.NewCredential(scope=scope, environment=environment, username=username)
    issued = registry.issue_credential(partner_id=partner_id, new=new, by=asked.by, now=asked.now)
    if scope == "HASH_SHARING":
        canaries.plant(list_slug=environment, partner_id=partner_id, by=asked.by, now=asked.now)
    return issued


def _own(asked: Asked, rows: tuple[Any, ...]) -> int:
    # The row is named by the form; it has to be this partner's.
    text = str(asked.data.get("row", ""))
    found = next((row.id for row in rows if str(row.id) == text), None)
    if found is None:
        raise Refusal("no_such_row", "This is gone already. Nothing was changed.")
    return int(found)


def _end_contact(asked: Asked) -> None:
    registry.end_contact(contact_id=_own(asked, asked.page.contacts), by=asked.by, now=asked.now)


def _end_agreement(asked: Asked) -> None:
    registry.end_agreement(agreement_id=_own(asked, asked.page.agreements), by=asked.by, now=asked.now)


def _revoke(asked: Asked) -> None:
    registry.revoke_credential(credential_id=_own(asked, asked.page.credentials), by=asked.by, now=asked.now)


ACTS: Mapping[str, Act] = {
    "contact": Act(forms.ContactForm, "Add", "The contact is kept.", _contact),
    "agreement": Act(forms.AgreementForm, "Put on record", "The agreement is on record.", _agreement),
    "key": Act(forms.KeyForm, "Keep", "The key is kept.", _key),
    "credential": Act(forms.CredentialForm, "Issue", "", _credential),
    "end-contact": Act(None, "Remove", "The contact is removed.", _end_contact),
    "end-agreement": Act(None, "End", "The agreement has ended; its log-ins stop within a minute.", _end_agreement),
    "revoke": Act(None, "Revoke", "The log-in is revoked; it stops within a minute.", _revoke),
}

"""A company's people, kept by the company's own administrator: asked in by a one-time code, given a role, let go.

Row-level security (migration 0005) lets the company pages make and change accounts of the company that asks alone.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.domain.receipt import RANDOM_BYTES, code_of, grouped, read_code
from tipline.platform.accounts import service
from tipline.platform.accounts.lockout import name_of
from tipline.platform.accounts.models import Invitation, Session, User
from tipline.platform.accounts.queries import Account, account_of
from tipline.platform.accounts.records import Event, record
from tipline.platform.accounts.roles import COMPANY_READERS, Realm, Role
from tipline.platform.accounts.scope import agency_scope
from tipline.platform.accounts.service import NewUser

LASTS = timedelta(days=3)
_NAME = re.compile(r"[^\s:]{3,150}")
_UNKNOWN = Refusal("no_invitation", "This code leads to no open invitation. Ask your administrator for a new one.")


@dataclass(frozen=True, slots=True)
class Invited:
    """An open invitation."""

    id: int
    username: str
    full_name: str
    role: str
    made_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NewColleague:
    """Whom an administrator asks in."""

    username: str
    full_name: str
    role: Role


def list_colleagues(esp_id: int) -> tuple[Account, ...]:
    """This function will list a company's accounts, closed ones last, by name."""
    rows = User.objects.filter(realm=Realm.ESP_WEB, esp_id=esp_id).order_by("-is_active", "username")
    return tuple(account_of(row) for row in rows)


def list_invitations(*, esp_id: int, now: datetime) -> tuple[Invited, ...]:
    """This function will list a company's open invitations, newest first."""
    rows = Invitation.objects.filter(esp_id=esp_id, used_at=None, withdrawn_at=None, ends_at__gt=now).order_by("-id")
    return tuple(Invited(row.id, row.username, row.full_name, row.role, row.made_at, row.ends_at) for row in rows)


@transaction.atomic
def invite(*, esp_id: int, new: NewColleague, by: Actor, now: datetime) -> str:
    """This function will ask a colleague in and return the code, which is shown this once.

    Raises Refusal `no_role`, `bad_name`, `name_missing` or `username_taken`.
    """
    username = name_of(new.username)
    if new.role not in COMPANY_READERS:
        raise Refusal("no_role", "Choose one of the three.", field="role")
    if not _NAME.fullmatch(username):
        raise Refusal("bad_name", "At least three signs, without blanks and colons.", field="username")
    if not new.full_name.strip():
        raise Refusal("name_missing", "Give the person's name.", field="full_name")
    if User.objects.filter(username=username).exists():
        raise Refusal("username_taken", "There is an account of this name already.", field="username")
    code = code_of(secrets.token_bytes(RANDOM_BYTES))
    row = Invitation.objects.create(
        esp_id=esp_id,
        username=username,
        full_name=new.full_name.strip()[:200],
        role=new.role,
        code_sha256=_digest(code),
        made_by=by.ident[:150],
        made_at=now,
        ends_at=now + LASTS,
    )
    _note("account.invited", by, row.id, now, role=str(new.role), esp=str(esp_id))
    return grouped(code)


def _digest(code: str) -> str:
    # 80 random bits: nobody can try them out, so a plain digest is enough, and no key is needed at this door.
    return hashlib.sha256(f"invitation:{code}".encode()).hexdigest()


def _note(verb: str, by: Actor, invitation_id: int, now: datetime, **details: str) -> None:
    record(event=Event(verb, by, None, details={"invitation": invitation_id, **details}), now=now)


@transaction.atomic
def withdraw(*, esp_id: int, invitation_id: int, by: Actor, now: datetime) -> None:
    """This function will end an open invitation. Raises Refusal `no_invitation`."""
    rows = Invitation.objects.filter(pk=invitation_id, esp_id=esp_id, used_at=None, withdrawn_at=None)
    if not rows.update(withdrawn_at=now):
        raise _UNKNOWN
    _note("account.invitation_withdrawn", by, invitation_id, now)


@contextmanager
def _found(code: str) -> Iterator[Invitation | None]:
    """The database shows, to whoever holds a code, the one invitation of that code."""
    digest = _digest(read_code(code))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.invitation', %s, true)", [digest])
        row = Invitation.objects.filter(code_sha256=digest).first()
        yield row
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.invitation', '', true)")


def accept(*, code: str, password: str, by: Actor, now: datetime) -> str:
    """This function will make the account of an invitation, once, and return its name.

    The second factor is set up at the first log-in. Raises Refusal `receipt_typo`, `no_invitation`, `username_taken`,
    `password_weak`.
    """
    with _found(code) as row:
        if row is None:
            raise _UNKNOWN
        with agency_scope(esp=row.esp_id):
            # One use: of two at the same moment, one finds the row used.
            open_rows = Invitation.objects.filter(pk=row.pk, used_at=None, withdrawn_at=None, ends_at__gt=now)
            if not open_rows.update(used_at=now):
                raise _UNKNOWN
            new = NewUser(row.username, row.full_name, Role(row.role), password, esp_id=row.esp_id)
            service.create_user(new=new, by=by, now=now)
            return row.username


@transaction.atomic
def change_role(*, esp_id: int, account_id: int, role: Role, by: Actor, now: datetime) -> None:
    """This function will give a colleague another role and end what was open in the old one.

    Raises Refusal `no_account`, `no_role`, `yourself`, `last_administrator`.
    """
    if role not in COMPANY_READERS:
        raise Refusal("no_role", "Choose one of the three.", field="role")
    row = _colleague(esp_id, account_id, by)
    row.role = role
    row.save(update_fields=["role"])
    Session.objects.filter(account_id=row.pk).delete()
    details = {"role": str(role), "realm": str(row.realm), "esp": str(esp_id), "fields": "role"}
    record(event=Event("account.changed", by, row.pk, details=details), now=now)


@transaction.atomic
def let_go(*, esp_id: int, account_id: int, by: Actor, now: datetime) -> None:
    """This function will close a colleague's account and end its sessions at once.

    Raises Refusal `no_account` or `yourself`.
    """
    service.deactivate(username=_colleague(esp_id, account_id, by).username, by=by, now=now)


def _colleague(esp_id: int, account_id: int, by: Actor) -> User:
    rows = User.objects.filter(pk=account_id, realm=Realm.ESP_WEB, esp_id=esp_id, is_active=True)
    row = rows.first()
    if row is None:
        raise Refusal("no_account", "There is no such account.")
    if row.username == by.ident:
        # Whoever is left is always an administrator: nobody can lock the company out of its own pages.
        raise Refusal("yourself", "Ask another administrator to change your own account.")
    return row

"""Writes of the accounts. Every act is in the audit, in the act's own transaction."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform.accounts import seal, totp
from tipline.platform.accounts.lockout import name_of
from tipline.platform.accounts.models import LoginFailure, LoginLock, Session, TotpUse, User
from tipline.platform.accounts.records import Event, record
from tipline.platform.accounts.roles import COMPANY_READERS, REALM_OF, Role


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made. `totp_secret` (base32) enrols the authenticator at once (demo, tests)."""

    username: str
    full_name: str
    role: Role
    password: str
    agency_id: str = ""
    esp_id: int | None = None
    totp_secret: str | None = None


@transaction.atomic
def create_user(*, new: NewUser, by: Actor, now: datetime) -> int:
    """This function will make an account behind the door of its role and return its id.

    Raises Refusal: username_taken, password_weak, agency_missing, esp_missing.
    """
    user = User(
        username=name_of(new.username),
        full_name=new.full_name,
        role=new.role,
        realm=REALM_OF[new.role],
        agency_id=new.agency_id,
        esp_id=new.esp_id,
        created_at=now,
    )
    _check(new, user)
    user.set_password(new.password)
    user.save(force_insert=True)
    details = {"role": str(new.role), "realm": str(user.realm), "agency": user.agency_id}
    record(event=Event("account.created", by, user.pk, details=details), now=now)
    if new.totp_secret:
        enrol_totp(username=user.username, secret=new.totp_secret, by=by, now=now)
    return int(user.pk)


def _check(new: NewUser, user: User) -> None:
    if new.role in (Role.OFFICER, Role.EXAMINER) and not new.agency_id:
        raise Refusal("agency_missing", "This account needs the agency it belongs to.", field="agency_id")
    if new.role in COMPANY_READERS and new.esp_id is None:
        raise Refusal("esp_missing", "A company's account needs the company it belongs to.", field="esp_id")
    if User.objects.filter(username=user.username).exists():
        raise Refusal("username_taken", "There is an account of this name already.", field="username")
    try:
        validate_password(new.password, user)
    except ValidationError as error:
        raise Refusal("password_weak", " ".join(error.messages), field="password") from error


@transaction.atomic
def enrol_totp(*, username: str, secret: str, by: Actor, now: datetime) -> None:
    """This function will give an account an authenticator, in place of any former one."""
    user = _load(username)
    Authenticator.objects.filter(user_id=user.pk).delete()
    TotpUse.objects.filter(user_id=user.pk).delete()
    Authenticator.objects.create(
        user_id=user.pk, type=Authenticator.Type.TOTP, data={"secret": seal.seal(secret)}, created_at=now
    )
    details = {"realm": str(user.realm), "method": "totp"}
    record(event=Event("account.mfa_enrolled", by, user.pk, details=details), now=now)


def use_totp_code(*, user_id: int, secret: str, code: str, now: datetime) -> bool:
    """This function will accept a code that is right and not used before, and burn it and all before it.

    One statement decides, so that of two equal codes at the same time one is accepted.
    """
    step = totp.matching_step(secret, code, now)
    if step is None:
        return False
    _, is_first = TotpUse.objects.get_or_create(user_id=user_id, defaults={"last_step": step})
    return is_first or TotpUse.objects.filter(user_id=user_id, last_step__lt=step).update(last_step=step) == 1


@transaction.atomic
def use_recovery_code(*, user_id: int, code: str) -> bool:
    """This function will accept a recovery code that is right and not used before, and mark it used.

    Writes the one column that a door may change; the library's own way writes the whole row.
    """
    kept = Authenticator.objects.select_for_update().filter(user_id=user_id, type=Authenticator.Type.RECOVERY_CODES)
    for row in kept:
        for index, right in enumerate(row.wrap().generate_codes()):
            is_used = row.data["used_mask"] >> index & 1
            if not is_used and hmac.compare_digest(right.encode(), "".join(code.split()).encode()):
                kept.update(data={**row.data, "used_mask": row.data["used_mask"] | 1 << index})
                return True
    return False


@transaction.atomic
def release_lock(*, username: str, by: Actor, now: datetime) -> int:
    """This function will release every lock on an account name and return how many there were."""
    name = name_of(username)
    LoginFailure.objects.filter(username=name).delete()
    count = LoginLock.objects.filter(username=name, released_at__isnull=True).update(
        released_at=now, released_by=by.ident
    )
    user = User.objects.filter(username=name).first()
    record(event=Event("account.released", by, user.pk if user else None), now=now)
    return count


@transaction.atomic
def end_sessions(*, username: str, by: Actor, now: datetime) -> int:
    """This function will end every session of an account at once and return how many there were."""
    user = _load(username)
    count, _ = Session.objects.filter(account_id=user.pk).delete()
    details = {"realm": str(user.realm), "reason": "ended_by_other"}
    record(event=Event("account.logged_out", by, user.pk, details=details), now=now)
    return count


@transaction.atomic
def deactivate(*, username: str, by: Actor, now: datetime) -> None:
    """This function will close an account and end its sessions."""
    user = _load(username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(event=Event("account.deactivated", by, user.pk), now=now)
    end_sessions(username=username, by=by, now=now)


def clear_spent(*, now: datetime) -> int:
    """This function will delete expired sessions and failures older than a day; how many rows there were."""
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    failures, _ = LoginFailure.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return sessions + failures


def _load(username: str) -> User:
    found = User.objects.filter(username=name_of(username)).first()
    if found is None:
        raise Refusal("account_unknown", "There is no account of this name.", field="username")
    return found

"""Reads of the accounts, as values."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from tipline.platform.accounts import seal
from tipline.platform.accounts.lockout import name_of
from tipline.platform.accounts.models import LoginLock, User


@dataclass(frozen=True, slots=True)
class Account:
    """What others may know of a user."""

    id: int
    username: str
    full_name: str
    role: str
    realm: str
    agency_id: str
    esp_id: int | None
    is_active: bool


def find_user(username: str) -> Account | None:
    """This function will find an account of this process's realm by its name."""
    row = User.objects.filter(username=name_of(username)).first()
    return None if row is None else account_of(row)


def account_of(row: User) -> Account:
    """This function will return the value of a user's row."""
    return Account(
        id=row.pk,
        username=row.username,
        full_name=row.full_name,
        role=row.role,
        realm=row.realm,
        agency_id=row.agency_id,
        esp_id=row.esp_id,
        is_active=row.is_active,
    )


def list_accounts() -> tuple[Account, ...]:
    """This function will list the accounts of this process's realm (of every realm for the owner)."""
    return tuple(account_of(row) for row in User.objects.order_by("realm", "username"))


def count_locks() -> int:
    """This function will count the locks that wait for an administrator."""
    return LoginLock.objects.filter(released_at__isnull=True).count()


def load_totp_secret(username: str) -> str | None:
    """This function will return an account's authenticator secret (base32), for the verb `code` alone."""
    row = Authenticator.objects.filter(user__username=name_of(username), type=Authenticator.Type.TOTP).first()
    return None if row is None else seal.unseal(row.data["secret"])

"""Tables of the accounts. Row-level security in migration 0002 keeps each door to its own realm."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from tipline.platform.accounts.roles import Realm, Role


class UserManager(BaseUserManager["User"]):
    """Finds users by their account name."""


class User(AbstractBaseUser):
    """A person who works behind one door in one role."""

    username = models.CharField(max_length=150, unique=True, help_text="lower case; may be an e-mail address")
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices)
    realm = models.CharField(max_length=16, choices=Realm.choices)
    agency_id = models.CharField(max_length=64, blank=True, default="", help_text="of an officer")
    esp_id = models.BigIntegerField(null=True, blank=True, help_text="of a company's user")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(realm="portal") | ~models.Q(agency_id=""),
                name="accounts_officer_has_agency",
            ),
            models.CheckConstraint(
                condition=~models.Q(realm="esp_web") | models.Q(esp_id__isnull=False),
                name="accounts_company_named",
            ),
        ]

    def __str__(self) -> str:
        return self.username


class Session(AbstractBaseSession):
    """A log-in session. The database fills its column `realm` (migration 0002) with the writer's own role."""

    account_id = models.BigIntegerField(null=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "accounts_session"


class TotpUse(models.Model):
    """The newest time step of which a code was accepted: nothing at or before it is accepted again."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    last_step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"totp use of account {self.user_id}"


class LoginFailure(models.Model):
    """A failed try. The account name as typed may belong to nobody. The realm is filled as in sessions."""

    username = models.CharField(max_length=150)
    origin = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["username", "origin", "at"])]

    def __str__(self) -> str:
        return f"failed try {self.pk}"


class LoginLock(models.Model):
    """A lock on an account name from one origin, until an administrator releases it. CJIS AC-7.

    One open lock per realm, name and origin: a unique index in migration 0002, where the realm's column is.
    """

    username = models.CharField(max_length=150)
    origin = models.CharField(max_length=64)
    locked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True, default="")

    def __str__(self) -> str:
        return f"lock {self.pk}"


class Invitation(models.Model):
    """A colleague whom a company's administrator asked in: used once, with a code that is kept nowhere."""

    id = models.BigAutoField(primary_key=True)
    esp_id = models.BigIntegerField(db_index=True)
    username = models.CharField(max_length=150)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=Role.choices)
    code_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"

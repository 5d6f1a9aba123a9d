"""What each door may do with accounts; row-level security (migration 0002) narrows it to its own realm."""

from __future__ import annotations

from tipline.platform.accounts.roles import Realm
from tipline.platform.database.grants import Grant

_SESSION_COLUMNS = ("session_data", "expire_date", "account_id")


def _of_door(role: str) -> tuple[Grant, ...]:
    return (
        # No door renames or moves an account; one door makes some, see below.
        Grant(role=role, table="accounts_user", select=True, update=("last_login", "password")),
        Grant(role=role, table="accounts_totpuse", select=True, insert=True, update=("last_step",)),
        Grant(role=role, table="accounts_loginfailure", select=True, insert=True, delete=True),
        # A door can lock and cannot release.
        Grant(role=role, table="accounts_loginlock", select=True, insert=True),
        Grant(role=role, table="mfa_authenticator", select=True, insert=True, update=("data", "last_used_at")),
        *_sessions(role),
    )


def _sessions(role: str) -> tuple[Grant, ...]:
    columns = ("session_key", *_SESSION_COLUMNS)
    return (
        Grant(
            role=role,
            table="accounts_session",
            select=True,
            insert=columns,
            update=_SESSION_COLUMNS,
            delete=True,
        ),
    )


GRANTS = (
    *(grant for realm in Realm for grant in _of_door(str(realm))),
    # A company's administrator keeps the company's accounts (migration 0005 says which, and nothing else of a row).
    Grant(role="esp_web", table="accounts_user", insert=True, update=("role", "is_active")),
    Grant(
        role="esp_web",
        table="accounts_invitation",
        select=True,
        insert=True,
        update=("used_at", "withdrawn_at"),
    ),
    *_sessions("public"),
    # Nobody logs in there; a stray cookie must be looked up and found to open nothing.
    Grant(role="survivors", table="accounts_session", select=True),
    # Spent sessions and old failures are cleared by the worker; a session's key would open the desk to it.
    Grant(role="worker", table="accounts_session", select=("expire_date",), delete=True),
    Grant(role="worker", table="accounts_loginfailure", select=True, delete=True),
)

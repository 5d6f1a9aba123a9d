"""Each door sees the accounts, sessions and tries of its own realm alone, whatever its queries ask for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

# The command line and the worker's cleaning see every realm; foreign keys are checked as the owner.
_HOUSE = "current_user IN ('tipline_owner', 'tipline_worker')"
_WRITTEN_HERE = f"realm = current_user OR {_HOUSE}"
_SAME_DOOR = f"'tipline_' || realm = current_user OR {_HOUSE}"
_OF_VISIBLE_USER = "EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = user_id)"

_POLICIES = {
    "accounts_user": _SAME_DOOR,
    "accounts_session": _WRITTEN_HERE,
    "accounts_loginfailure": _WRITTEN_HERE,
    "accounts_loginlock": _WRITTEN_HERE,
    "accounts_totpuse": _OF_VISIBLE_USER,
    "mfa_authenticator": _OF_VISIBLE_USER,
    "account_emailaddress": _OF_VISIBLE_USER,
}
_WITH_REALM = ("accounts_session", "accounts_loginfailure", "accounts_loginlock")


def _add_realm(table: str) -> str:
    return f"ALTER TABLE {table} ADD COLUMN realm text NOT NULL DEFAULT current_user;"


def _close(table: str, rule: str) -> str:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY {table}_realm ON {table} USING ({rule}) WITH CHECK ({rule});"
    )


def _open(table: str) -> str:
    return (
        f"DROP POLICY {table}_realm ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    )


class Migration(migrations.Migration):
    """Realm columns and policies."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(
            "".join(_add_realm(table) for table in _WITH_REALM),
            "".join(f"ALTER TABLE {table} DROP COLUMN realm;" for table in _WITH_REALM),
        ),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX accounts_one_open_lock ON accounts_loginlock (realm, username, origin)"
            " WHERE released_at IS NULL",
            "DROP INDEX accounts_one_open_lock",
        ),
        migrations.RunSQL(
            "".join(_close(table, rule) for table, rule in _POLICIES.items()),
            "".join(_open(table) for table in reversed(_POLICIES)),
        ),
    ]

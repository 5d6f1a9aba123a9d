"""Who may touch the vault's tables. The doors may not at all: they write objects and read nothing."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

GRANTS = (
    Grant(role="worker", table="vault_blob", select=True, insert=True, update=("size",), delete=True),
    Grant(
        role="worker",
        table="vault_blobkey",
        select=True,
        insert=True,
        update=("wrapped_key", "kek_version"),
        delete=True,
    ),
    Grant(role="desk", table="vault_blob", select=True),
    Grant(role="desk", table="vault_blobkey", select=True),
    # Row-level security (migration 0002) leaves an agency only the keys that were wrapped for it.
    Grant(role="portal", table="vault_blob", select=True),
    Grant(role="portal", table="vault_blobkey", select=True),
)

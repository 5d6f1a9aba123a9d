"""Who may read the directory: the desk keeps it, the API door checks credentials, a company lists its own."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_AGENCIES = ("directory_agency", "directory_county", "directory_countytaskforce", "directory_countrycontact")

GRANTS = (
    *(Grant(role=role, table=table, select=True) for role in ("desk", "portal", "worker") for table in _AGENCIES),
    *(Grant(role=role, table="directory_hotline", select=True) for role in ("public", "desk")),
    Grant(
        role="esp_api",
        table="directory_esp",
        select=("id", "name", "slug", "active", "reporter_email_required", "strict_attributes", "calls_a_minute"),
    ),
    Grant(role="esp_api", table="directory_espcredential", select=True),
    # A company reads its own name, and its own credentials without the secret's hash; it makes and ends them itself
    # (rows: migrations 0002 and 0004).
    Grant(
        role="esp_web",
        table="directory_esp",
        select=("id", "name", "slug", "active", "reporter_email_required", "strict_attributes", "calls_a_minute"),
    ),
    Grant(
        role="esp_web",
        table="directory_espcredential",
        select=("id", "esp_id", "username", "environment", "created_at", "revoked_at"),
        insert=True,
        update=("revoked_at",),
    ),
    *(Grant(role=role, table="directory_viewingstatement", select=True) for role in ("desk", "worker")),
    Grant(role="esp_web", table="directory_viewingstatement", select=True, insert=True),
    Grant(role="worker", table="directory_esp", select=True),
    Grant(role="portal", table="directory_esp", select=("id", "name", "slug", "active")),
    Grant(role="desk", table="directory_esp", select=True, insert=True, update=True),
    Grant(role="desk", table="directory_espcredential", select=True, insert=True, update=("revoked_at",)),
)

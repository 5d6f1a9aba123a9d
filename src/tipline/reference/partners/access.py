"""Who may read the registry: the desk keeps it, the wire door checks credentials, the worker writes to contacts."""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_PARTNER = ("id", "name", "slug", "kind", "country", "active", "esp_id", "agency_id", "created_at")

GRANTS = (
    *(
        Grant(role="desk", table=table, select=True, insert=True, update=True)
        for table in ("partners_partner", "partners_contact", "partners_agreement", "partners_partnerkey")
    ),
    Grant(role="desk", table="partners_partnercredential", select=True, insert=True, update=("revoked_at",)),
    *(
        Grant(role="worker", table=table, select=True)
        for table in ("partners_partner", "partners_contact", "partners_agreement", "partners_partnerkey")
    ),
    *(
        Grant(role="hash_sharing", table=table, select=True)
        for table in ("partners_partner", "partners_agreement", "partners_partnercredential")
    ),
    *(Grant(role=role, table="partners_partner", select=_PARTNER) for role in ("survivors", "portal", "esp_web")),
    # Which organisations support survivors, by a living agreement.
    Grant(
        role="survivors", table="partners_agreement",
        select=("id", "partner_id", "scope", "signed_on", "ends_on", "ended_at"),
    ),
)  # fmt: skip

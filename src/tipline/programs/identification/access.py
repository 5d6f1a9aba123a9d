"""Who may touch victim identification.

The portal hands in and reads its own agency's rows (row-level security, migration 0002); it sees a series' name and
contact, and neither its fingerprints nor anybody's wishes: searches are answered by the worker. The desk reviews and
keeps the registry; it cannot change what was handed in.
"""

from __future__ import annotations

from tipline.platform.database.grants import Grant

_APP = "identification_"
_SERIES_SHOWN = ("id", "name", "status", "contact_agency", "contact", "is_distributed")
_READ = (
    "state", "form", "incoming_name", "wrapped_key", "bytes_read", "rows_read", "rows_bad", "identified", "recognised",
    "unrecognised", "tries", "failure", "changed_at", "read_at", "reviewed_by", "reviewed_at",
)  # fmt: skip
_REVIEW = (
    "state", "identified", "recognised", "unrecognised", "not_relevant", "reviewed_by", "reviewed_at", "changed_at"
)  # fmt: skip
_SUBMIT = (
    "state", "relationship", "age_band", "sex", "country", "contact_agency", "contact", "notification",
    "notification_sealed", "submitted_at",
)  # fmt: skip


def _grants(role: str, tables: dict[str, dict[str, bool | tuple[str, ...]]]) -> tuple[Grant, ...]:
    return tuple(Grant(role=role, table=f"{_APP}{name}", **rights) for name, rights in tables.items())  # type: ignore[arg-type]


_PORTAL = _grants(
    "portal",
    {
        "series": {"select": _SERIES_SHOWN},
        "collection": {"select": True, "insert": True},
        "seizedrow": {"select": True},
        "rowproblem": {"select": True},
        "collectionevent": {"select": True, "insert": True},
        "newchild": {"select": True, "insert": True, "update": _SUBMIT},
        "newchildprint": {"select": True, "insert": True},
        "roster": {"select": True, "insert": True},
        "rosterchild": {
            "select": True,
            "insert": True,
            "update": ("status", "country", "with_agency", "changed_by", "changed_at"),
        },
    },
)
_DESK = _grants(
    "desk",
    {
        "series": {
            "select": True,
            "insert": True,
            "update": (
                *("status", "contact_agency", "contact", "relationship", "age_band", "sex", "country"),
                *("is_distributed", "notification", "notification_sealed", "identified_at", "changed_at"),
            ),
        },
        "seriesprint": {"select": True, "insert": True},
        "collection": {"select": True, "update": _REVIEW},
        "seizedrow": {"select": True, "update": ("found", "source")},
        "rowproblem": {"select": True},
        "collectionevent": {"select": True, "insert": True},
        "decision": {"select": True, "insert": True},
        "newchild": {"select": True, "update": ("state", "series_id", "assigned_by", "assigned_at")},
        "newchildprint": {"select": True},
        "roster": {"select": True},
        "rosterchild": {"select": True},
        "rostersighting": {"select": True},
        "identifiedcount": {"select": True, "insert": True},
    },
)
_WORKER = _grants(
    "worker",
    {
        "series": {"select": True},
        "seriesprint": {"select": True},
        "collection": {"select": True, "update": _READ},
        "seizedrow": {
            "select": True,
            "insert": True,
            "update": ("found", "series_id", "how", "distance", "source"),
        },
        "rowproblem": {"select": True, "insert": True},
        "collectionevent": {"select": True, "insert": True},
        "decision": {"select": True},
        "newchild": {"select": True},
        "roster": {"select": True, "update": ("searched_at",)},
        "rosterchild": {"select": True, "update": ("sightings",)},
        "rostersighting": {"select": True, "insert": True},
        "identifiedcount": {"select": True},
    },
)
_JOBS = (
    Grant(role="portal", job="identification.read_collection", locks=("collection:", "identification.read")),
    Grant(role="portal", job="identification.search_roster", locks=("roster:",)),
    Grant(role="desk", job="identification.look_again", locks=("series:",)),
)
GRANTS = (*_PORTAL, *_DESK, *_WORKER, *_JOBS)

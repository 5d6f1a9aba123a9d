"""From a connection address to Django's DATABASES entry."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from tipline.platform.config import PAGES, Settings

_OF_DJANGO = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# Statements here take milliseconds: compiling one, which PostgreSQL does anew each time, takes a tenth of a second.
_ALWAYS = "-c jit=off"


def django_database(found: Settings) -> dict[str, Any]:
    """This function will return the `default` entry of DATABASES for this process.

    A deployable has its own role's address; the owner's commands use DATABASE_URL. Without either, nothing
    connects, so that commands which need no database still load.
    """
    url = found.role_database_url or found.database_url
    parts = dict(conninfo_to_dict(url)) if url else {"dbname": "no-database-configured"}
    entry: dict[str, Any] = {
        name: str(parts.pop(key)) for key, name in _OF_DJANGO.items() if parts.get(key) is not None
    }
    is_web = found.role in PAGES
    return entry | {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": is_web,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"tipline_{found.role}",
            # psycopg's own; Django's None forbids it altogether. Django's own cursors prepare nothing as before.
            "prepare_threshold": 5,
            **_limits(found.role, is_web=is_web),
            **parts,
        },
    }


def _limits(role: str, *, is_web: bool) -> dict[str, str]:
    # A page that hangs on a lock is an outage for everybody behind it. Workers and migrations may take
    # longer.
    if is_web:
        return {"options": f"{_ALWAYS} -c statement_timeout=30s -c lock_timeout=10s"}
    # The reporting API's few statements are planned once: planning took as long as their triggers. They find their rows
    # by key, also in a new house whose tables the planner takes for empty, and keeps reading whole as they grow.
    by_key = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off" if role == "esp_api" else ""
    return {"options": f"{_ALWAYS}{by_key}"}

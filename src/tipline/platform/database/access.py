"""Rights on tables of no room of ours: the job queue and Django's own.

Whoever may begin a job may do no more than that: it sees no job, not even its own. The worker alone runs them, and
begins any; which others a role may begin is granted beside what the job is about (`Grant(job=...)`).
"""

from tipline.platform.config import ROLES
from tipline.platform.database.grants import BEGIN_JOBS, Grant

_DEPLOYABLES = tuple(role for role in ROLES if role != "owner")
_WORKER_TABLES = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
_WORKER_FUNCTIONS = (
    "procrastinate_cancel_job_v1(bigint, boolean, boolean)",
    "procrastinate_defer_periodic_job_v2("
    "character varying, character varying, character varying, character varying, integer, character varying, "
    "bigint, jsonb)",
    "procrastinate_fetch_job_v2(character varying[], bigint)",
    "procrastinate_finish_job_v1(bigint, procrastinate_job_status, boolean)",
    "procrastinate_prune_stalled_workers_v1(double precision)",
    "procrastinate_register_worker_v1()",
    "procrastinate_retry_job_v2(bigint, timestamp with time zone, integer, character varying, character varying)",
    "procrastinate_unregister_worker_v1(bigint)",
    "procrastinate_update_heartbeat_v1(bigint)",
)

GRANTS = (
    Grant(role="worker", function=BEGIN_JOBS),
    *(
        Grant(role="worker", table=table, select=True, insert=True, update=True, delete=True)
        for table in _WORKER_TABLES
    ),
    *(Grant(role="worker", function=function) for function in _WORKER_FUNCTIONS),
    # Room in growing tables: the worker asks for it, the owner's functions make it.
    Grant(role="worker", table="database_growing", select=True),
    Grant(role="worker", table="database_range", select=True),
    Grant(role="worker", function="database_make_room(name, bigint, integer)"),
    *(Grant(role=role, table="django_migrations", select=True) for role in _DEPLOYABLES),
    *(Grant(role=role, table="django_content_type", select=True) for role in ("desk", "portal", "esp_web", "worker")),
)

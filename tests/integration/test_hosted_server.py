"""DATABASE_URL: the house on somebody else's PostgreSQL, whose user is no superuser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tipline.platform.database import embedded
from tipline.platform.database.embedded import EmbeddedServer, Place

_START = """
from tipline.commands.ground import migrate, open_ground, set_up_django
with open_ground() as ground:
    assert ground.server is None
    set_up_django(ground)
    migrate()
    from tipline.platform import jobs
    jobs.defer("hosted.job")
    import psycopg
    for role in ("public", "worker"):
        with psycopg.connect(ground.url_of(role)) as connection:
            try:
                print(role, connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone())
            except psycopg.errors.InsufficientPrivilege:
                print(role, "refused")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    place = Place(tmp_path_factory.mktemp("hosted"), "of-the-host", embedded.find_binaries(None))
    running = embedded.start(place)
    with psycopg.connect(running.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE operator LOGIN CREATEROLE PASSWORD 'of-the-operator'")
        connection.execute("CREATE ROLE bystander LOGIN PASSWORD 'of-the-bystander'")
        connection.execute("CREATE DATABASE house OWNER operator")
    yield running
    running.stop()


def _house(server: EmbeddedServer, data: Path, user: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIPLINE_")}
    url = server.url("house", user=user, password=f"of-the-{user}")
    environment = kept | {"DATABASE_URL": url, "TIPLINE_DATA": str(data), "PYTHONPATH": "src"}
    return subprocess.run(
        [sys.executable, "-c", _START], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_user_that_may_create_roles_is_enough_and_a_second_start_works(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    for start in (1, 2):
        done = _house(server, tmp_path, "operator")
        assert done.stdout == f"public refused\nworker ({start},)\n", done.stderr


def test_everybody_else_is_locked_out_of_the_database(server: EmbeddedServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.url("house", user="bystander", password="of-the-bystander"))

"""A backup of a real database and evidence store, brought back into an empty place, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# One process a verb, as for a person: each has its own settings, data folder and server.
_FILL = """
from tipline.commands.ground import migrate, open_ground, set_up_django
with open_ground() as ground:
    set_up_django(ground)
    migrate()
    from tipline.platform.vault import service
    from tipline.platform import clock
    for n in range(3):
        service.store_bytes(data=f"canary {n}".encode() * 1000, holder=f"report:{n}", now=clock.now())
"""
_READ = """
from tipline.commands.ground import open_ground, set_up_django
with open_ground() as ground:
    set_up_django(ground)
    from tipline.platform.vault import service
    from tipline.platform.vault.models import BlobKey
    for key in BlobKey.objects.select_related("blob").order_by("holder"):
        content = b"".join(service.read(blob_id=key.blob_id, holder=key.holder))
        print(key.holder, len(content), content[:8].decode())
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('tipline_public', 'vault_blobkey', 'select')")
        print("public may read keys:", cursor.fetchone()[0])
        tables = "FROM pg_tables WHERE schemaname = 'public'"
        cursor.execute(f"SELECT bool_and(tableowner = 'tipline_owner') {tables}")
        print("owner owns all:", cursor.fetchone()[0])
"""

_SEAL = """
from tipline.commands.ground import open_ground, set_up_django
with open_ground() as ground:
    set_up_django(ground)
    from django.db import transaction
    from tipline.domain.actor import system
    from tipline.platform import clock
    from tipline.platform.audit.act import Act
    from tipline.platform.audit.sequencer import seal
    from tipline.platform.audit.service import hand_out, record
    from tipline.platform.config import settings
    with transaction.atomic():
        record(Act(at=clock.now(), actor=system("test"), verb="report.opened", object_kind="report", object_id="1"))
    seal(now=clock.now())
    hand_out(path=settings().witness)
"""


class House:
    """A data folder and the verbs on it."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        ours = ("TIPLINE_", "DATABASE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment = kept | {"TIPLINE_DATA": str(self.data), "PYTHONPATH": "src"}
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def verb(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "tipline.cli", *words)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house") / "data")
    done = house.run("-c", _FILL)
    assert done.returncode == 0, done.stderr
    return house


@pytest.fixture(scope="module")
def copy(filled: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("backup") / "copy"
    done = filled.verb("backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


def test_a_restored_house_reads_every_file_and_keeps_owners_and_rights(
    filled: House, copy: Path, tmp_path: Path
) -> None:
    house = House(tmp_path / "data")
    shutil.copytree(filled.data / "keys", house.data / "keys")
    done = house.verb("restore", str(copy))
    assert done.returncode == 0, done.stderr
    read = house.run("-c", _READ)
    assert read.stdout == (
        "report:0 8000 canary 0\nreport:1 8000 canary 1\nreport:2 8000 canary 2\n"
        "public may read keys: False\nowner owns all: True\n"
    ), read.stderr


def test_the_witness_travels_with_the_backup_and_still_proves_the_restored_audit(filled: House, tmp_path: Path) -> None:
    assert filled.run("-c", _SEAL).returncode == 0
    before = (filled.data / "witness" / "checkpoints").read_bytes()
    done = filled.verb("backup", str(tmp_path / "copy"), "--with-keys")
    assert "checkpoints" in done.stdout, done.stderr
    house = House(tmp_path / "data")
    assert house.verb("restore", str(tmp_path / "copy")).returncode == 0
    assert (house.data / "witness" / "checkpoints").read_bytes() == before
    verified = house.verb("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_the_copy_holds_neither_keys_nor_anything_readable(copy: Path) -> None:
    assert not (copy / "keys").exists()
    assert {path.stat().st_mode & 0o077 for path in (copy, copy / "database.dump")} == {0}
    evidence = [path for path in (copy / "evidence").rglob("*") if path.is_file()]
    assert len(evidence) == 3
    assert all(b"canary" not in path.read_bytes() for path in evidence)


def test_keys_are_copied_when_asked_for_with_a_warning(filled: House, tmp_path: Path) -> None:
    done = filled.verb("backup", str(tmp_path / "copy"), "--with-keys")
    assert "WARNING" in done.stdout
    house = House(tmp_path / "data")
    assert house.verb("restore", str(tmp_path / "copy")).returncode == 0
    assert house.run("-c", _READ).stdout.count("canary") == 3


def test_a_restore_over_data_is_refused(filled: House, copy: Path) -> None:
    done = filled.verb("restore", str(copy))
    assert (done.returncode, "not empty" in done.stderr) == (1, True)


def test_a_restore_without_keys_or_with_foreign_ones_is_refused(copy: Path, tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    assert "has no keys" in house.verb("restore", str(copy)).stderr
    house.run(
        "-c",
        "from pathlib import Path; from tipline.platform import keys;"
        f"keys.ensure_keys(Path({str(house.data / 'keys')!r}))",
    )
    assert "not those of this backup" in house.verb("restore", str(copy)).stderr


def test_a_damaged_or_unfinished_backup_is_refused_before_writing(copy: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(copy, damaged)
    name = next(iter(json.loads((damaged / "manifest.json").read_text())["evidence"]))
    content = bytearray((damaged / "evidence" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (damaged / "evidence" / name).write_bytes(content)
    house = House(tmp_path / "data")
    assert "damaged" in house.verb("restore", str(damaged)).stderr
    (damaged / "manifest.json").unlink()
    assert "no finished backup" in house.verb("restore", str(damaged)).stderr
    assert not house.data.exists()


def test_a_backup_into_a_folder_that_is_in_use_is_refused(filled: House, copy: Path) -> None:
    done = filled.verb("backup", str(copy))
    assert (done.returncode, "not empty" in done.stderr) == (1, True)

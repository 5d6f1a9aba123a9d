"""`./tipline backup DIR` and `./tipline restore DIR`: a consistent copy of database and evidence.

Order. The witness's file of audit checkpoints is copied. One snapshot of the database is taken; the names of
evidence that its rows point to are read in it;
those objects are copied; the dump is made from the same snapshot. Objects never change and are written before
their row, so whatever the snapshot names existed then. An object that went away meanwhile (adopted, purged)
makes the attempt start
again: no row of a finished backup points to a missing object.

A backup holds contraband, sealed, and personal data: it needs the rules of the system itself. Keys are not in
it unless asked for; without them its evidence stays sealed for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tipline.commands.ground import DEMO_MARK, RESTORED, Ground, open_ground, require_tables, set_up_django
from tipline.commands.words import say
from tipline.platform import clock, config, keys

ATTEMPTS = 3
PIECE = 1024 * 1024
FORM = 1  # of the manifest
WITNESS = "witness/checkpoints"  # inside a backup
_NAMES = """
SELECT incoming_name FROM reports_file WHERE incoming_name <> ''
UNION SELECT object_name FROM vault_blob
"""


class BackupRefused(Exception):
    """A backup or restore that cannot be done; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    name: str
    objects: tuple[str, ...]


def backup(target: Path, *, with_keys: bool) -> int:
    """This function will write a backup into a new folder.

    Raises BackupRefused.
    """
    if target.exists() and any(target.iterdir()):
        raise BackupRefused(f"{target} is not empty: name a new folder.")
    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        for _ in range(ATTEMPTS):
            if _attempt(ground, target):
                break
            shutil.rmtree(target)
        else:
            raise BackupRefused("Evidence kept moving during the backup: try again in a quieter hour.")
        if with_keys:
            _copy_keys(ground, target)
    manifest = _write_manifest(ground, target)
    say(f"Backed up the database and {len(manifest['evidence'])} objects of evidence to {target}.")
    if manifest["witness_sha256"]:
        say("The audit's handed-out checkpoints are in it (witness/checkpoints). A witness outside keeps a copy too:")
        say("only what somebody else holds proves that nothing was changed before the backup.")
    say("It holds sealed evidence and personal data: keep it under the same rules as the system itself.")
    return 0


def _attempt(ground: Ground, target: Path) -> bool:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Before the snapshot: a witness that knows more than the database would look like a database that was cut.
    _copy_witness(ground.settings.witness, target)
    with _snapshot(ground) as snapshot:
        # What is on its way into the vault moves soonest, so it is copied first.
        incoming_first = sorted(snapshot.objects, key=lambda name: not name.startswith("incoming/"))
        if not all(_copy_object(name, target) for name in incoming_first):
            return False
        _dump(ground, target / "database.dump", snapshot.name)
    return True


@contextmanager
def _snapshot(ground: Ground) -> Iterator[_Snapshot]:
    with psycopg.connect(ground.admin_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        objects = tuple(str(found[0]) for found in connection.execute(_NAMES))
        yield _Snapshot(str(row[0] if row else ""), objects)


def _copy_object(name: str, target: Path) -> bool:
    from tipline.platform.vault.errors import ObjectMissing
    from tipline.platform.vault.store import configured_store

    path = target / "evidence" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("wb") as copy:
            for piece in configured_store().get(name):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
    except ObjectMissing:
        return False
    return True


def _copy_witness(source: Path, target: Path) -> None:
    if source.is_file():
        copy = target / WITNESS
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())


def _dump(ground: Ground, path: Path, snapshot: str) -> None:
    command = [
        _program(ground, "pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-acl",
        f"--snapshot={snapshot}",
    ]
    _run([*command, f"--file={path}"], ground.admin_url)
    path.chmod(0o600)


def _program(ground: Ground, name: str) -> str:
    found = str(Path(ground.binaries) / name) if ground.binaries else shutil.which(name)
    if found is None:
        raise BackupRefused(f"The program {name} was not found: install PostgreSQL's client programs.")
    return found


def _run(command: list[str], url: str) -> None:
    # By environment: a password in the arguments would stand in the process listing.
    parts = conninfo_to_dict(url)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    environment = {name: str(parts[key]) for key, name in names.items() if parts.get(key)}
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupRefused(f"{Path(command[0]).name} failed: {done.stderr.strip()[-300:]}")


def _copy_keys(ground: Ground, target: Path) -> None:
    keys.hand_out(source=ground.settings.keys, to=target / "keys", names=keys.ALL_NAMES)
    say("WARNING: this backup holds the keys too: whoever has it can open the evidence.")


def _write_manifest(ground: Ground, target: Path) -> Mapping[str, Any]:
    evidence = target / "evidence"
    found = sorted(path for path in evidence.rglob("*") if path.is_file()) if evidence.exists() else []
    manifest = {
        "form": FORM,
        "made_at": clock.now().isoformat(),
        "vault_public_sha256": _digest_of_vault(ground.settings.keys),
        "database_sha256": _sha256(target / "database.dump"),
        "witness_sha256": _sha256(target / WITNESS) if (target / WITNESS).exists() else "",
        "evidence": {path.relative_to(evidence).as_posix(): _sha256(path) for path in found},
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return manifest


def _digest_of_vault(folder: Path) -> str:
    return hashlib.sha256(keys.load_bytes("vault_public", folder)).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def restore(source: Path) -> int:
    """This function will bring a backup into an empty data folder and an empty database.

    Everything is verified against the manifest before the first byte is written.
    Raises BackupRefused.
    """
    manifest = _verified(source)
    found = config.settings()
    _check_empty(found.data_dir)
    _bring_keys(source, found.keys, str(manifest["vault_public_sha256"]))
    with open_ground() as ground:
        with psycopg.connect(ground.admin_url) as connection:
            if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
                raise BackupRefused("The database is not empty: restore into a new one.")
        set_up_django(ground)
        for name in manifest["evidence"]:
            _put_back(source, str(name))
        _load(ground, source / "database.dump")
    _bring_witness(source / WITNESS, found.witness)
    (found.data_dir / DEMO_MARK).write_text(RESTORED, encoding="utf-8")
    say(f"Restored the database and {len(manifest['evidence'])} objects of evidence: start ./tipline run.")
    return 0


def _verified(source: Path) -> Mapping[str, Any]:
    try:
        manifest: Mapping[str, Any] = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupRefused(f"{source} is no finished backup: it has no readable manifest.") from error
    if manifest.get("form") != FORM:
        raise BackupRefused("This backup is of a form that this version does not know.")
    expected = {"database.dump": manifest["database_sha256"]}
    if manifest.get("witness_sha256"):
        expected[WITNESS] = manifest["witness_sha256"]
    expected |= {f"evidence/{name}": digest for name, digest in manifest["evidence"].items()}
    for name, digest in expected.items():
        path = source / name
        if not path.is_file() or _sha256(path) != digest:
            raise BackupRefused(f"The backup is damaged: {name} is not what the manifest says.")
    return manifest


def _check_empty(folder: Path) -> None:
    left = [path.name for path in folder.iterdir() if path.name != "keys"] if folder.exists() else []
    if left:
        raise BackupRefused(f"The data folder {folder} is not empty: set TIPLINE_DATA to a new one.")


def _bring_keys(source: Path, folder: Path, digest: str) -> None:
    if (source / "keys").is_dir() and not folder.exists():
        # A backup of an earlier version has fewer keys; those that are new are made at the first start.
        names = [name for name in keys.ALL_NAMES if (source / "keys" / keys.file_of(name)).exists()]
        keys.hand_out(source=source / "keys", to=folder, names=names)
    if not folder.exists():
        raise BackupRefused(f"The backup has no keys: put the system's key files into {folder} first.")
    if _digest_of_vault(folder) != digest:
        raise BackupRefused(f"The keys in {folder} are not those of this backup: its evidence would stay sealed.")


def _bring_witness(copy: Path, path: Path) -> None:
    if not copy.is_file():
        return
    if path.exists():
        # It may know more than the backup: what a witness holds is never taken back.
        say(f"The witness file {path} was there and stays as it is.")
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(copy.read_bytes())
    say("The checkpoints of the backup are back: ./tipline audit verify checks against them.")


def _put_back(source: Path, name: str) -> None:
    from tipline.platform.vault.store import configured_store, put

    with (source / "evidence" / name).open("rb") as copy:
        put(configured_store(), name, iter(lambda: copy.read(PIECE), b""))


def _load(ground: Ground, dump: Path) -> None:
    from django.db import connection

    from tipline.platform.database import grants

    command = [
        _program(ground, "pg_restore"),
        "--exit-on-error",
        "--no-owner",
        "--no-acl",
        "--single-transaction",
    ]
    _run([*command, "--role=tipline_owner", "--dbname=" + _database(ground), str(dump)], ground.admin_url)
    grants.apply(connection)


def _database(ground: Ground) -> str:
    return str(conninfo_to_dict(ground.admin_url)["dbname"])

"""Key files: made once, private, handed out by need."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tipline.platform import keys
from tipline.platform.config import ROLES

INTAKE = ("public", "esp_api", "esp_web")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys") / "keys"
    keys.ensure_keys(made)
    return made


def test_every_named_key_exists_and_only_its_owner_may_read_it(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {keys.file_of(name) for name in keys.ALL_NAMES}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_second_start_changes_no_key(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    keys.ensure_keys(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_missing_public_half_is_made_again_from_the_private_one(folder: Path) -> None:
    before = keys.load_bytes("vault_public", folder)
    (folder / "vault_public_v1.pem").unlink()
    keys.ensure_keys(folder)
    assert keys.load_bytes("vault_public", folder) == before


def test_secret_keys_are_32_bytes_and_differ(folder: Path) -> None:
    found = [keys.load_bytes(name, folder) for name in keys.HEX_NAMES]
    assert {len(key) for key in found} == {32}
    assert len(set(found)) == len(found)


def test_key_pairs_are_of_the_declared_kinds(folder: Path) -> None:
    vault = serialization.load_pem_public_key(keys.load_bytes("vault_public", folder))
    audit = serialization.load_pem_public_key(keys.load_bytes("audit_public", folder))
    assert isinstance(vault, ec.EllipticCurvePublicKey)
    assert vault.curve.name == "secp256r1"
    assert isinstance(audit, ed25519.Ed25519PublicKey)


def test_intake_processes_hold_no_key_that_opens_evidence_or_signs(folder: Path, tmp_path: Path) -> None:
    for role in INTAKE:
        given = tmp_path / role
        keys.hand_out(source=folder, to=given, names=keys.KEYS_OF_ROLE[role])
        for name in ("vault_private", "audit_signing", "db_owner", "django_desk"):
            with pytest.raises(keys.KeyMissing, match=name):
                keys.load_bytes(name, given)
        keys.load_bytes("vault_public", given)


def test_only_the_worker_signs_checkpoints_and_each_process_has_its_own_session_key() -> None:
    assert [role for role in ROLES if "audit_signing" in keys.KEYS_OF_ROLE[role]] == ["owner", "worker"]
    for role in set(ROLES) - {"owner"}:
        held = [name for name in keys.KEYS_OF_ROLE[role] if name.startswith("django_")]
        assert held == [f"django_{role}"]


def test_handing_out_takes_back_what_is_no_longer_named(folder: Path, tmp_path: Path) -> None:
    keys.hand_out(source=folder, to=tmp_path / "x", names=("number", "address"))
    keys.hand_out(source=folder, to=tmp_path / "x", names=("number",))
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["number.key"]
    assert keys.load_text("number", tmp_path / "x") == keys.load_text("number", folder)


def test_an_unknown_key_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(keys.KeyMissing, match="no key of the name master"):
        keys.load_text("master", folder)

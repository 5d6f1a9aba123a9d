"""`./tipline audit verify` on a running house: fine as it is, and it names the place where a superuser meddled."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from tests.esp_client import EspClient, report_xml
from tests.stack import Credential, Stack


def verify(house: Stack) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tipline.cli", "audit", "verify"]
    return subprocess.run(
        command, env=dict(house.environment), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def witnessed(house: Stack, company: Credential) -> int:
    """The id of an entry behind a checkpoint that has been handed out."""
    with EspClient(house.port("esp_api"), company.username, company.secret) as client:
        assert client.submit(report_xml("audited_account")).ok
    [(entry,)] = house.rows("SELECT max(id) FROM audit_entry")
    deadline = time.monotonic() + 30
    while not house.rows(
        "SELECT 1 FROM audit_leaf l JOIN audit_checkpoint c ON c.tree_size > l.seq WHERE l.entry_id = %s", entry
    ):
        assert time.monotonic() < deadline, house.logs()
        time.sleep(0.3)
    time.sleep(1)
    return int(entry)


def test_an_undisturbed_audit_is_fine(house: Stack, witnessed: int) -> None:
    found = verify(house)
    assert found.returncode == 0, found.stdout + found.stderr


def test_an_edit_by_the_superuser_is_found_and_named(house: Stack, witnessed: int) -> None:
    [(before,)] = house.rows("SELECT canonical FROM audit_entry WHERE id = %s", witnessed)
    edit = "SET session_replication_role = replica; UPDATE audit_entry SET canonical = '{}' WHERE id = {}"
    house.rows(edit.format("\\x" + bytes(before).replace(b"done", b"gone").hex(), witnessed))
    try:
        found = verify(house)
    finally:
        house.rows(edit.format("\\x" + bytes(before).hex(), witnessed))
    assert found.returncode == 1
    assert str(witnessed) in found.stdout
    assert verify(house).returncode == 0


def test_no_role_of_the_application_may_change_the_audit(house: Stack) -> None:
    rights = house.rows(
        "SELECT grantee, privilege_type, table_name FROM information_schema.role_table_grants "
        "WHERE table_name LIKE 'audit\\_%%' AND grantee LIKE 'tipline\\_%%' AND grantee <> 'tipline_owner' "
        "AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
    )
    assert rights == []

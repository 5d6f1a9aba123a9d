"""The sandbox that explains: what is kept of a call to the test side, who sees it, and what its pages say."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from tests.conftest import AsRole
from tests.integration.desk_world import PASSWORD, SECRET, log_in
from tests.integration.test_esp_api import details
from tests.integration.wire import BY, Wire, multipart, register
from tests.unit.cybertip_samples import report, suspect

from tipline.platform import clock
from tipline.platform.accounts import service as accounts
from tipline.platform.accounts.roles import Role
from tipline.platform.accounts.scope import agency_scope
from tipline.reference.directory import service as directory
from tipline.stages.intake import sandbox
from tipline.stages.intake.models import SandboxCall
from tipline.stages.intake.sandbox import Opened

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.esp_web.urls")]
GOOD = report(
    extra="<platform>Example Chat</platform>",
    tail=suspect(
        "<espIdentifier>user-77</espIdentifier><ipCaptureEvent><ipAddress>192.0.2.1</ipAddress>"
        "<eventName>Login</eventName><dateTime>2026-02-20T08:30:00-07:00</dateTime></ipCaptureEvent>"
    ),
)
WRONG = GOOD.replace(b"192.0.2.1", b"192.0.2.").replace(b"<espIdentifier>", b"<spam/><espIdentifier>")
FILE = b"\x89PNG not to be kept anywhere but in the vault"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def kept(esp_id: int) -> list[Opened]:
    """Every call that is kept, oldest first, opened."""
    calls = sandbox.list_calls(esp_id=esp_id, size=200).calls
    found = [sandbox.find_call(esp_id=esp_id, call_id=one.id) for one in reversed(calls)]
    assert all(one and one.told for one in found)
    return [one for one in found if one]


def tried(as_role: AsRole, name: str = "Trying") -> tuple[Wire, int]:
    user, secret, esp_id = register(name, "test")
    return Wire(user, secret, prefix="/test/ispws"), esp_id


def signed_in(esp_id: int, name: str = "sam") -> Client:
    new = accounts.NewUser(name, "Sam Example", Role.ESP_USER, PASSWORD, esp_id=esp_id, totp_secret=SECRET)
    accounts.create_user(new=new, by=BY, now=clock.now())
    client = Client()
    log_in(client, name, clock.now())
    return client


def text(got: Any) -> str:
    assert got.status_code == 200, got.content[:400]
    return " ".join(str(got.content.decode()).split())


def whole_report(wire: Wire) -> tuple[int, str]:
    number = wire.submit(GOOD)
    file_id = wire.upload(number, FILE, "pattern.png").fileId
    wire.post("/fileinfo", details(number, file_id, "<fileViewedByEsp>true</fileViewedByEsp>"))
    assert wire.end("/finish", number).code == (200, 0)
    return number, file_id


def test_every_call_is_kept_as_it_came_and_a_files_bytes_never(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        wire.get("/status")
        refused = wire.post("/submit", WRONG)
        number, _ = whole_report(wire)
        wire.end("/finish", number)
    calls = kept(esp_id)
    assert [(one.call.call, one.call.status) for one in calls] == [
        *(("status", 200), ("submit", 400), ("submit", 200), ("upload", 200), ("fileinfo", 200), ("finish", 200)),
        ("finish", 409),
    ]
    assert calls[1].call.id == refused.headers["request-id"]
    told = calls[1].told
    assert told is not None
    assert told.body == WRONG
    assert len(told.violations) == calls[1].call.faults == 2
    assert all(one.line == 1 and one.column > 1 for one in told.violations)
    upload = calls[3].told
    assert upload is not None
    assert upload.file is not None
    assert (upload.file.name, upload.file.size, len(upload.file.sha256)) == ("pattern.png", len(FILE), 64)
    everything = json.dumps([repr(one) for one in calls])
    assert "not to be kept" not in everything
    assert wire.headers["authorization"].partition(" ")[2] not in everything
    assert [one.call.report_number for one in calls[2:]] == [number] * 5


def test_what_may_be_a_file_is_not_kept_wherever_it_was_sent(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        wire.post("/upload", FILE)
        wire.post("/upload", b"<svg>" + FILE)
        wire.post("/submit", FILE)
        wire.form("/finish", multipart(("id", None, b"7"), ("file", "a.png", FILE)))
        wire.form("/uploads", multipart(("id", None, b"7"), ("file", "a.png", FILE)))
        wire.upload(7, FILE)
        wire.post("/submit", b"<?xml version='1.0'?><svg>" + FILE + b"</svg>")
        wire.form("/finish", multipart(("id", None, b"7"), ("file", None, FILE)))
        wire.post("/nowhere", b"id=7&file=" + FILE.replace(b" ", b"+")[4:], "application/x-www-form-urlencoded")
        wire.post("/submit", b"<report>" + b"x" * (sandbox.MOST_BODY + 1))
    assert len(kept(esp_id)) == 10
    assert "to be kept" not in repr(kept(esp_id)).replace("+", " ")
    assert all(one.told and not one.told.body for one in kept(esp_id))
    refused = kept(esp_id)[5].told
    assert refused is not None
    assert refused.file is not None
    assert refused.file.size == 0  # refused before the file came


def test_nothing_of_production_is_kept(as_role: AsRole) -> None:
    user, secret, _ = register("Real")
    with as_role("esp_api"):
        wire = Wire(user, secret)
        wire.submit(GOOD)
        wire.post("/submit", WRONG)
        wire.get("/nowhere")
        wire.call("GET", "/nowhere")
    assert SandboxCall.objects.count() == 0


def test_a_wrong_log_in_of_a_known_name_is_told_without_its_body(as_role: AsRole) -> None:
    _, esp_id = tried(as_role)
    with as_role("esp_api"):
        Wire("trying-test", "wrong", prefix="/test/ispws").post("/submit", GOOD)
        Wire("nobody", "wrong", prefix="/test/ispws").post("/submit", GOOD)
    (found,) = kept(esp_id)
    assert found.told is not None
    assert (found.call.status, found.told.reason, found.told.body) == (401, "wrong_secret", b"")
    user, secret, other = register("Mixed")
    with as_role("esp_api"):
        Wire(user, secret, prefix="/test/ispws").get("/status")
    assert "belongs to production" in text(signed_in(other).get(f"/sandbox/calls/{kept(other)[0].call.id}/"))


def test_a_wrong_path_is_explained(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        wire.post("/submitt", GOOD)
        wire.call("POST", "/test/finish", b"id=7", content_type="application/x-www-form-urlencoded")
    first, second = kept(esp_id)
    assert (first.call.call, first.call.status) == ("other", 404)
    client = signed_in(esp_id)
    assert "Did you mean /test/ispws/submit?" in text(client.get(f"/sandbox/calls/{first.call.id}/"))
    assert "Did you mean /test/ispws/finish?" in text(client.get(f"/sandbox/calls/{second.call.id}/"))


def test_the_page_of_a_refused_report_names_each_fault_at_its_line(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        wire.post("/submit", WRONG)
    (found,) = kept(esp_id)
    client = signed_in(esp_id)
    page = text(client.get(f"/sandbox/calls/{found.call.id}/"))
    assert f"{found.call.faults} things to mend" in page
    assert found.told is not None
    for one in found.told.violations:
        assert f'id="at-1-{one.column}"' in page
        assert f"[1,{one.column}]" in page  # the answer as it was sent
    assert "20 February 2026, 15:30:00 UTC, sent with zone -07:00" in page
    assert "What an officer would miss" in page
    body = client.get(f"/sandbox/calls/{found.call.id}/body.xml")
    assert body.content == WRONG


def test_a_misspelt_element_is_guessed(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        wire.post("/submit", GOOD.replace(b"lastName>", b"lastname>"))
    page = text(signed_in(esp_id).get(f"/sandbox/calls/{kept(esp_id)[0].call.id}/"))
    assert 'Did you mean <span class="mono">lastName</span>?' in page


def test_the_story_of_a_report_tells_what_is_next_and_what_an_officer_would_see(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        number = wire.submit(GOOD)
        file_id = wire.upload(number, FILE, "pattern.png").fileId
    client = signed_in(esp_id)
    page = text(client.get(f"/sandbox/reports/{number}/"))
    assert "Not finished yet" in page
    assert "/test/ispws/fileinfo" in page
    assert file_id in page
    assert "Sealed: nobody at the company is said to have viewed this copy" in page
    with as_role("esp_api"):
        wire.post("/fileinfo", details(number, file_id, "<fileViewedByEsp>true</fileViewedByEsp>"))
        wire.end("/finish", number)
        wire.end("/retract", number)
    page = text(client.get(f"/sandbox/reports/{number}/"))
    assert "as weighed at the finish" in page
    assert "Open: viewed by the company." in page
    assert "user-77" in page
    assert "Online enticement" in page
    assert "Report already finished" in page or "report already finished" in page


def test_only_ones_own_company_sees_its_calls(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        number, _ = whole_report(wire)
    with pytest.raises(DatabaseError, match="permission denied"), as_role("esp_api"):
        list(SandboxCall.objects.values_list("sealed"))
    other = signed_in(register("Other")[2])
    for path in (
        f"calls/{kept(esp_id)[0].call.id}/",
        f"calls/{kept(esp_id)[0].call.id}/body.xml",
        f"reports/{number}/",
    ):
        assert other.get(f"/sandbox/{path}").status_code == 404
    assert "Nothing came yet" in text(other.get("/sandbox/"))
    with as_role("esp_web"), agency_scope(esp=esp_id):
        assert SandboxCall.objects.count() == 4
    with as_role("esp_web"), agency_scope(esp=esp_id + 1):
        assert SandboxCall.objects.count() == 0


def test_before_the_first_call_the_page_says_what_to_send(as_role: AsRole) -> None:
    user, _, esp_id = register("Trying", "test")
    client = signed_in(esp_id)
    page = text(client.get("/sandbox/"))
    assert f"curl --user {user}" in page
    assert "/test/ispws/submit" in page
    document = client.get("/sandbox/samples/report.xml").content
    issued = directory.issue_credential(esp_id=esp_id, username="more", environment="test", by=BY, now=clock.now())
    with as_role("esp_api"):
        wire = Wire("more", issued.secret, prefix="/test/ispws")
        done = wire.end("/finish", wire.submit(document))
    assert int(done.headers["report-quality"].partition(";")[0]) >= 75


def test_calls_are_found_by_number_request_and_outcome(as_role: AsRole) -> None:
    wire, esp_id = tried(as_role)
    with as_role("esp_api"):
        number, _ = whole_report(wire)
        bad = wire.post("/submit", WRONG).headers["request-id"]
    client = signed_in(esp_id)
    assert text(client.get(f"/sandbox/?q={number}")).count("/sandbox/calls/") == 4
    for query in (f"q={bad}", "outcome=refused", "call=submit&outcome=refused"):
        page = text(client.get(f"/sandbox/?{query}"))
        assert page.count("/sandbox/calls/") == 1, query
        assert bad in page
    assert "No call like this" in text(client.get("/sandbox/?q=rubbish"))


def row(esp_id: int, at: datetime, name: str, status: int = 200) -> SandboxCall:
    return SandboxCall(id=name, esp_id=esp_id, at=at, call="status", status=status, code=0, sealed=b"")


def test_old_and_surplus_calls_are_removed_and_guesses_push_out_guesses_alone(
    as_role: AsRole, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MOST_KEPT", 3)
    monkeypatch.setattr(sandbox, "MOST_WRONG_KEPT", 2)
    minute = timedelta(minutes=1)
    rows = [row(1, fixed_now - minute * n, f"own{n}") for n in range(5)]
    rows += [row(1, fixed_now - minute * n, f"guess{n}", 401) for n in range(9)]
    rows += [row(2, fixed_now - timedelta(days=15), "old"), row(2, fixed_now - timedelta(days=13), "young")]
    SandboxCall.objects.bulk_create(rows)
    with as_role("worker"):
        assert sandbox.clear_old(now=fixed_now) == 10
    left = set(SandboxCall.objects.values_list("id", flat=True))
    assert left == {"own0", "own1", "own2", "guess0", "guess1", "young"}

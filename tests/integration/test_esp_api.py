"""The reporting API as a company's program meets it: each call, each code, each quirk of the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import AsRole
from tests.integration.wire import BY, Wire, in_pieces, multipart, register
from tests.unit.cybertip_samples import report, suspect

from tipline.domain.states import ReportState
from tipline.platform import clock
from tipline.platform.config import settings
from tipline.platform.program_secrets import hash_secret
from tipline.reference.directory import service as directory
from tipline.reports import queries as reports
from tipline.reports.models import File, Report, Submission
from tipline.reports.service import end_open

BATCH = report(
    before='<batchedReport reason="VIRAL_POTENTIAL_MEME"/>',
    tail=suspect("<espIdentifier>1</espIdentifier>") + suspect("<espIdentifier>2</espIdentifier>"),
)


@pytest.fixture
def wire(db: None, as_role: AsRole) -> Iterator[Wire]:
    user, secret, _ = register("Example")
    with as_role("esp_api"):
        yield Wire(user, secret)


def details(number: int, file_id: str, inner: str = "") -> bytes:
    text = f"<fileDetails><reportId>{number}</reportId><fileId>{file_id}</fileId>{inner}</fileDetails>"
    return text.encode()


def incoming() -> set[str]:
    folder = settings().evidence
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


def test_status_names_user_and_address(wire: Wire) -> None:
    got = wire.get("/status")
    assert got.code == (200, 0)
    assert got.responseDescription == "Remote User : example-production, Remote Ip : 192.0.2.7"
    assert b"reportId" not in got.body
    assert got.headers["content-type"] == "application/xml;charset=UTF-8"
    assert len(got.headers["request-id"]) == 32


def test_the_schema_is_served(wire: Wire) -> None:
    got = wire.get("/xsd")
    assert got.status == 200
    assert b"schema" in got.body
    assert b"incidentSummary" in got.body
    assert wire.call("HEAD", "/ispws/xsd").body == b""


def test_the_whole_life_of_a_report(wire: Wire, as_role: AsRole) -> None:
    raw = report()
    opened = wire.post("/submit", raw)
    assert opened.code == (200, 0)
    assert opened.responseDescription == "Success"
    number = int(opened.reportId)
    data = bytes(range(256)) * 20
    uploaded = wire.upload(number, data)
    assert uploaded.code == (200, 0)
    assert uploaded.reportId == str(number)
    assert uploaded.hash == hashlib.md5(data).hexdigest()
    described = wire.post("/fileinfo", details(number, uploaded.fileId, "<originalFileName>x</originalFileName>"))
    assert described.code == (200, 0)
    assert (described.reportId, described.fileId) == (str(number), uploaded.fileId)
    second = wire.upload(number, b"")
    done = wire.end("/finish", number)
    assert (done.root, done.code, done.reportId) == ("reportDoneResponse", (200, 0), str(number))
    assert done.all("fileId") == [uploaded.fileId, second.fileId]
    assert done.body.endswith(b"</files></reportDoneResponse>")


def test_what_was_acknowledged_is_in_the_record(db: None, as_role: AsRole) -> None:
    user, secret, esp_id = register("Example")
    raw = report()
    with as_role("esp_api"):
        wire = Wire(user, secret)
        number = wire.submit(raw)
        file_id = wire.upload(number, b"some bytes", "näme.png").fileId
        wire.post("/fileinfo", details(number, file_id, "<fileViewedByEsp>true</fileViewedByEsp>"))
        wire.end("/finish", number)
    row = Report.objects.get(number=number)
    assert (row.state, row.esp_id, row.esp_name, row.environment) == ("RECEIVED", esp_id, "Example", "production")
    assert row.preserve_until is not None
    assert row.received_at is not None
    assert row.preserve_until - row.received_at == timedelta(days=365)
    assert reports.load_raw(row.id) == raw
    assert Submission.objects.get(report_id=row.id).raw_sha256 == hashlib.sha256(raw).hexdigest()
    kept = File.objects.get(report_id=row.id)
    assert (kept.upload_name, kept.size, kept.sha256) == (
        "näme.png",
        10,
        hashlib.sha256(b"some bytes").hexdigest(),
    )
    assert kept.details["fileViewedByEsp"] is True
    assert (settings().evidence / kept.incoming_name).is_file()


def test_the_door_reads_no_content_back(db: None, as_role: AsRole) -> None:
    from django.db import DatabaseError

    readers = (
        Submission.objects.values_list("document"),
        Report.objects.values_list("headline"),
        File.objects.values_list("details"),
    )
    for role in ("esp_api", "public"):
        for reader in readers:
            with pytest.raises(DatabaseError), as_role(role):
                list(reader.all())


def test_without_files_the_list_is_there_and_empty(wire: Wire) -> None:
    assert wire.end("/finish", wire.submit(report())).body.endswith(b"<files/></reportDoneResponse>")


@pytest.mark.parametrize(
    "kind",
    ["text/xml", "text/plain;charset=UTF-8", "application/xml", "application/x-www-form-urlencoded", "nonsense", ""],
)
def test_xml_is_taken_under_whatever_type_clients_send(wire: Wire, kind: str) -> None:
    assert wire.post("/submit", report(), kind).code == (200, 0)


def test_an_upload_may_come_in_any_order_and_in_any_pieces(wire: Wire) -> None:
    number = wire.submit(report())
    data = bytes(range(256)) * 9000
    body = multipart(("file", "b.bin", data), ("note", None, b"?"), ("id", None, str(number).encode()))
    for size in (7001, 65536, len(body)):
        got = wire.form("/upload", in_pieces(body, size))
        assert got.code == (200, 0)
        assert got.hash == hashlib.md5(data).hexdigest()


@pytest.mark.parametrize("path", ["/finish", "/retract"])
def test_the_id_comes_as_multipart_or_url_encoded(wire: Wire, path: str) -> None:
    assert wire.form(path, multipart(("id", None, str(wire.submit(report())).encode()))).code == (200, 0)
    assert wire.post(path, f"id={wire.submit(report())}".encode(), "").code == (200, 0)


@pytest.mark.parametrize("path", ["/upload", "/fileinfo", "/finish", "/retract"])
def test_after_the_end_every_act_is_answered_with_its_code(wire: Wire, path: str) -> None:
    for end, code in (("/finish", 5102), ("/retract", 5101)):
        number = wire.submit(report())
        file_id = wire.upload(number).fileId
        assert wire.end(end, number).code == (200, 0)
        before = incoming()
        got = {
            "/upload": lambda number=number: wire.upload(number),
            "/fileinfo": lambda number=number, file_id=file_id: wire.post("/fileinfo", details(number, file_id)),
        }.get(path, lambda number=number: wire.end(path, number))()
        assert got.code == (409, code)
        assert incoming() == before


def test_errors_at_finish_have_the_form_that_clients_parse(wire: Wire) -> None:
    number = wire.submit(report())
    wire.end("/finish", number)
    again = wire.end("/finish", number)
    code_and_id = f"<responseCode>5102</responseCode><reportId>{number}</reportId>"
    expected = f"<reportDoneResponse>{code_and_id}<files/></reportDoneResponse>"
    assert again.body.decode().endswith(expected)
    assert wire.post("/finish", b"").root == "reportDoneResponse"
    assert wire.end("/retract", number).root == "reportResponse"


def test_details_of_a_file_are_taken_once(wire: Wire) -> None:
    number = wire.submit(report())
    file_id = wire.upload(number).fileId
    assert wire.post("/fileinfo", details(number, file_id)).code == (200, 0)
    assert wire.post("/fileinfo", details(number, file_id)).code == (409, 1300)
    assert wire.post("/fileinfo", details(number, "0" * 32)).code == (404, 5002)
    other = wire.submit(report())
    assert wire.post("/fileinfo", details(other, file_id)).code == (404, 5002)


def test_another_companys_report_does_not_exist(db: None, as_role: AsRole) -> None:
    one, other = register("Example"), register("Sample")
    sandbox = register("Sandbox", "test")
    with as_role("esp_api"):
        wire, foreign = Wire(*one[:2]), Wire(*other[:2])
        test_wire = Wire(*sandbox[:2], prefix="/test/ispws")
        number = wire.submit(report())
        file_id = wire.upload(number).fileId
        for stranger in (foreign, test_wire):
            for target in (number, 7):
                answers = [
                    stranger.upload(target),
                    stranger.post("/fileinfo", details(target, file_id)),
                    stranger.end("/retract", target),
                    stranger.end("/finish", target),
                ]
                assert [got.code for got in answers] == [(404, 5001)] * 4
        assert foreign.end("/retract", number).body == foreign.end("/retract", 7).body
        assert wire.end("/finish", number).code == (200, 0)


def test_an_unfinished_report_is_gone_after_its_time(db: None, as_role: AsRole) -> None:
    user, secret, _ = register("Example")
    wire = Wire(user, secret)
    overdue, lapsed = wire.submit(report()), wire.submit(report())
    long_ago = clock.now() - timedelta(hours=30)
    Report.objects.filter(number=overdue).update(opened_at=long_ago, changed_at=long_ago)
    end_open(report_id=Report.objects.get(number=lapsed).id, to_state=ReportState.LAPSED, by=BY, now=clock.now())
    with as_role("esp_api"):
        for number in (overdue, lapsed):
            assert wire.upload(number).code == (404, 5001)
            assert wire.end("/finish", number).code == (404, 5001)


def test_the_sandbox_takes_test_credentials_alone_and_marks_its_reports(db: None, as_role: AsRole) -> None:
    test_user, live_user = register("Sandbox", "test"), register("Example")
    with as_role("esp_api"):
        number = Wire(*test_user[:2], prefix="/test/ispws").submit(report())
        assert Wire(*test_user[:2]).get("/status").code == (401, 2000)
        assert Wire(*live_user[:2], prefix="/test/ispws").get("/status").code == (401, 2000)
    assert Report.objects.get(number=number).environment == "test"


@pytest.mark.parametrize("path", ["/status", "/xsd", "/submit", "/upload", "/fileinfo", "/finish", "/retract"])
def test_every_call_asks_for_credentials(wire: Wire, path: str) -> None:
    method = "GET" if path in {"/status", "/xsd"} else "POST"
    for header in ("", "Basic !", "Bearer x", "Basic ZXhhbXBsZTp3cm9uZw=="):
        got = wire.call(method, "/ispws" + path, b"x" * 100_000, authorization=header)
        assert got.code == (401, 2000)
        assert got.headers["www-authenticate"] == 'Basic realm="ESP Web Services"'
        assert got.root == "reportResponse"
        assert "request-id" in got.headers


def test_a_revoked_credential_ends(db: None, as_role: AsRole) -> None:
    user, secret, esp_id = register("Example")
    wire = Wire(user, secret)
    with as_role("esp_api"):
        assert wire.get("/status").status == 200
    held = directory.EspCredential.objects.get(esp_id=esp_id)
    directory.revoke_credential(credential_id=held.id, by=BY, now=clock.now())
    with as_role("esp_api"):
        assert Wire(user, secret).get("/status").code == (401, 2000)


def test_a_credential_issued_before_the_fast_form_still_works(db: None, as_role: AsRole) -> None:
    user, secret, esp_id = register("Example")
    directory.EspCredential.objects.filter(esp_id=esp_id).update(secret_kept=hash_secret(secret))
    with as_role("esp_api"):
        assert Wire(user, secret).get("/status").status == 200
        assert Wire(user, "wrong").get("/status").code == (401, 2000)


@pytest.mark.parametrize(
    "path", ["/", "/ispws", "/ispws/", "/ispws/nothing", "/status", "/ispws/status/", "/test", "/ispws/../x", "/%00"]
)
def test_unknown_paths_are_not_found(wire: Wire, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert wire.call(method, path).code == (404, 1210)


def test_wrong_methods_are_told_the_right_one(wire: Wire) -> None:
    got = wire.call("GET", "/ispws/submit")
    assert (got.code, got.headers["allow"]) == ((405, 4000), "POST")
    got = wire.call("POST", "/ispws/status", b"x")
    assert (got.code, got.headers["allow"]) == ((405, 4000), "GET, HEAD")
    assert wire.call("OPTIONS", "/ispws/finish").code == (405, 4000)


def test_a_batch_takes_one_file_and_stays_open_when_refused(wire: Wire) -> None:
    number = wire.submit(BATCH)
    file_id = wire.upload(number, b"one").fileId
    plain = wire.post("/fileinfo", details(number, file_id))
    assert plain.code == (400, 4100)
    assert plain.responseDescription.split("\n")[1].startswith("[1,")
    viral = "<fileAnnotations><viral/></fileAnnotations>"
    assert wire.post("/fileinfo", details(number, file_id, viral)).code == (200, 0)
    wire.upload(number, b"two")
    got = wire.end("/finish", number)
    assert (got.code, got.root, got.reportId) == ((400, 4100), "reportDoneResponse", str(number))
    assert wire.end("/retract", number).code == (200, 0)
    good = wire.submit(BATCH)
    wire.upload(good, b"one")
    assert wire.end("/finish", good).code == (200, 0)


def test_a_violation_is_told_in_the_documented_form(wire: Wire) -> None:
    got = wire.post("/submit", report(tail="<bingo/>"))
    first, second, *_ = got.responseDescription.split("\n")
    assert first == "Validation failed"
    assert second.startswith(f"[1,{report(tail='<bingo/>').index(b'<bingo') + 1}] - cvc-")


def test_a_leading_line_of_xml_declaration_in_single_quotes_is_fine(wire: Wire) -> None:
    assert wire.post("/submit", b"<?xml version='1.0' encoding='UTF-8'?>" + report()).code == (200, 0)


def test_a_refused_submission_leaves_no_trace(wire: Wire) -> None:
    before = Report.objects.count()
    wire.post("/submit", report(tail="<bingo/>"))
    assert Report.objects.count() == before


class BrokenWriter:
    """Fails as told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def write(self, work: object, *, key: int = 0, urgent: bool = False) -> object:
        """Raise."""
        raise self.error


def test_outages_and_bugs_are_told_apart_and_leave_nothing(db: None, tmp_path: Path) -> None:
    from django.db import OperationalError

    from tipline.stages.intake.acceptance import Outage
    from tipline.stages.intake.rules import Overloaded

    user, secret, _ = register("Example")
    before = incoming()
    outages = (Overloaded(), Outage(maybe_done=False), OperationalError("canary-7"))
    for error, code in (*((one, (503, 1000)) for one in outages), (KeyError("canary-7"), (500, 1000))):
        wire = Wire(user, secret, writer=BrokenWriter(error))
        body = multipart(("file", "a", b"x" * 3_000_000), ("id", None, b"7"))
        for got in (wire.post("/submit", report()), wire.form("/upload", body), wire.end("/retract", 7)):
            assert got.code == code
            assert ("retry-after" in got.headers) == (code[0] == 503)
            assert b"canary" not in got.body
        assert wire.end("/finish", 7).root == "reportDoneResponse"
    assert incoming() == before


def test_nothing_of_a_report_is_logged(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    number = wire.submit(report(tail="<additionalInfo>canary-text</additionalInfo>"))
    wire.upload(number, b"canary-bytes", "canary-name.png")
    wire.post("/submit", report(tail="<bingo>canary-wrong</bingo>"))
    wire.end("/finish", number)
    assert "canary" not in caplog.text


def entries(verb: str) -> list[tuple[str, str, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT object_id, outcome, convert_from(canonical, 'UTF8')::json->>'origin' FROM audit_entry"
            " WHERE verb = %s",
            [verb],
        )
        return [tuple(row) for row in cursor.fetchall()]


def test_log_ins_are_audited_without_letting_a_guesser_fill_the_audit(db: None, as_role: AsRole) -> None:
    user, secret, esp_id = register("Example")
    with as_role("esp_api"):
        wire, guesser = Wire(user, secret), Wire(user, "wrong")
        for _ in range(3):
            wire.get("/status")
            wire.submit(report())
        for _ in range(70):
            assert guesser.get("/status").code == (401, 2000)
    assert entries("esp.authenticated") == [(str(esp_id), "done", "192.0.2.7")]
    failed = entries("esp.authentication_failed")
    assert set(failed) == {("unknown", "refused", "192.0.2.7")}
    assert 60 <= len(failed) <= 70  # seventy guesses may fall into two minutes

"""Clients that nobody here wrote, unmodified, against the real processes under their own database roles."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.contract import clients
from tests.stack import Credential, Stack
from tests.unit.cybertip_samples import report

pytestmark = pytest.mark.slow
HEX = re.compile(r"[0-9a-f]{32}")


def settings(house: Stack, company: Credential) -> dict[str, str]:
    url = f"{house.address('esp_api')}/ispws"
    return {"url": url, "username": company.username, "secret": company.secret}


def state_of(house: Stack, number: object) -> str:
    [(state,)] = house.rows("SELECT state FROM reports_report WHERE number = %s", number)
    return str(state)


def data_of(steps: dict[str, dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """The data of steps that must have gone well."""
    for name in names:
        assert steps[name]["ok"], steps[name]
    return [steps[name].get("data", {}) for name in names]


@pytest.fixture(scope="module")
def npm_steps(house: Stack, company: Credential) -> dict[str, dict[str, Any]]:
    return clients.drive_node(settings(house, company))


def test_the_npm_client_does_its_whole_work(
    house: Stack, company: Credential, npm_steps: dict[str, dict[str, Any]]
) -> None:
    names = ("status", "submit", "upload", "fileinfo", "finish", "submit another", "retract")
    status, opened, uploaded, described, done, second, retracted = data_of(npm_steps, *names)
    assert status["responseDescription"] == f"Remote User : {company.username}, Remote Ip : 127.0.0.1"
    assert (opened["responseCode"], opened["responseDescription"]) == (0, "Success")
    number, file_id = opened["reportId"], uploaded["fileId"]
    assert (type(number), HEX.fullmatch(file_id) is not None) == (int, True)
    assert uploaded["hash"] == hashlib.md5(b"\7" * 3_000_000).hexdigest()
    assert described["reportId"] == number
    assert (done["reportId"], done["files"]) == (number, {"fileId": file_id})
    assert retracted["reportId"] == second["reportId"]
    assert all(HEX.fullmatch(npm_steps[name]["requestId"]) for name in names)
    assert (state_of(house, number) != "OPEN", state_of(house, second["reportId"])) == (True, "RETRACTED")


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("finish again", "409"),  # it does not look for a code in this answer's root
        ("upload after retract", "409 - ReportAlreadyRetracted"),
        # Faults of the client itself: it does not escape text, and its constant lacks a letter.
        ("ampersand", "400 - MalformedXmlSubmittal"),
        ("enticement", "400 - ValidationFailed"),
        ("wrong credentials", "401 - AuthenticationRequired"),
    ],
)
def test_the_npm_client_reads_every_refusal(npm_steps: dict[str, dict[str, Any]], step: str, error: str) -> None:
    assert re.search(rf"status {error} \(Request-ID: [0-9a-f]{{32}}\)", npm_steps[step]["error"])


def test_the_pypi_client_does_its_whole_work(house: Stack, company: Credential) -> None:
    python = clients.newer_python()
    if python is None:
        pytest.skip("ncmec-cybertip needs Python 3.12 or newer, and none was found on this machine")
    steps = clients.drive_python(python, settings(house, company))
    _, _, opened, uploaded, described, done, retracted = data_of(
        steps, "status", "xsd", "submit", "upload", "fileinfo", "finish", "retract"
    )
    assert uploaded["hash"] == hashlib.md5(b"a pattern" * 1000).hexdigest()
    assert described["file_id"] == uploaded["file_id"]
    assert done["files"]["file_id"] == [uploaded["file_id"]]
    assert done["report_id"] == opened["report_id"] != retracted["report_id"]
    codes = {name: steps[name].get("code") for name in steps if not steps[name]["ok"]}
    assert codes == {
        "finish again": 5102,
        "upload after retract": 5101,
        "unknown report": 5001,
        "fileinfo after finish": 5102,
        "wrong credentials": 2000,
    }
    assert all(HEX.fullmatch(steps[name]["request"]) for name in codes)


class Curl:
    """The documentation's commands, word for word but for the address."""

    def __init__(self, house: Stack, company: Credential, folder: Path) -> None:
        self._url = f"{house.address('esp_api')}/ispws"
        self._user = f"{company.username}:{company.secret}"
        self._folder = folder

    def __call__(self, path: str, *options: str) -> tuple[int, str]:
        """Run one command: HTTP status and body."""
        command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}"]
        written = subprocess.run(
            [*command, "--user", self._user, *options, f"{self._url}/{path}"],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        body, _, status = written.rpartition("\n")
        return int(status), body


def field(body: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", body, re.S)
    assert found is not None, body
    return found[1]


@pytest.fixture
def curl(house: Stack, company: Credential, tmp_path: Path) -> Curl:
    return Curl(house, company, tmp_path)


XML = ("--header", "Content-Type: text/xml; charset=utf-8", "--data")


def test_the_documentations_five_commands_work(house: Stack, curl: Curl, tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_bytes(report().replace(b"><", b">\n  <"))
    (tmp_path / "file.png").write_bytes(b"a pattern" * 500_000)
    assert curl("status")[0] == 200
    status, opened = curl("submit", *XML, "@report.xml")
    assert (status, field(opened, "responseCode")) == (200, "0"), opened
    number = field(opened, "reportId")
    _, uploaded = curl("upload", "--form", f"id={number}", "--form", "file=@file.png")
    assert field(uploaded, "hash") == hashlib.md5(b"a pattern" * 500_000).hexdigest()
    file_id = field(uploaded, "fileId")
    (tmp_path / "details.xml").write_text(
        f"<fileDetails>\n<reportId>{number}</reportId>\n<fileId>{file_id}</fileId>\n</fileDetails>"
    )
    assert curl("fileinfo", *XML, "@details.xml")[0] == 200
    status, done = curl("finish", "--form", f"id={number}")
    assert (status, field(done, "files")) == (200, f"<fileId>{file_id}</fileId>")
    assert done.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><reportDoneResponse>')


def test_a_sender_that_is_refused_still_reads_why(curl: Curl, tmp_path: Path) -> None:
    (tmp_path / "big.xml").write_bytes(b"<report>" + b"x" * 9_000_000)
    (tmp_path / "big.bin").write_bytes(b"x" * 20_000_000)
    status, body = curl("submit", *XML, "@big.xml")
    assert (status, field(body, "responseCode")) == (413, "4000")
    status, body = curl("upload", "--form", "id=7", "--form", "file=@big.bin")
    assert (status, field(body, "responseCode")) == (404, "5001")
    status, body = curl("upload", "--user", "nobody:nothing", "--form", "id=7", "--form", "file=@big.bin")
    assert (status, field(body, "responseCode")) == (401, "2000")
    status, body = curl("upload", "--form", "file=@big.bin")
    assert (status, field(body, "responseCode")) == (400, "4000")


def test_an_upload_that_breaks_off_leaves_nothing(house: Stack, curl: Curl, tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_bytes(report())
    (tmp_path / "big.bin").write_bytes(b"x" * 30_000_000)
    number = field(curl("submit", *XML, "@report.xml")[1], "reportId")
    before = unadopted(house)
    with pytest.raises(subprocess.CalledProcessError):
        curl("upload", "--limit-rate", "6M", "--max-time", "1.5", "--form", f"id={number}", "--form", "file=@big.bin")
    status, done = curl("finish", "--form", f"id={number}")
    assert (status, "<files/>" in done) == (200, True)
    assert unadopted(house) <= before


def unadopted(house: Stack) -> set[str]:
    """The names of objects that are being written, or that the worker has not taken into the vault yet."""
    folder = house.folder / "data" / "evidence"
    return {path.name for part in (".writing", "incoming") for path in (folder / part).rglob("*")}


@pytest.mark.parametrize("lock", ["node/package-lock.json", "python/requirements.lock"])
def test_the_clients_are_pinned_by_digest_and_name_no_host(lock: str) -> None:
    text = (clients.HERE / lock).read_text()
    assert "://" not in text
    assert ("sha512-" in text) or ("--hash=sha256:" in text)

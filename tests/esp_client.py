"""A small client of the reporting API for benches and fault runs: one kept connection, nothing but the wire.

The contract tests use real companies' clients; this one is quick and knows exactly which answers it got.
"""

from __future__ import annotations

import base64
import http.client
import re
import secrets
from dataclasses import dataclass
from types import TracebackType

_FIELD = re.compile(rb"<(responseCode|reportId|fileId)>([^<]+)<")
_REPORT = (
    "<report><incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>"
    "<incidentDateTime>2026-02-20T08:30:00-07:00</incidentDateTime></incidentSummary>"
    "<reporter><reportingPerson><firstName>Rae</firstName><lastName>Porter</lastName>"
    "<email>trust@example.com</email></reportingPerson></reporter>"
    "<personOrUserReported><personOrUserReportedPerson><email>{mark}@example.net</email>"
    "</personOrUserReportedPerson><screenName>{mark}</screenName></personOrUserReported></report>"
)


class NotAnswered(Exception):
    """The connection broke: nobody knows whether the act was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    code: int
    report: int
    file: str

    @property
    def ok(self) -> bool:
        """Whether the act was acknowledged."""
        return self.status == 200 and self.code == 0


def report_xml(mark: str) -> bytes:
    """This function will write a small valid report about a made-up account that `mark` tells from others."""
    return _REPORT.format(mark=mark).encode()


class EspClient:
    """One company's program with one connection, which is opened again after it broke."""

    def __init__(self, port: int, username: str, secret: str, *, timeout: float = 20.0, mount: str = "/ispws") -> None:
        self._mount = mount
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        token = base64.b64encode(f"{username}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def __enter__(self) -> EspClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def status(self) -> Answer:
        """This function will check the credential."""
        return self._call("GET", "status", b"", "")

    def submit(self, xml: bytes, *, key: str = "") -> Answer:
        """This function will open a report; with a key, once however often it is called."""
        return self._call("POST", "submit", xml, "text/xml; charset=utf-8", key)

    def upload(self, report: int, content: bytes, name: str = "picture.png", *, key: str = "") -> Answer:
        """This function will add a file to an open report; with a key, once however often it is called."""
        return self._form("upload", {"id": str(report)}, (name, content), key)

    def finish(self, report: int) -> Answer:
        """This function will finish a report."""
        return self._form("finish", {"id": str(report)}, None)

    def retract(self, report: int) -> Answer:
        """This function will withdraw an open report."""
        return self._form("retract", {"id": str(report)}, None)

    def _form(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None, key: str = "") -> Answer:
        edge = secrets.token_hex(12)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="'
        parts = [f'{head}{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        if file:
            kind = "Content-Type: application/octet-stream"
            parts.append(f'{head}file"; filename="{file[0]}"\r\n{kind}\r\n\r\n'.encode() + file[1] + b"\r\n")
        body = b"".join(parts) + f"--{edge}--\r\n".encode()
        return self._call("POST", path, body, f"multipart/form-data; boundary={edge}", key)

    def _call(self, method: str, path: str, body: bytes, media_type: str, key: str = "") -> Answer:
        extra = {"Content-Type": media_type, "Idempotency-Key": key}
        headers = self._headers | {name: value for name, value in extra.items() if value}
        try:
            self._connection.request(method, f"{self._mount}/{path}", body or None, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NotAnswered(path) from error
        found = {name.decode(): value.decode() for name, value in _FIELD.findall(text)}
        return Answer(
            status=answer.status,
            code=int(found.get("responseCode", "-1")),
            report=int(found.get("reportId", "0")),
            file=found.get("fileId", ""),
        )

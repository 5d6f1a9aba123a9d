"""A company's program: speaks the reporting protocol like any client, with files and details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import httpx
from lxml import etree

from tipline.demo.accounts import Credential
from tipline.demo.visitor import Lost
from tipline.domain.cybertip.render import render_file_details, render_report
from tipline.domain.report import Document
from tipline.simulation.pictures import picture

TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture to send and what the company says about it."""

    number: int
    viewed: bool
    annotations: tuple[str, ...] = ()
    name: str = ""


class Company:
    """One company at the API's door."""

    def __init__(self, address: str, credential: Credential) -> None:
        self._client = httpx.Client(
            base_url=f"{address}/ispws", auth=(credential.username, credential.secret), timeout=TIMEOUT_SECONDS
        )

    def report(self, document: Document, uploads: tuple[Upload, ...], now: datetime) -> int:
        """This function will submit, upload, describe and finish, and return the report's number."""
        number = int(_answer(self._client.post("/submit", content=render_report(document)), "reportId"))
        for upload in uploads:
            self._send(number, upload, now)
        _answer(self._client.post("/finish", data={"id": str(number)}), "reportId")
        return number

    def _send(self, number: int, upload: Upload, now: datetime) -> None:
        name = upload.name or f"pattern-{upload.number}.jpg"
        sent = self._client.post(
            "/upload", data={"id": str(number)}, files={"file": (name, picture(upload.number), "image/jpeg")}
        )
        details: Document = {
            "reportId": number,
            "fileId": _answer(sent, "fileId"),
            "originalFileName": name,
            "fileViewedByEsp": upload.viewed,
        }
        if upload.annotations:
            details["fileAnnotations"] = dict.fromkeys(upload.annotations, True)
        _answer(self._client.post("/fileinfo", content=render_file_details(details)), "reportId")

    def close(self) -> None:
        """This function will end the connection."""
        self._client.close()


def _answer(answer: httpx.Response, wanted: str) -> str:
    tree = etree.fromstring(answer.content)
    code = tree.findtext("responseCode")
    if answer.status_code != httpx.codes.OK or code != "0":
        raise Lost(f"{answer.request.url.path} answered {answer.status_code} with code {code}")
    return tree.findtext(wanted) or ""

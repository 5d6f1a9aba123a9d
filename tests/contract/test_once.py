"""A hundred clients at once with one Idempotency-Key, against the running house."""

from __future__ import annotations

import base64
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.esp_client import report_xml
from tests.stack import Credential, Stack

pytestmark = pytest.mark.slow
CROWD = 100


def test_a_hundred_submits_at_once_with_one_key_are_one_report_and_equal_answers(
    house: Stack, company: Credential
) -> None:
    token = base64.b64encode(f"{company.username}:{company.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Idempotency-Key": "crowd-1", "Content-Type": "text/xml"}
    before = house.rows("SELECT count(*) FROM reports_report")[0][0]
    gate = threading.Barrier(CROWD)

    def send(_: int) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", house.port("esp_api"), timeout=60)
        gate.wait(60)
        link.request("POST", "/ispws/submit", report_xml("crowd"), headers)
        answer = link.getresponse()
        found = answer.status, answer.read()
        link.close()
        return found

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(send, range(CROWD)))
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert house.rows("SELECT count(*) FROM reports_report")[0][0] == before + 1

"""What may differ from company to company, what a report may cite, and the Idempotency-Key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import AsRole
from tests.integration.test_esp_api import incoming
from tests.integration.wire import BOUNDARY, BY, Answer, Wire, multipart, register
from tests.unit.cybertip_samples import report, suspect

from tipline.platform import clock
from tipline.reference.directory import service as directory
from tipline.reference.directory.queries import Ways
from tipline.reports.models import File, Report
from tipline.stages.intake import once
from tipline.stages.intake.models import KeptAnswer

NO_EMAIL = report(reporter="<reporter><reportingPerson/></reporter>")
OWN_PLACE = report(tail=suspect('<associatedAccount accountType="Linked"/>'))


@pytest.fixture
def company(db: None) -> tuple[str, str, int]:
    return register("Example")


@pytest.fixture
def wire(company: tuple[str, str, int], as_role: AsRole) -> Iterator[Wire]:
    with as_role("esp_api"):
        yield Wire(company[0], company[1])


def keyed(wire: Wire, raw: bytes, key: str, path: str = "/submit", kind: str = "text/xml") -> Answer:
    return wire.call("POST", f"/ispws{path}", raw, content_type=kind, idempotency_key=key)


def keyed_upload(wire: Wire, number: str, data: bytes, key: str, name: str = "a.png") -> Answer:
    body = multipart(("id", None, number.encode()), ("file", name, data))
    return keyed(wire, body, key, "/upload", f"multipart/form-data; boundary={BOUNDARY}")


def test_the_two_switches_are_safe_by_default_and_set_for_each_company(
    company: tuple[str, str, int], as_role: AsRole
) -> None:
    with as_role("esp_api"):
        wire = Wire(company[0], company[1])
        assert wire.post("/submit", NO_EMAIL).code == (400, 4100)
        assert wire.post("/submit", OWN_PLACE).code == (200, 0)
    directory.set_ways(esp_id=company[2], ways=Ways(False, True), by=BY, now=clock.now())
    with as_role("esp_api"):
        wire = Wire(company[0], company[1])
        assert wire.post("/submit", NO_EMAIL).code == (200, 0)
        refused = wire.post("/submit", OWN_PLACE)
        assert refused.code == (400, 4100)
        assert "Attribute 'accountType' is not allowed to appear" in refused.responseDescription


def test_a_quota_is_set_for_each_company_and_says_when_to_come_back(
    company: tuple[str, str, int], as_role: AsRole
) -> None:
    directory.set_ways(esp_id=company[2], ways=Ways(calls_a_minute=6), by=BY, now=clock.now())
    with as_role("esp_api"):
        wire = Wire(company[0], company[1])
        assert wire.post("/submit", report()).code == (200, 0)
        refused = wire.post("/submit", report())
    assert refused.code == (429, 1000)
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert "Nothing was stored" in refused.responseDescription


def test_a_cited_report_must_exist_in_the_same_environment(wire: Wire) -> None:
    earlier = wire.submit(report())
    raw = report(tail=suspect(f"<priorCTReports>{earlier}</priorCTReports><priorCTReports>7</priorCTReports>"))
    refused = wire.post("/submit", raw)
    assert refused.code == (400, 4100)
    assert "At /report/personOrUserReported[1]/priorCTReports[2]: " in refused.responseDescription
    assert f"[1,{raw.index(b'<priorCTReports>7<') + 1}] - There is no report with this number." in (
        refused.responseDescription
    )
    assert wire.post("/submit", raw.replace(b"<priorCTReports>7</priorCTReports>", b"")).code == (200, 0)


def test_the_same_key_and_body_is_one_report_and_another_body_is_refused(wire: Wire) -> None:
    first = keyed(wire, report(), "key-1")
    again = keyed(wire, report(), "key-1")
    assert (again.code, again.body) == ((200, 0), first.body)
    other = keyed(wire, report(tail="<additionalInfo>x</additionalInfo>"), "key-1")
    assert other.code == (422, 4000)
    assert "used before with another body" in other.responseDescription
    assert keyed(wire, report(), "key-2").reportId != first.reportId
    assert Report.objects.only("id").count() == 2


def test_a_key_is_good_after_the_finish_and_free_after_the_retraction(wire: Wire) -> None:
    first = keyed(wire, report(), "key-1")
    wire.end("/finish", first.reportId)
    assert keyed(wire, report(), "key-1").body == first.body
    second = keyed(wire, report(), "key-2")
    wire.end("/retract", second.reportId)
    third = keyed(wire, report(), "key-2")
    assert third.code == (200, 0)
    assert third.reportId != second.reportId


def test_keys_of_two_companies_have_nothing_to_do_with_each_other(db: None, as_role: AsRole) -> None:
    one, other = register("Example"), register("Sample")
    with as_role("esp_api"):
        numbers = {keyed(Wire(user, secret), report(), "key-1").reportId for user, secret, _ in (one, other)}
    assert len(numbers) == 2


def test_the_same_key_and_file_is_one_file_and_the_second_copy_is_forgotten(wire: Wire) -> None:
    number = str(wire.submit(report()))
    first = keyed_upload(wire, number, b"bytes", "key-1")
    held = incoming()
    assert keyed_upload(wire, number, b"bytes", "key-1").body == first.body
    assert incoming() == held
    assert keyed_upload(wire, number, b"other", "key-1").code == (422, 4000)
    assert incoming() == held
    wire.end("/finish", number)
    assert keyed_upload(wire, number, b"bytes", "key-1").body == first.body
    assert keyed_upload(wire, number, b"bytes", "key-2").code == (409, 5102)
    assert File.objects.only("id").count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\x7fb"])
def test_an_odd_key_is_an_invalid_request(wire: Wire, key: str) -> None:
    assert keyed(wire, report(), key).code == (400, 4000)


def test_what_a_key_led_to_is_forgotten_with_the_report(wire: Wire, as_role: AsRole) -> None:
    number = int(keyed(wire, report(), "key-1").reportId)
    with as_role("worker"):
        once.forget(number=number)
        assert not KeptAnswer.objects.exists()


def test_every_answer_has_a_request_id(wire: Wire) -> None:
    answers = [
        wire.get("/status"),
        wire.get("/nothing"),
        wire.call("GET", "/"),
        wire.post("/status", b""),
        wire.post("/submit", b"<"),
        wire.call("GET", "/ispws/status", authorization="Basic eDp5"),
        wire.call("HEAD", "/ispws/xsd"),
    ]
    ids = [one.headers["request-id"] for one in answers]
    assert [one.status for one in answers] == [200, 404, 404, 405, 400, 401, 200]
    assert all(len(one) == 32 for one in ids)
    assert len(set(ids)) == len(ids)

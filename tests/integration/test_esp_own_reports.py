"""What a company's program learns of its reports: the score at the finish, and the JSON beside the protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from tests.conftest import AsRole
from tests.integration.test_esp_api import details
from tests.integration.wire import Wire, register
from tests.unit.cybertip_samples import report, suspect

from tipline.platform import clock
from tipline.platform.accounts.scope import agency_scope
from tipline.reports.models import Report
from tipline.stages.feedback.models import EspNews, KeepRequest

WITH_ACCOUNT = report(
    extra="<platform>Example Chat</platform>",
    tail=suspect(
        "<espIdentifier>1</espIdentifier>"
        "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><eventName>Login</eventName></ipCaptureEvent>"
    ),
)


@pytest.fixture
def wire(db: None, as_role: AsRole) -> Iterator[Wire]:
    user, secret, _ = register("Example")
    with as_role("esp_api"):
        yield Wire(user, secret)


def asked(wire: Wire, path: str) -> dict[str, object]:
    got = wire.call("GET", f"/api{path}")
    assert got.status == 200, got.body
    found: dict[str, object] = json.loads(got.body)
    return found


def finished(wire: Wire, raw: bytes = WITH_ACCOUNT) -> int:
    number = wire.submit(raw)
    assert wire.end("/finish", number).code == (200, 0)
    return number


def test_the_finish_tells_the_score_and_it_is_kept_once(wire: Wire) -> None:
    number = wire.submit(WITH_ACCOUNT)
    first, _ = wire.upload(number).fileId, wire.upload(number).fileId
    wire.post("/fileinfo", details(number, first, "<fileViewedByEsp>true</fileViewedByEsp>"))
    done = wire.end("/finish", number)
    score, _, missing = done.headers["report-quality"].partition("; missing=")
    codes = missing.strip('"').split(",")
    assert {"ip_time", "ip_port", "contact", "child", "file_details", "file_time"} <= set(codes)
    assert not {"ip", "identifier", "evidence", "service", "viewed_by_esp"} & set(codes)
    told = asked(wire, f"/reports/{number}")
    assert (told["product"], told["state"], told["files"]) == ("Example Chat", "received", 2)
    quality = told["quality"]
    assert isinstance(quality, dict)
    assert quality["score"] == int(score) == Report.objects.values_list("quality", flat=True).get(number=number)
    assert [one["code"] for one in quality["missing"]] == codes
    undescribed = next(one for one in quality["missing"] if one["code"] == "file_details")
    assert (undescribed["files"], undescribed["points"], undescribed["element"]) == (1, 13, "fileinfo")
    assert 100 - sum(one["points"] for one in quality["missing"]) == int(score)


def test_a_report_that_is_not_finished_has_no_score(wire: Wire) -> None:
    told = asked(wire, f"/reports/{wire.submit(WITH_ACCOUNT)}")
    assert (told["state"], told["quality"], told["finished_at"]) == ("open", None, None)


def test_the_list_goes_on_after_a_report(wire: Wire) -> None:
    numbers = [finished(wire) for _ in range(3)]
    page = asked(wire, "/reports?size=2")
    assert [one["report"] for one in page["reports"]] == numbers[:2]  # type: ignore[attr-defined]
    rest = asked(wire, f"/reports?size=2&after={page['after']}")
    assert [one["report"] for one in rest["reports"]] == numbers[2:]  # type: ignore[attr-defined]
    assert rest["after"] is None


def test_a_wrong_size_is_named_as_the_size(wire: Wire) -> None:
    got = wire.call("GET", "/api/reports?size=many")
    assert (got.status, json.loads(got.body)["field"]) == (400, "size")


def test_another_company_and_another_environment_see_nothing_of_it(db: None, as_role: AsRole) -> None:
    own, other, trying = (
        register("Own"),
        register("Other"),
        register("Trying", "test"),
    )
    with as_role("esp_api"):
        number = finished(Wire(*own[:2]))
        EspNews.objects.none()
        for wire, prefix in ((Wire(*other[:2]), "/api"), (Wire(*trying[:2]), "/test/api")):
            assert wire.call("GET", f"{prefix}/reports/{number}").status == 404
            assert wire.call("GET", f"{prefix}/reports?after={number}").status == 404
            assert json.loads(wire.call("GET", f"{prefix}/reports").body) == {"reports": [], "after": None}


def test_what_came_of_it_is_told_to_its_sender(db: None, as_role: AsRole) -> None:
    user, secret, esp_id = register("Example")
    with as_role("esp_api"):
        wire = Wire(user, secret)
        number = finished(wire)
    for outcome, company in ((1, esp_id), (2, esp_id + 1)):
        EspNews.objects.create(
            outcome_id=outcome, esp_id=company, report_number=number, case_status="arrest", useful="yes", at=clock.now()
        )
    stranger = Wire(*register("Stranger")[:2])
    with as_role("esp_api"):
        theirs = finished(stranger)
    for about in (number, theirs):
        KeepRequest.objects.create(
            referral_id=1, report_id=1, report_number=about, agency="icac-az", agency_name="Arizona ICAC Task Force",
            until=date(2028, 1, 2), by="officer", at=clock.now(),
        )  # fmt: skip
    with as_role("esp_api"):
        told = asked(wire, f"/reports/{number}")
        with agency_scope(esp=esp_id):
            assert KeepRequest.objects.count() == 1
    (outcome_told,), (keep,) = told["outcomes"], told["asked_to_keep"]  # type: ignore[misc]
    assert (outcome_told["status"], outcome_told["useful"]) == ("arrest", True)
    assert (keep["until"], keep["agency"]) == ("2028-01-02", "Arizona ICAC Task Force")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/reports/7", 404, "no_such_report"),
        ("GET", "/api/reports/seven", 400, "bad_request"),
        ("GET", "/api/reports?after=x", 400, "bad_request"),
        ("GET", "/api/nothing", 404, "no_such_call"),
        ("POST", "/api/reports", 405, "wrong_method"),
    ],
)
def test_every_refusal_is_json(wire: Wire, method: str, path: str, status: int, error: str) -> None:
    got = wire.call(method, path)
    assert (got.status, json.loads(got.body)["error"]) == (status, error)
    assert got.headers["request-id"]


def test_without_a_log_in_nothing_is_told(wire: Wire) -> None:
    wire.headers = {}
    got = wire.call("GET", "/api/reports")
    assert (got.status, json.loads(got.body)["error"]) == (401, "no_credential")
    assert got.headers["www-authenticate"].startswith("Basic")


def test_what_the_score_is_made_of_can_be_asked(wire: Wire) -> None:
    told = asked(wire, "/quality")
    assert {"code", "points", "sentence", "element"} == set(told["needs"][0])  # type: ignore[index]

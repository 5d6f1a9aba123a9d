"""The peer of the intake bench: the same rows of one submission written as Django's documentation teaches.

One view, one transaction a request, persistent connections, `bulk_create` where there are several rows of a table, no
middleware; it checks no log-in. It reads, seals and audits with our own pure functions, so that what differs is the way
of writing alone.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tipline.domain.actor import Actor, ActorKind
from tipline.domain.cybertip import reading
from tipline.domain.cybertip.parse import parse_report
from tipline.domain.cybertip.responses import ResponseCode, report_response
from tipline.domain.identifiers import distinct, hash64
from tipline.domain.report import Document

application = get_wsgi_application()

from tipline.platform import clock  # noqa: E402 - models load after the application is made
from tipline.platform.audit.act import Act, canonical  # noqa: E402
from tipline.platform.audit.models import Entry  # noqa: E402
from tipline.platform.vault.fields import seal_field  # noqa: E402
from tipline.reports import numbers  # noqa: E402
from tipline.reports.models import IdentifierRow, JournalEntry, Report, Submission  # noqa: E402
from tipline.reports.sealed import RAW, REPORTER, seal_json  # noqa: E402

_BY = Actor(ActorKind.ESP, "1", role="esp_api", origin="127.0.0.1")


@csrf_exempt
def submit(request: HttpRequest) -> HttpResponse:
    """This function will keep one submission."""
    raw, now = request.body, clock.now()
    document = parse_report(raw, now=now)
    with transaction.atomic():
        [(report_id, number)] = numbers.allocate(1)
        _keep(report_id, number, raw, document, now)
        _audit(number, now)
    content = report_response(ResponseCode.SUCCESS, report_id=number)
    # Without middleware nobody else says how long it is.
    return HttpResponse(content, content_type="text/xml", headers={"Content-Length": str(len(content))})


def _keep(report_id: int, number: int, raw: bytes, document: Document, now: datetime) -> None:
    Report.objects.create(
        id=report_id, number=number, source="ESP_API", state="OPEN", incident_type=reading.incident_type(document),
        headline=reading.headline(document)[:200], esp_id=1, esp_name="Example Chat", opened_at=now, changed_at=now,
    )  # fmt: skip
    JournalEntry.objects.create(report_id=report_id, at=now, by=str(_BY), to_state="OPEN", code="opened")
    kept, reporter = reading.split_reporter(document)
    Submission.objects.create(
        report_id=report_id, media_type="text/xml", raw_sha256=hashlib.sha256(raw).hexdigest(), at=now, document=kept,
        raw_sealed=seal_field(raw, RAW.format(report_id, 1)),
        reporter_sealed=seal_json(reporter, REPORTER.format(report_id, 1)),
    )  # fmt: skip
    IdentifierRow.objects.bulk_create(
        IdentifierRow(
            report_id=report_id, kind=one.kind, role=one.role, value=one.value, raw=one.raw, at=one.at, path=one.path,
            hash64=hash64(one.kind, one.value),
        )
        for one in distinct(reading.identifiers(kept))
    )  # fmt: skip


def _audit(number: int, now: datetime) -> None:
    details = {"source": "ESP_API", "environment": "production"}
    act = Act(now, _BY, "report.opened", "report", str(number), details=details)
    entry = secrets.token_hex(16)
    Entry.objects.create(
        entry=entry, at=now, actor_kind="esp", actor_ident="1", agency="", verb=act.verb, object_kind="report",
        object_id=str(number), outcome="done", canonical=canonical(act, entry),
    )  # fmt: skip


urlpatterns = [path("ispws/submit", submit)]

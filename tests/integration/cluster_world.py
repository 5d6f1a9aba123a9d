"""A made-up suspect with many children in three countries: rows as the worker leaves them, in few statements."""

from __future__ import annotations

from datetime import datetime, timedelta

from tipline.domain.findings import BestPlace, Body, LinkFound, OutcomeRecorded, ReferralMade, encode
from tipline.domain.identifiers import hash64
from tipline.domain.number import number_of
from tipline.domain.report import IdentifierKind, PersonRole
from tipline.platform import keys
from tipline.platform.config import settings
from tipline.reports.models import CurrentFinding, FindingRow, IdentifierRow, Report, Submission
from tipline.stages.linking.models import Alert, Cluster, Member, Proposal

COUNTRIES = (("US", ("AZ", "FL", "CO"), "icac-az"), ("CA", ("",), "rcmp-ncecc"), ("GB", ("",), "uk-nca"))
SUSPECT = "amber_falcon_2087"


def _number(one: int) -> int:
    return number_of(one, keys.load_bytes("number", settings().keys))


def make(now: datetime, *, many: int = 350, weeks: int = 20, named: str = "", mark: str = "kid") -> int:
    """This function will make the cluster and return its number."""
    first = (Report.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    ids = list(range(first, first + many))
    Report.objects.bulk_create(_report(one, at, now, weeks, many) for at, one in enumerate(ids))
    Submission.objects.bulk_create(
        Submission(report_id=one, media_type="text/xml", raw_sha256="0" * 64, raw_sealed=b"", document={}, at=now)
        for one in ids
    )
    IdentifierRow.objects.bulk_create(
        row for at, one in enumerate(ids) for row in (_suspect(one), _child(one, f"{mark}_{at}"))
    )
    _findings(ids, now)
    return _cluster(ids, now, weeks, named)


def _report(one: int, at: int, now: datetime, weeks: int, many: int) -> Report:
    came = now - timedelta(weeks=weeks) * (1 - (at + 1) / many) ** 2
    return Report(
        id=one, number=_number(one), source="ESP_API", state=("SCORED", "MADE_AVAILABLE")[at % 2], priority=2,
        score=60, incident_type="Online Enticement of Children for Sexual Acts",
        headline="Online enticement, Example Chat", esp_id=1, esp_name="Example Chat",
        opened_at=came, changed_at=came, received_at=came,
    )  # fmt: skip


def _suspect(one: int) -> IdentifierRow:
    return _row(one, IdentifierKind.HANDLE, PersonRole.SUSPECT, SUSPECT, "/report/personOrUserReported[1]")


def _child(one: int, handle: str) -> IdentifierRow:
    return _row(one, IdentifierKind.HANDLE, PersonRole.VICTIM, handle, "/report/victim[1]")


def _row(one: int, kind: IdentifierKind, role: PersonRole, value: str, path: str) -> IdentifierRow:
    return IdentifierRow(
        report_id=one, kind=kind, role=role, value=value, raw=value, hash64=hash64(kind, value), path=path
    )


def _findings(ids: list[int], now: datetime) -> None:
    found: list[tuple[int, Body]] = []
    for at, one in enumerate(ids):
        country, states, agency = COUNTRIES[0 if at % 10 < 6 else 1 if at % 10 < 9 else 2]
        found.append((one, BestPlace("VICTIM", country, states[at % len(states)], confidence="likely")))
        found.append((one, BestPlace("SUSPECT", "US", "NV", confidence="possible")))
        if at % 2 and country != "GB":
            found.append((one, ReferralMade(agency, "PRIMARY", 1)))
        if at % 11 == 1:
            found.append((one, OutcomeRecorded(agency, "ARREST", child_identified=True)))
        if at:
            why = "The same handle at the same company (reported person in both)"
            found.append((one, LinkFound(one - 1, _number(one - 1), "HANDLE", SUSPECT, 80, why)))
    rows = FindingRow.objects.bulk_create(
        FindingRow(report_id=one, kind=body.kind, subject=getattr(body, "role", ""), body=encode(body), version=1,
                   by="system:test", tool="test", at=now)
        for one, body in found
    )  # fmt: skip
    CurrentFinding.objects.bulk_create(
        CurrentFinding(report_id=row.report_id, kind=row.kind, subject=row.subject, finding=row) for row in rows
    )


def _cluster(ids: list[int], now: datetime, weeks: int, named: str) -> int:
    made = Cluster.objects.create(
        kind="SUSPECT", name=named, size=len(ids), opened_at=now - timedelta(weeks=weeks), changed_at=now
    )
    Cluster.objects.filter(pk=made.pk).update(top_id=made.pk)
    Member.objects.bulk_create(
        Member(
            cluster=made, kind="SUSPECT", report_id=one, weight=85 - at % 20,
            why="The same handle at the same company (reported person in both)",
            via_report_id=ids[max(0, at - 1)], since=now - timedelta(hours=len(ids) - at), by="system:linking",
        )
        for at, one in enumerate(ids)
    )  # fmt: skip
    if len(ids) > 100:
        Alert.objects.create(cluster=made, code="grows", before=len(ids) - 40, now=len(ids), raised_at=now)
        Alert.objects.create(cluster=made, code="crosses", before=1, now=2, raised_at=now)
    return int(made.pk)


def propose(first: int, second: int, now: datetime) -> int:
    """This function will propose that two clusters are one."""
    made = Proposal.objects.create(
        first_id=min(first, second), second_id=max(first, second), weight=70, why="The same handle",
        ties={"HANDLE:1": 70}, at=now,
    )  # fmt: skip
    return int(made.pk)

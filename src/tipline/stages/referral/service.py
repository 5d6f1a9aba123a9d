"""Makes reports available to agencies: the ordinary way, early, and again when something is new."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.domain.findings import HANDED_OVER, UNTOLD, BestPlace, Finding, OutcomeRecorded
from tipline.domain.referral import Part
from tipline.domain.report import PersonRole, ReportHead
from tipline.domain.states import OVER, ReferralState, ReportState, has_reached
from tipline.domain.steps import Advance
from tipline.platform.audit.service import Act, record
from tipline.platform.vault import service as vault
from tipline.reports import queries as reports
from tipline.reports import service as the_record
from tipline.reports.custody import Custody, CustodyAct, record_custody
from tipline.reports.retention import KEEP
from tipline.reports.sealed import seal_json
from tipline.stages.referral import gathering, words
from tipline.stages.referral.export.package import is_document
from tipline.stages.referral.files import goes_into_package
from tipline.stages.referral.gathering import find_untold
from tipline.stages.referral.handing_over import (
    Download,
    Seen,
    open_referral,
    read_package_document,
    stream_document,
    stream_file,
    stream_package,
)
from tipline.stages.referral.material import Recipient
from tipline.stages.referral.models import Package, Referral
from tipline.stages.referral.queries import CONTEXT
from tipline.stages.referral.rules import EARLY, FULL, Built, Facts, Plan, decide, findings

__all__ = [
    "TAKES",
    "Download",
    "Seen",
    "decide",
    "find_untold",
    "gather",
    "is_document",
    "mark_answered",
    "open_referral",
    "read_package_document",
    "refer_early",
    "save",
    "shred_purged",
    "stream_document",
    "stream_file",
    "stream_package",
    "supplement",
]

TAKES = ReportState.ROUTED
BY = system("referral")
_VERBS = {EARLY: "referral.escalated", FULL: "referral.made_available"}


def gather(head: ReportHead) -> Facts:
    """This function will read the recipients and build their packages; no transaction is open meanwhile.

    Raises StoreOutage, ObjectMissing, Damaged: the report then waits and is tried again.
    """
    wanted = gathering.chosen(reports.current_findings(head.id))
    return gathering.build(head, gathering.recipients_of(head, wanted))


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will adopt the packages and make every referral available; a repetition changes nothing."""
    with transaction.atomic():
        hand_over(head, result.own, now)


def hand_over(head: ReportHead, facts: Facts, now: datetime) -> tuple[Plan, ...]:
    """This function will write referrals and packages and return the plans that it carried out.

    A plan that another worker carried out meanwhile is left, and its package removed.
    """
    done = []
    # In the order of agencies, so that two workers never wait for each other.
    for planned in sorted(facts.plans, key=lambda one: one.recipient.agency):
        built = facts.built.get(planned.recipient.agency)
        referral = _lock(head, planned, now)
        if referral.version + 1 != planned.version:
            gathering.discard({planned.recipient.agency: built} if built else {})
            continue
        _update(referral, planned, head, now)
        if built:
            _keep_package(referral, planned, built, now)
            _give_files(head, referral, planned, now)
        _audit(referral, planned, built, now)
        done.append(planned)
    return tuple(done)


def _lock(head: ReportHead, planned: Plan, now: datetime) -> Referral:
    recipient = planned.recipient
    fresh = Referral(
        report_id=head.id,
        report_number=head.number,
        agency=recipient.agency,
        agency_name=recipient.agency_name,
        part=recipient.part,
        state=ReferralState.MADE_AVAILABLE,
        why=recipient.why[:500],
        certainty=recipient.certainty,
        received_at=head.received_at or head.opened_at,
        made_available_at=now,
        news_at=now,
    )
    Referral.objects.bulk_create([fresh], ignore_conflicts=True)
    return Referral.objects.select_for_update().get(report_id=head.id, agency=recipient.agency)


def _update(referral: Referral, planned: Plan, head: ReportHead, now: datetime) -> None:
    recipient, document = planned.recipient, planned.document
    referral.part = recipient.part
    referral.why = recipient.why[:500] if recipient.part is not Part.EXISTENCE_ONLY else ""
    referral.certainty = recipient.certainty
    referral.early = planned.kind == EARLY
    referral.primary_agency = recipient.primary_name[:200]
    referral.primary_contact = recipient.primary_contact[:500]
    referral.news_at, referral.version = now, planned.version
    if recipient.part is not Part.EXISTENCE_ONLY:
        referral.headline, referral.incident = document["headline"][:200], document["incident"][:80]
        referral.priority, referral.score = document["priority"], document["score"]
        referral.tags = document["tags"]
        referral.place = _place(head.id)
        referral.preserve_until = head.preserve_until
    referral.save()


def _place(report_id: int) -> str:
    found = [one.body for one in reports.current_findings(report_id, BestPlace.kind)]
    best = next((b for b in found if isinstance(b, BestPlace) and b.role == PersonRole.SUSPECT), None)
    return words.place(best.city, best.county, best.state, best.country)[:200] if best else ""


def _keep_package(referral: Referral, planned: Plan, built: Built, now: datetime) -> None:
    house = f"report:{referral.report_id}"
    blob = vault.adopt(incoming=built.incoming, holder=house, now=now)
    _give(blob.id, referral, now)
    Package.objects.create(
        referral=referral,
        agency=referral.agency,
        version=planned.version,
        kind=planned.kind,
        document_sealed=seal_json(planned.document, CONTEXT.format(referral.id, planned.version)),
        content_sha256=planned.content_sha256,
        manifest=dict(built.manifest),
        news=planned.document["news"],
        zip_blob_id=blob.id,
        zip_sha256=built.incoming.sha256,
        zip_size=built.incoming.size,
        made_at=now,
    )


def _give(blob_id: int, referral: Referral, now: datetime) -> None:
    to = vault.Access(holder=f"referral:{referral.id}", agency=referral.agency)
    vault.grant(blob_id=blob_id, from_holder=f"report:{referral.report_id}", to=to, now=now)


def _give_files(head: ReportHead, referral: Referral, planned: Plan, now: datetime) -> None:
    for file in reports.list_files(head.id):
        if not goes_into_package(file) or file.blob_id is None:
            continue
        _give(file.blob_id, referral, now)
        custody = Custody(
            report_id=head.id,
            report_number=head.number,
            file_id=file.file_id,
            act=CustodyAct.PACKAGED,
            basis="public" if file.publicly_available else "viewed_by_esp",
            detail=f"{referral.agency_name}, version {planned.version}"[:300],
        )
        record_custody(custody=custody, by=BY, now=now)


def _audit(referral: Referral, planned: Plan, built: Built | None, now: datetime) -> None:
    verb = _VERBS.get(planned.kind, "referral.supplemented")
    details: dict[str, str | int] = {"agency": referral.agency, "report": referral.report_number}
    if verb != "referral.escalated":
        details["part"] = referral.part
    if verb == "referral.made_available" and built:
        details |= {"digest": built.incoming.sha256, "files": len(planned.document["files"])}
    record(
        Act(
            at=now,
            actor=BY,
            verb=verb,
            object_kind="referral",
            object_id=str(referral.id),
            details=details,
            size_bytes=built.incoming.size if built else None,
        )
    )


def refer_early(*, report_id: int, recipients: tuple[Finding, ...], now: datetime) -> int:
    """This function will make an early referral with what is known, and return how many agencies were told.

    The report walks on; what is found later follows as a supplement. Does nothing for reports of a test account
    and where every agency knows all of it already.
    """
    head = reports.load_head(report_id)
    wanted = gathering.chosen(recipients)
    is_early = not has_reached(head.state, ReportState.MADE_AVAILABLE)
    return _beside_the_way(head, gathering.recipients_of(head, wanted, early=is_early), now)


def supplement(*, report_id: int, now: datetime) -> int:
    """This function will send what is new to every agency that has the report, and return how many got a version.

    An agency that was chosen after the report was made available gets its first package here.
    """
    head = reports.load_head(report_id)
    held = {one.agency: one for one in gathering.held_by(report_id)}
    late = has_reached(head.state, ReportState.MADE_AVAILABLE)
    if head.state in OVER or not (held or late):
        return 0
    asked = {one.agency: one for one in gathering.chosen(reports.current_findings(report_id)) if late}
    others = {agency: one for agency, one in held.items() if agency not in asked}
    wanted = gathering.one_primary((others | asked).values())
    # What went out early stays an early referral until the ordinary one: nobody has decided yet.
    return _beside_the_way(head, gathering.recipients_of(head, wanted, early=not late), now)


def _beside_the_way(head: ReportHead, recipients: tuple[Recipient, ...], now: datetime) -> int:
    if head.environment != "production":
        return 0
    facts = gathering.build(head, recipients)
    with transaction.atomic():
        done = hand_over(head, facts, now)
        made = findings(done, now)
        the_record.append_findings(report_id=head.id, findings=made, by=BY, now=now)
        if told := _told_by(facts.plans, done):
            the_record.tell_listeners({head.id: told}, by=BY)
    return len(done)


def _told_by(plans: tuple[Plan, ...], done: tuple[Plan, ...]) -> tuple[str, ...]:
    """News of what was carried out beside the way; what another version overtook is looked at once more."""
    told = []
    if any(planned.kind == FULL or planned.version == 1 for planned in done):
        told.append(HANDED_OVER)
    if len(done) < len(plans):
        told.append(UNTOLD)
    return tuple(told)


@transaction.atomic
def mark_answered(*, report_id: int, now: datetime) -> None:
    """This function will mark the referrals whose agencies said what came of them."""
    told = [one.body for one in reports.current_findings(report_id, OutcomeRecorded.kind)]
    agencies = [body.agency for body in told if isinstance(body, OutcomeRecorded)]
    waiting = Referral.objects.filter(report_id=report_id, agency__in=agencies, answered_at=None)
    waiting.update(state=ReferralState.ANSWERED, answered_at=now)


@transaction.atomic
def shred_purged(*, now: datetime, most: int = 100) -> int:
    """This function will destroy what agencies could fetch of purged reports; the referral's line remains."""
    old = Package.objects.exclude(zip_blob_id=0).filter(made_at__lt=now - KEEP[ReportState.CLOSED])
    kept = old.order_by("referral__report_id").values_list("referral__report_id", flat=True).distinct()
    purged = [report_id for report_id in kept[: most * 10] if _is_purged(report_id)][:most]
    for referral in Referral.objects.select_for_update().filter(report_id__in=purged).order_by("id"):
        vault.shred(holder=f"referral:{referral.id}")
        referral.headline, referral.place, referral.tags = "", "", []
        referral.save(update_fields=["headline", "place", "tags"])
        Package.objects.filter(referral=referral).update(document_sealed=b"", manifest={}, news=[], zip_blob_id=0)
    return len(purged)


def _is_purged(report_id: int) -> bool:
    return reports.load_head(report_id).state is ReportState.PURGED

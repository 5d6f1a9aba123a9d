"""Reads what the stage needs from the record, and builds packages into the vault's incoming folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tipline.domain.findings import Finding, LinkFound, RecipientChosen
from tipline.domain.referral import Part
from tipline.domain.report import FileRef, ReportHead, Source
from tipline.domain.states import OVER
from tipline.platform.vault import service as vault
from tipline.platform.vault.errors import Damaged
from tipline.platform.vault.incoming import IncomingWriter
from tipline.reference.directory import queries as directory
from tipline.reports import lists
from tipline.reports import queries as reports
from tipline.stages.referral.export.package import Content, write_package
from tipline.stages.referral.files import goes_into_package, member_name
from tipline.stages.referral.material import Known, Material, Recipient, Submitted
from tipline.stages.referral.models import Package, Referral
from tipline.stages.referral.queries import open_document, read_package_document
from tipline.stages.referral.rules import Built, Facts, Plan, plan

_ESPS = frozenset({Source.ESP_API, Source.ESP_FORM})
_SUFFIX = {"application/xml": "xml", "text/xml": "xml", "application/json": "json"}


def load_material(head: ReportHead) -> Material:
    """This function will load everything about a report that an agency may be told of."""
    document, *later = reports.load_parts(head.id)
    return Material(
        head=head,
        document=document,
        later=tuple(later),
        reporter=reports.load_reporter(head.id),
        answers=reports.load_answers(head.id),
        files=reports.list_files(head.id),
        findings=reports.current_findings(head.id),
        submissions=tuple(_submissions(head)),
    )


def _submissions(head: ReportHead) -> Iterator[Submitted]:
    for part, media_type in reports.list_part_types(head.id):
        # A human door's XML was written by us; only a company's is the original.
        stem = "submission" if head.source in _ESPS or part > 1 else "submission-rendered"
        number = f"-part{part}" if part > 1 else ""
        # The first part is XML at every door, whatever a client calls it on the wire.
        suffix = "xml" if part == 1 else _SUFFIX.get(media_type, "txt")
        yield Submitted(f"{stem}{number}.{suffix}", reports.load_raw(head.id, part))


def chosen(findings: Iterable[Finding]) -> tuple[RecipientChosen, ...]:
    """This function will pick the recipients from findings, in their order; only the last primary stays primary."""
    return one_primary(one.body for one in findings if isinstance(one.body, RecipientChosen))


def one_primary(wanted: Iterable[RecipientChosen]) -> tuple[RecipientChosen, ...]:
    """This function will make every primary recipient but the last a copy: another agency has the matter now."""
    found = tuple(wanted)
    primary = _primary(found)
    return tuple(
        replace(one, part=str(Part.COPY)) if one.part == Part.PRIMARY and one is not primary else one for one in found
    )


def _primary(wanted: tuple[RecipientChosen, ...]) -> RecipientChosen | None:
    return next((one for one in reversed(wanted) if one.part == Part.PRIMARY), None)


def recipients_of(
    head: ReportHead, wanted: tuple[RecipientChosen, ...], *, early: bool = False
) -> tuple[Recipient, ...]:
    """This function will complete the recipients: who is primary and how to reach them, what else they have."""
    primary = _primary(wanted)
    return tuple(
        Recipient(
            agency=one.agency,
            agency_name=one.agency_name,
            part=Part(one.part),
            why=one.why,
            certainty=one.certainty,
            early=early,
            primary_name=primary.agency_name if primary else "",
            primary_contact=_contact(primary.agency) if primary else "",
            shares=_shares(head.id, one.agency),
        )
        for one in wanted
    )


def _contact(agency_id: str) -> str:
    found = directory.find_agency(agency_id)
    return ", ".join(part for part in (found.lead, found.contact_url) if part) if found else ""


def _shares(report_id: int, agency: str) -> frozenset[int]:
    links = [one.body for one in reports.current_findings(report_id, LinkFound.kind)]
    others = {body.other_report_id for body in links if isinstance(body, LinkFound)}
    held = Referral.objects.filter(agency=agency, report_id__in=others).exclude(part=Part.EXISTENCE_ONLY)
    return frozenset(held.values_list("report_id", flat=True))


def find_untold(*, report_id: int, most: int) -> tuple[int, ...]:
    """This function will find packages that leave out a link although their agency has both reports.

    Returns the ids of their reports: this one, or ones linked with it, of which the newest `most` are looked at that
    may name it: one that is not tied back (too many share the value) never does, and of a closed one nothing is told.
    """
    others = {other for _, other, _ in lists.list_ties([report_id])}
    rows = Referral.objects.exclude(part=Part.EXISTENCE_ONLY)
    own = {row.agency: row for row in rows.filter(report_id=report_id)}
    with_both = list(rows.filter(report_id__in=others, agency__in=own))
    linked = sorted({row.report_id for row in with_both})
    tied_back = {one for one, other, _ in lists.list_ties(linked) if other == report_id}
    open_ones = [row.head.id for row in lists.list_rows(linked) if row.head.state not in OVER]
    may_name = [one for one in open_ones if one in tied_back][-most:]
    untold = set()
    for agency, mine in own.items():
        here = [row for row in with_both if row.agency == agency]
        untold |= {row.report_id for row in here if row.report_id in may_name and _leaves_out(row, [mine])}
        if _leaves_out(mine, here):
            untold.add(report_id)
    return tuple(sorted(untold))


def _leaves_out(row: Referral, others: Sequence[Referral]) -> bool:
    """Whether a package names not all of the others. One that cannot be read is left to whoever makes the next."""
    if not others:
        return False
    try:
        document = read_package_document(referral_id=row.id)
    except Damaged:
        return True
    # Past the most that a page names, and after the end of retention, there is nothing to tell.
    if document is None or document["links"]["named_more"]:
        return False
    named = {one["number"] for one in document["links"]["named"]}
    return any(other.report_number not in named for other in others)


def known_of(report_id: int) -> dict[str, Known]:
    """This function will read what each agency was given last."""
    return {row.agency: _known(row) for row in Referral.objects.filter(report_id=report_id)}


def _known(row: Referral) -> Known:
    package = Package.objects.filter(referral=row).order_by("-version").first()
    if package is None:
        return Known(row.version, "", {"part": row.part}, row.early)
    return Known(package.version, package.content_sha256, open_document(package), row.early)


def held_by(report_id: int) -> tuple[RecipientChosen, ...]:
    """This function will give the agencies that have the report, as they were chosen."""
    rows = Referral.objects.filter(report_id=report_id).order_by("id")
    return tuple(RecipientChosen(r.agency, r.agency_name, r.part, r.why, r.certainty) for r in rows)


def build(head: ReportHead, recipients: tuple[Recipient, ...]) -> Facts:
    """This function will plan each agency's next version and build the packages that are needed.

    What was built lies in the vault's incoming folder until `save` adopts it. Raises StoreOutage, Damaged,
    ObjectMissing; what was built until then is removed.
    """
    material, known = load_material(head), known_of(head.id)
    plans = tuple(found for one in recipients if (found := plan(material, one, known.get(one.agency))) is not None)
    built: dict[str, Built] = {}
    try:
        for one in plans:
            if one.recipient.part is not Part.EXISTENCE_ONLY:
                built[one.recipient.agency] = _package(material, one)
    except BaseException:
        discard(built)
        raise
    return Facts(recipients, plans, built)


def _package(material: Material, planned: Plan) -> Built:
    with IncomingWriter.begin() as writer:
        manifest = write_package(writer, Content(planned.document, material), _read)
        blobs = {member_name(file): file.blob_id for file in material.files if goes_into_package(file)}
        kept = {name: {**said, "blob": blobs[name]} if name in blobs else said for name, said in manifest.items()}
        return Built(writer.finish(), kept)


def _read(file: FileRef) -> Iterator[bytes]:
    assert file.blob_id is not None
    return vault.read(blob_id=file.blob_id, holder=f"report:{file.report_id}")


def discard(built: Mapping[str, Built]) -> None:
    """This function will remove packages that nobody will fetch."""
    for one in built.values():
        vault.discard_incoming(one.incoming.name)

"""Seals the files of a report, and uncovers one for a person, with a custody entry for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import Actor, system
from tipline.domain.errors import Refusal
from tipline.domain.report import FileRef, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.media import sandbox
from tipline.platform.vault import service as vault
from tipline.platform.vault.incoming import Incoming
from tipline.reports import queries as reports
from tipline.reports.custody import Custody, CustodyAct, record_custody
from tipline.reports.securing import (
    FingerprintValue,
    ReceivedFile,
    SecuredFile,
    keep_secured,
    list_received,
)
from tipline.reports.service import lock_reports
from tipline.stages.evidence.queries import load_preview
from tipline.stages.evidence.reading import read_received
from tipline.stages.evidence.rules import Facts, FileFacts, decide, holder_of

__all__ = ["TAKES", "Look", "decide", "gather", "look_at_preview", "reveal", "save"]

TAKES = ReportState.RECEIVED
BY = system("evidence")


def gather(head: ReportHead) -> Facts:
    """This function will read, verify and decode every file of a report. Needs the vault's private key.

    Raises Damaged, StoreOutage, ObjectMissing: the report then stays where it is and is tried again.
    """
    states = {file.file_id: file.legal_state for file in reports.list_files(head.id)}
    return Facts(tuple(read_received(file, states[file.file_id]) for file in list_received(head.id)))


def save(head: ReportHead, result: Advance, now: datetime) -> None:
    """This function will put files and previews into the vault and begin their chain of custody.

    Does nothing where another walk did it since `gather`.
    """
    facts: Facts = result.own
    with transaction.atomic():
        lock_reports(report_ids=[head.id])
        received = {file.id: file for file in list_received(head.id)}
        if any(file.id not in received for file in facts.files):
            return  # another walk has sealed them meanwhile; the step will see that the report has moved
        # In the order of digests, so that two reports with the same files never wait for each other.
        ordered = sorted(facts.files, key=lambda file: file.sha256)
        blobs = {file.id: _adopt(head, received[file.id], now) for file in ordered}
        previews = {file.id: _store_preview(head, file, now) for file in ordered if file.preview}
        keep_secured(_secured(file, blobs[file.id], previews.get(file.id)) for file in facts.files)
        for file in facts.files:
            _begin_custody(head, file, now)


def _adopt(head: ReportHead, file: ReceivedFile, now: datetime) -> int:
    incoming = Incoming(
        name=file.incoming_name,
        size=file.size,
        md5=file.md5,
        sha1=file.sha1,
        sha256=file.sha256,
        wrapped_key=file.wrapped_key,
    )
    return vault.adopt(incoming=incoming, holder=holder_of(head.id), now=now).id


def _store_preview(head: ReportHead, file: FileFacts, now: datetime) -> int:
    return vault.store_bytes(data=file.preview, holder=holder_of(head.id), now=now).id


def _secured(file: FileFacts, blob_id: int, preview_blob_id: int | None) -> SecuredFile:
    found = file.fingerprints
    prints = tuple(FingerprintValue(*each) for each in found.named()) if found else ()
    prints += tuple(FingerprintValue(one.algorithm, one.pdq, one.quality, one.ms) for one in file.frames)
    return SecuredFile(file.id, blob_id, preview_blob_id, file.media_type, file.outcome, prints, file.features)


def _begin_custody(head: ReportHead, file: FileFacts, now: datetime) -> None:
    acts = [(CustodyAct.SEALED, "sha256 verified")]
    if file.fingerprints:
        acts += [(CustodyAct.FINGERPRINTED, "pdq")]
    elif file.frames:
        acts += [(CustodyAct.FINGERPRINTED, "pdq of frames")]
    if file.preview:
        acts += [(CustodyAct.PREVIEWED, "blurred, grey")]
    for act, detail in acts:
        custody = Custody(head.id, head.number, file.file_id, act, detail=detail)
        record_custody(custody=custody, by=BY, now=now)


@dataclass(frozen=True, slots=True)
class Look:
    """A person's wish to see a file uncovered: which one, why (in own words), and whether in grey."""

    file: FileRef
    report_number: int
    basis: str
    grey: bool = True


def look_at_preview(*, look: Look, by: Actor, now: datetime) -> bytes:
    """This function will return the blurred, grey preview as JPEG; a look too, so custody is committed before.

    Raises Refusal where there is no preview.
    """
    preview = load_preview(look.file)
    if preview is None:
        raise Refusal("cannot_show", "There is no preview of this file.")
    custody = Custody(
        look.file.report_id, look.report_number, look.file.file_id, CustodyAct.LOOKED_AT, look.basis, "blurred, grey"
    )
    record_custody(custody=custody, by=by, now=now)
    return preview


def reveal(*, look: Look, by: Actor, now: datetime) -> sandbox.View:
    """This function will decode a file anew in the sandbox and return pixels to look at, never the bytes
    sent.

    The custody entry is committed before anything is returned. Raises Refusal where no reason is given, the
    file is not sealed yet, or it cannot be shown (the sentence says why).
    """
    if not look.basis.strip():
        raise Refusal("reason_missing", "Say why you need to see the file.", field="basis")
    if look.file.blob_id is None:
        raise Refusal("not_sealed", "The file is not sealed yet; try again in a moment.")
    pieces = vault.read(blob_id=look.file.blob_id, holder=holder_of(look.file.report_id))
    found = sandbox.view(pieces, grey=look.grey)
    if isinstance(found, sandbox.Refused):
        raise Refusal("cannot_show", f"The file cannot be shown: {found.reason}.")
    custody = Custody(
        look.file.report_id,
        look.report_number,
        look.file.file_id,
        CustodyAct.REVEALED,
        basis=look.basis,
        detail="grey" if look.grey else "colour",
    )
    record_custody(custody=custody, by=by, now=now)
    return found

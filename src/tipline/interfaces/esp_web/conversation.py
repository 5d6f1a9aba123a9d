"""What the sandbox makes of the calls about one report: the conversation, its quality so far, and the officer's page.

The officer's page is the document that every agency gets (`stages.referral`), made of what was sent and nothing else:
places, networks and links are looked up after the finish, so they are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tipline.domain import viewing as viewed
from tipline.domain.answers import Answers
from tipline.domain.cybertip import reading
from tipline.domain.cybertip.parse import read_what_is_known
from tipline.domain.cybertip.quality import Quality, file_lacks, grade, report_lacks
from tipline.domain.referral import Part
from tipline.domain.report import Document, FileRef, ReportHead, Source
from tipline.domain.states import ReportState
from tipline.domain.statutes import LAPSE_AFTER_CHANGE, LAPSE_AFTER_OPEN
from tipline.domain.vocabulary import Priority
from tipline.interfaces.ui import officer
from tipline.reference.directory import viewing
from tipline.reference.directory.queries import EspInfo
from tipline.stages.intake.sandbox import Opened, SentFile
from tipline.stages.referral.document import build_document
from tipline.stages.referral.material import Material, Recipient

YEAR = timedelta(days=365)
_FILE_ID = re.compile(rb"<fileId>([0-9a-f]{32})</fileId>")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One file that was taken: its id, what was sent, and what was said about it, None where nothing was."""

    file_id: str
    sent: SentFile
    details: Document | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was understood of the calls about one report."""

    document: Document
    files: tuple[Uploaded, ...]
    opened_at: datetime
    changed_at: datetime
    finished_at: datetime | None = None
    retracted_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is removed if it is not finished. Source: reporting API, section 5."""
        return max(self.opened_at + LAPSE_AFTER_OPEN, self.changed_at + LAPSE_AFTER_CHANGE)

    @property
    def undescribed(self) -> Uploaded | None:
        """The first file about which nothing was said."""
        return next((one for one in self.files if one.details is None), None)


def document_in(opened: Opened) -> Document | None:
    """This function will read what was understood of the XML of one call."""
    found = read_what_is_known(opened.told.body) if opened.told and opened.told.body else None
    return found[0] if found else None


def read_conversation(calls: Sequence[Opened]) -> Conversation | None:
    """This function will join the calls about one report that were taken; None where its beginning is not kept."""
    good = [one for one in calls if one.call.is_good]
    begun = next((one for one in good if one.call.call == "submit"), None)
    document = document_in(begun) if begun else None
    if begun is None or document is None:
        return None
    ends = {one.call.call: one.call.at for one in good}
    changes = [one.call.at for one in good if one.call.call in {"submit", "upload", "fileinfo"}]
    return Conversation(
        document=document,
        files=_files(good),
        opened_at=begun.call.at,
        changed_at=max(changes),
        finished_at=ends.get("finish"),
        retracted_at=ends.get("retract"),
    )


def _files(good: Sequence[Opened]) -> tuple[Uploaded, ...]:
    said: dict[str, Document] = {}
    for one in good:
        details = document_in(one) if one.call.call == "fileinfo" else None
        if details is not None:
            said[str(details.get("fileId", ""))] = details
    found = [(file_id_in(one), one.told.file) for one in good if one.call.call == "upload" and one.told]
    taken = {file_id: sent for file_id, sent in found if file_id and sent}  # a call made again has the same file id
    return tuple(Uploaded(file_id, sent, said.get(file_id)) for file_id, sent in taken.items())


def file_id_in(opened: Opened) -> str:
    """This function will find the file id that an answer gave."""
    found = _FILE_ID.search(opened.told.answer) if opened.told else None
    return found[1].decode() if found else ""


def quality_of(conversation: Conversation) -> Quality:
    """This function will weigh what was sent so far, as the finish will."""
    is_batch = "batchedReport" in conversation.document
    lacks = [file_lacks(one.details, is_batch=is_batch) if one.details else None for one in conversation.files]
    return grade(report_lacks(conversation.document), lacks)


def officers_page(conversation: Conversation, company: EspInfo, number: int) -> Document:
    """This function will make the page that an agency would get."""
    document, reporter = reading.split_reporter(conversation.document)
    material = Material(
        head=_head(conversation, company, number),
        document=document,
        later=(),
        reporter=reporter,
        answers=Answers(),
        files=_file_refs(conversation, company.id),
        findings=(),
    )
    recipient = Recipient("", "An agency", Part.PRIMARY, "", "high")
    return officer.timed(build_document(material, recipient))


def _head(conversation: Conversation, company: EspInfo, number: int) -> ReportHead:
    document, finished = conversation.document, conversation.finished_at
    return ReportHead(
        id=0,
        number=number,
        source=Source.ESP_API,
        state=ReportState.RECEIVED if finished else ReportState.OPEN,
        priority=Priority.URGENT if reading.is_escalated(document) else Priority.ORDINARY,
        score=0,
        incident_type=reading.incident_type(document),
        headline=reading.headline(document),
        opened_at=conversation.opened_at,
        received_at=finished,
        esp_id=company.id,
        esp_name=company.name,
        environment="test",
        hold=None,
        legal_hold=False,
        preserve_until=finished + YEAR if finished else None,
    )


def _file_refs(conversation: Conversation, esp_id: int) -> tuple[FileRef, ...]:
    no_means = viewing.meaning_of_no(esp_id, conversation.opened_at)
    return tuple(_file_ref(one, place, no_means) for place, one in enumerate(conversation.files, start=1))


def _file_ref(one: Uploaded, position: int, no_means: viewed.Viewed | None) -> FileRef:
    details = one.details or {}
    flag, public = details.get("fileViewedByEsp"), details.get("publiclyAvailable")
    state = viewed.viewed_of(flag, no_means)
    return FileRef(
        id=0,
        report_id=0,
        file_id=one.file_id,
        position=position,
        size=one.sent.size,
        md5=one.sent.md5,
        sha1=one.sent.sha1,
        sha256=one.sent.sha256,
        original_name=str(details.get("originalFileName", "")) or one.sent.name,
        media_type="",
        decode_outcome="",
        blob_id=1,  # as it will be once the worker has put it into the vault
        preview_blob_id=None,
        viewed_by_esp=flag,
        exif_viewed_by_esp=details.get("exifViewedByEsp"),
        publicly_available=public,
        legal_state=viewed.legal_state(state, public),
        details=details,
        viewed=state,
    )

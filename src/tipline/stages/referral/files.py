"""Who may have which file: open ones go into the package, sealed ones are listed with the reason. Pure.

Source: `domain.statutes.WARRANT_RULE`; other countries have their own rule.
"""

from __future__ import annotations

from typing import Any

from tipline.domain import viewing
from tipline.domain.cybertip import codes
from tipline.domain.cybertip.reading import annotation_flags
from tipline.domain.findings import FileKnown, FileSecured
from tipline.domain.known import is_shown, words_of
from tipline.domain.report import FileRef
from tipline.domain.states import LegalState
from tipline.domain.statutes import WARRANT_RULE
from tipline.stages.referral.material import Material

# By content, never by the name that somebody gave the file.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/heic": "heic",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain": "txt",
}
VIEWED_MEANING = (
    "“Viewed” is the company's own statement; ask the company before you rely on it. What it means by “not viewed” "
    "stands here where it has stated it. Whatever it means, only a copy that was itself viewed counts as viewed."
)


def goes_into_package(file: FileRef) -> bool:
    """This function will tell whether a file's content is handed over: it is open, and it is in the vault."""
    return file.legal_state is LegalState.OPEN and file.blob_id is not None


def member_name(file: FileRef) -> str:
    """This function will name a file inside the package: position, id, extension by content."""
    return f"files/{file.position}-{file.file_id}.{EXTENSIONS.get(file.media_type, 'bin')}"


def details_member(file: FileRef) -> str:
    """This function will name the member that holds what the company says about a file."""
    return f"file-details-{file.position}.xml"


def file_lines(material: Material) -> list[dict[str, Any]]:
    """This function will describe every file, open or sealed, in order of upload."""
    secured = {found.subject: found.body for found in material.findings if isinstance(found.body, FileSecured)}
    return [
        {**_line(file, secured.get(file.file_id)), "known": known_lines(material, file.file_id)}
        for file in material.files
    ]


def known_lines(material: Material, file_id: str) -> list[dict[str, Any]]:
    """This function will say which entries of hash lists a file agrees with; a survivor's is named as nothing more."""
    found = [body for body in material.bodies(FileKnown) if body.file_id == file_id and is_shown(body)]
    return [
        {
            "words": words_of(body).sentence,
            "classification": body.classification,
            "how": body.how,
            "distance": body.distance,
            "judged_by": body.judged_by,
            "standing": body.standing,
            "source": body.source,
        }
        for body in found
    ]


def _line(file: FileRef, secured: FileSecured | None) -> dict[str, Any]:
    given = goes_into_package(file)
    return {
        "file_id": file.file_id,
        "position": file.position,
        "name": file.original_name,
        "size": file.size,
        "md5": file.md5,
        "sha1": file.sha1,
        "sha256": file.sha256,
        "pdq": secured.pdq if secured else "",
        "pdq_quality": secured.pdq_quality if secured else 0,
        "media_type": file.media_type,
        "decoded": file.decode_outcome,
        "state": str(file.legal_state),
        "state_words": _state_words(file),
        "viewed": file.viewed_by_esp,
        "viewed_state": str(file.viewed),
        "viewed_words": viewing.words_of(file.viewed, file.viewed_by_esp),
        "exif_viewed_words": _said(file.exif_viewed_by_esp, "EXIF viewed", "The company says: EXIF not viewed"),
        "public_words": _said(file.publicly_available, "Publicly available", "The company says: not public"),
        "flags": [codes.FILE_FLAGS.get(flag, flag) for flag in annotation_flags(file.details)],
        "member": member_name(file) if given else None,
    }


def _said(value: bool | None, yes: str, no: str) -> str:
    if value is None:
        return "Not said"
    return yes if value else no


def _state_words(file: FileRef) -> str:
    if file.legal_state is LegalState.SEALED:
        return (
            "Sealed: nobody at the company is said to have viewed this copy and it was not public. "
            f"A warrant is needed ({WARRANT_RULE.cite})."
        )
    if file.blob_id is None:
        return "Open, but its content is not in the vault yet; it follows as a supplement."
    return "Open: publicly available." if file.publicly_available else "Open: viewed by the company."

"""Looking at what was sealed, without uncovering it."""

from __future__ import annotations

from tipline.domain.report import FileRef
from tipline.platform.vault import service as vault
from tipline.stages.evidence.rules import holder_of


def load_preview(file: FileRef) -> bytes | None:
    """This function will return the blurred grey preview of a file as JPEG, or None where there is none.

    Raises Refusal where this process's role or session may not open it.
    """
    if file.preview_blob_id is None:
        return None
    return b"".join(vault.read(blob_id=file.preview_blob_id, holder=holder_of(file.report_id)))

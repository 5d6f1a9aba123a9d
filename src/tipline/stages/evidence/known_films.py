"""Frames of films on hash lists whose bytes are at hand: hashed densely in the sandbox, once an entry.

Needs the vault's private key, as sealing does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tipline.domain.actor import system
from tipline.domain.report import FileRef
from tipline.media import sandbox
from tipline.platform.vault import service as vault
from tipline.reference.hashlists import films
from tipline.reports import queries as reports
from tipline.reports.custody import Custody, CustodyAct, record_custody
from tipline.reports.files import find_film
from tipline.stages.evidence.rules import holder_of

BY = system("evidence")


def follow(*, entries: Collection[int], now: datetime) -> int:
    """This function will bring frames in step with changed entries and return how many films were hashed.

    Frames of what went are deleted. Raises Damaged, StoreOutage, ObjectMissing: then it is tried again.
    """
    films.drop_gone(entries)
    return sum(_hash(entry, find_film(digests), now) for entry, digests in films.list_wanting(entries).items())


def _hash(entry: int, found: tuple[FileRef, str] | None, now: datetime) -> bool:
    if found is None:
        return False
    file, digest = found
    assert file.blob_id is not None
    seen = sandbox.film(vault.read(blob_id=file.blob_id, holder=holder_of(file.report_id)), "reference")
    if isinstance(seen, sandbox.Refused) or not seen.prints:
        return False
    head = reports.load_head(file.report_id)
    with transaction.atomic():
        custody = Custody(head.id, head.number, file.file_id, CustodyAct.FINGERPRINTED, detail="frames for a list")
        record_custody(custody=custody, by=BY, now=now)
        return films.keep(entry=entry, digest=digest, prints=seen.prints, now=now)

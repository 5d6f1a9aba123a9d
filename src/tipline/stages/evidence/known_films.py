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


def follow(*, entries: Collection[int], now: datetime) -> tuple[int, ...]:
    """This function will bring frames in step with changed entries: those of what went are deleted, others are made.

    A film takes up to minutes: of several entries none is hashed, and those are returned that want a job of their own.
    Raises Damaged, StoreOutage, ObjectMissing: then it is tried again.
    """
    films.drop_gone(entries)
    wanting = films.list_wanting(entries).items()
    at_hand = {entry: found for entry, digests in wanting if (found := find_film(digests)) is not None}
    if len(entries) > 1:
        return tuple(at_hand)
    for entry, (file, digest) in at_hand.items():
        _hash(entry, file, digest, now)
    return ()


def _hash(entry: int, file: FileRef, digest: str, now: datetime) -> None:
    assert file.blob_id is not None
    seen = sandbox.film(vault.read(blob_id=file.blob_id, holder=holder_of(file.report_id)), "reference")
    if seen == sandbox.Refused("no sandbox"):
        return
    head = reports.load_head(file.report_id)
    with transaction.atomic():
        custody = Custody(head.id, head.number, file.file_id, CustodyAct.FINGERPRINTED, detail="frames for a list")
        record_custody(custody=custody, by=BY, now=now)
        prints = seen.prints if isinstance(seen, sandbox.Film) else ()
        films.keep(entry=entry, digest=digest, prints=prints, now=now)

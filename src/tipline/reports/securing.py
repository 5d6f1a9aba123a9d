"""The border between the record and the sealing of its files: what was received, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tipline.platform.vault import service as vault
from tipline.reports.features import keep_features
from tipline.reports.models import File, Fingerprint


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came through the door: where it lies, under which sealed key, what the door counted."""

    id: int
    file_id: str
    incoming_name: str
    wrapped_key: bytes
    size: int
    md5: str
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FingerprintValue:
    """A perceptual fingerprint: value in lowercase hex, quality 0-100; of a film's frame also when it is shown."""

    algorithm: str
    value: str
    quality: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SecuredFile:
    """A file in the vault: its contents' ids there, what it is, whether it could be decoded, what it looks like."""

    id: int
    blob_id: int
    preview_blob_id: int | None
    media_type: str
    outcome: str
    fingerprints: tuple[FingerprintValue, ...] = ()
    features: bytes = b""


def list_received(report_id: int) -> tuple[ReceivedFile, ...]:
    """This function will list the files of a report that are not in the vault yet, in order of upload."""
    rows = File.objects.filter(report_id=report_id).exclude(incoming_name="").order_by("position")
    return tuple(
        ReceivedFile(
            id=row.id,
            file_id=row.file_id,
            incoming_name=row.incoming_name,
            wrapped_key=bytes(row.wrapped_key or b""),
            size=row.size,
            md5=row.md5,
            sha1=row.sha1,
            sha256=row.sha256,
        )
        for row in rows
    )


@transaction.atomic
def keep_secured(files: Iterable[SecuredFile]) -> None:
    """This function will write where the files of a report lie in the vault, and their fingerprints."""
    for file in files:
        File.objects.filter(pk=file.id).update(
            incoming_name="",
            wrapped_key=None,
            blob_id=file.blob_id,
            preview_blob_id=file.preview_blob_id,
            media_type=file.media_type,
            decode_outcome=file.outcome,
        )
        Fingerprint.objects.bulk_create(
            Fingerprint(
                file_id=file.id, algorithm=each.algorithm, value=each.value, quality=each.quality, at_ms=each.at_ms
            )
            for each in file.fingerprints
        )
        keep_features(file.id, file.features)


Awaited = Callable[[Sequence[str]], set[str]]


def sweep_strays(*, now: datetime, also: Awaited | None = None) -> int:
    """This function will remove what killed uploads and rolled-back steps left in the store two days ago or more.

    also: tells which of some incoming names another room of the house still waits for.
    """

    def expected(names: Sequence[str]) -> set[str]:
        return _awaited(names) | (also(names) if also else set())

    return vault.sweep(before=now - timedelta(days=2), expected=expected)


def _awaited(names: Sequence[str]) -> set[str]:
    return set(File.objects.filter(incoming_name__in=names).values_list("incoming_name", flat=True))

"""The local features of received pictures: kept sealed, one row a picture, the newest alone, gone with their report."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tipline.media.candidates import count_rows
from tipline.media.features.store import NO_FEATURES, Features
from tipline.platform.config import settings
from tipline.platform.vault.fields import seal_field
from tipline.reference.hashlists.features import opened
from tipline.reports.models import FileFeatures

CONTEXT = "file:{}:features"
_MOST_REMOVED = 10_000  # in one statement


def keep_features(file: int, made: bytes) -> None:
    """This function will keep the features of a file, as `Features.to_bytes` writes them; none for a bare picture."""
    rows = count_rows(Features.from_bytes(made)) if made else 0
    if rows and settings().features_kept:
        FileFeatures.objects.create(file_id=file, sealed=seal_field(made, CONTEXT.format(file)), rows=rows)


def load_features(keys: Collection[int]) -> Iterator[tuple[int, int, Features]]:
    """This function will open kept features by their keys: (key, file, features). Needs the vault's private key."""
    rows = FileFeatures.objects.filter(pk__in=keys).values_list("id", "file_id", "sealed")
    for key, file, sealed in rows.iterator(chunk_size=100):
        yield key, file, open_features(file, sealed)


def features_of_report(report_id: int) -> dict[str, Features]:
    """This function will open the features of a report's pictures, by file id."""
    rows = FileFeatures.objects.filter(file__report_id=report_id).values_list("file__file_id", "file_id", "sealed")
    return {file_id: open_features(file, sealed) for file_id, file, sealed in rows}


def features_of(file: int) -> Features:
    """This function will open the features of one file; none where it has none."""
    sealed = FileFeatures.objects.filter(file_id=file).values_list("sealed", flat=True).first()
    return open_features(file, sealed) if sealed is not None else NO_FEATURES


def open_features(file: int, sealed: bytes | memoryview) -> Features:
    """This function will open a sealed column; a damaged one is as good as none."""
    return opened(sealed, CONTEXT.format(file), file=file)


def forget_oldest() -> int:
    """This function will remove the features of all but the newest pictures and return how many."""
    kept = FileFeatures.objects.order_by("-id").values_list("id", flat=True)
    last = next(iter(kept[settings().features_kept :][:1]), 0)
    removed = 0
    while keys := list(FileFeatures.objects.filter(id__lte=last).order_by("id").values_list("id")[:_MOST_REMOVED]):
        removed += FileFeatures.objects.filter(pk__in=[key for (key,) in keys]).delete()[0]
    return removed

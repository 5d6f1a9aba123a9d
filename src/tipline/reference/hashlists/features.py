"""The local features of known pictures, kept sealed with their entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tipline.media.candidates import count_rows
from tipline.media.features.store import NO_FEATURES, BadFeatures, Features
from tipline.platform import logs
from tipline.platform.vault.errors import Damaged
from tipline.platform.vault.fields import open_field, seal_field
from tipline.reference.hashlists.models import EntryFeatures
from tipline.reference.hashlists.values import ACTIVE, TEST_LISTS

CONTEXT = "hash_entry:{}:features"


def keep_features(made: Mapping[int, bytes]) -> None:
    """This function will keep the features of entries, in the place of those that they had; most entries have none."""
    if not made:
        return
    EntryFeatures.objects.filter(entry_id__in=list(made)).delete()
    counted = {entry: count_rows(Features.from_bytes(one)) for entry, one in made.items() if one}
    EntryFeatures.objects.bulk_create(
        EntryFeatures(entry_id=entry, sealed=seal_field(made[entry], CONTEXT.format(entry)), rows=rows)
        for entry, rows in counted.items()
        if rows
    )


def open_features(entry: int, sealed: bytes | memoryview) -> Features:
    """This function will open a sealed column; a damaged one is as good as none. Needs the vault's private key."""
    return opened(sealed, CONTEXT.format(entry), entry=entry)


def opened(sealed: bytes | memoryview, context: str, **row: int) -> Features:
    """This function will open sealed features; a damaged column is as good as none, and `row` is logged."""
    try:
        return Features.from_bytes(open_field(bytes(sealed), context))
    except (Damaged, BadFeatures):  # one bad row must not stop every report on its way
        logs.note("features", **row, code="damaged")
        return NO_FEATURES


def listed_features(entries: Collection[int]) -> Iterator[tuple[int, Features]]:
    """This function will open the features of those of some entries that count now; not of lists for trying."""
    rows = EntryFeatures.objects.filter(entry_id__in=entries, entry__state=ACTIVE, entry__canary_of=None)
    rows = rows.exclude(entry__hash_list__slug__in=TEST_LISTS).order_by("entry_id")
    for entry, sealed in rows.values_list("entry_id", "sealed"):
        yield entry, open_features(entry, sealed)

"""A series that came or changed later is looked for in the collections that were read before, and the agency told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from tipline.domain.actor import system
from tipline.media.kernels import Near
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS
from tipline.platform import jobs
from tipline.programs.identification import rules
from tipline.programs.identification.formats.rows import MD5, PDNA, PDQ, SHA1, SHA256
from tipline.programs.identification.models import Collection, SeizedRow, Series, SeriesPrint
from tipline.programs.identification.queries import FOUND_LATER, REJECTED_SOURCE
from tipline.programs.identification.service import act, note_event

LOOK = "identification.look_again"
BY = system("identification")
CHUNK = 20_000
_COLUMNS = {SHA256: "sha256", SHA1: "sha1", MD5: "md5", PDNA: "photodna"}  # the surest first
Agreeing = tuple[int, int, str, int]  # row's key, collection, the fingerprint that agrees, bits apart


def send_to_look(series_id: int) -> None:
    """This function will begin the job that looks for a series in what was read before."""
    jobs.defer(LOOK, queueing_lock=f"series:{series_id}", series_id=series_id)


def look_again(*, series_id: int, now: datetime) -> int:
    """This function will say anew what earlier collections' files are that agree with a series; how many those are.

    An analyst's word stays: what was rejected or is not relevant is left. An issued report waits for an analyst again.
    Harmless when called again.
    """
    kept = Series.objects.get(pk=series_id)
    prints: dict[str, list[str]] = defaultdict(list)
    for kind, value, quality in SeriesPrint.objects.filter(series=kept).values_list("type", "value", "quality"):
        if kind != PDQ or quality >= PDQ_LEAST_QUALITY:
            prints[kind].append(value)
    found: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)
    for row, collection, how, distance in (*_near(prints.pop(PDQ, [])), *_equal(prints)):
        found[collection][row] = (how, distance)
    return sum(_tell(collection, kept, found[collection], now) for collection in sorted(found))


def _equal(prints: dict[str, list[str]]) -> Iterator[Agreeing]:
    wanted = Q()
    for kind, column in _COLUMNS.items():
        wanted |= Q(**{f"{column}__in": prints[kind]}) if prints[kind] else Q()
    if not wanted:
        return
    known = {kind: frozenset(values) for kind, values in prints.items()}
    for row in SeizedRow.objects.filter(wanted).values("id", "collection_id", *_COLUMNS.values()).iterator():
        how = next(kind for kind, column in _COLUMNS.items() if row[column] in known.get(kind, ()))
        yield row["id"], row["collection_id"], how, 0


def _near(values: Sequence[str]) -> Iterator[Agreeing]:
    rows = SeizedRow.objects.filter(pdq_quality__gte=PDQ_LEAST_QUALITY).exclude(pdq="").order_by("id")
    last = 0
    while values and (listed := list(rows.filter(id__gt=last).values_list("id", "collection_id", "pdq")[:CHUNK])):
        held = Near(bytes.fromhex("".join(pdq for _, _, pdq in listed)), ())
        for value in values:
            for at, distance in held.scan(bytes.fromhex(value), PDQ_RADIUS):
                yield listed[at][0], listed[at][1], PDQ, distance
        last = listed[-1][0]


@transaction.atomic
def _tell(collection_id: int, kept: Series, agreeing: dict[int, tuple[str, int]], now: datetime) -> int:
    # The lock keeps a reader of the same collection from counting at the same time.
    of = Collection.objects.select_for_update().get(pk=collection_id)
    found = rules.IDENTIFIED if kept.status == rules.STATUS_IDENTIFIED else rules.RECOGNISED
    rows = SeizedRow.objects.filter(pk__in=agreeing).exclude(found=rules.NOT_RELEVANT)
    changed = [row for row in rows if _is_news(row, kept.pk, found)]
    if not changed:
        return 0
    for row in changed:
        row.how, row.distance = agreeing[row.pk]
        row.found, row.series_id, row.source = found, kept.pk, "series"
    SeizedRow.objects.bulk_update(changed, ["found", "series_id", "how", "distance", "source"], batch_size=1000)
    _recount(of, now)
    note_event(of, FOUND_LATER, BY, now, f"{len(changed)} files: {kept.name}, {rules.CLASSES[found]}")
    act("collection.found_later", of, BY, now, series=kept.pk, files=len(changed))
    return len(changed)


def _is_news(row: SeizedRow, series_id: int, found: str) -> bool:
    if row.series_id == series_id:
        return row.found != found and row.source != REJECTED_SOURCE
    is_free = row.series_id is None or row.source == REJECTED_SOURCE
    return is_free or (found == rules.IDENTIFIED and row.found != rules.IDENTIFIED)


def _recount(of: Collection, now: datetime) -> None:
    counted: Iterable[tuple[str, int]] = (
        SeizedRow.objects.filter(collection=of).order_by().values_list("found").annotate(count=Count("id"))
    )
    counts = dict(counted)
    of.identified = counts.get(rules.IDENTIFIED, 0)
    of.recognised = counts.get(rules.RECOGNISED, 0)
    of.unrecognised = counts.get(rules.UNRECOGNISED, 0)
    if of.state == "REVIEWED":  # what was issued is not the whole any more: an analyst looks again
        of.state, of.reviewed_by, of.reviewed_at = "READ", "", None
    of.changed_at = now
    names = ["identified", "recognised", "unrecognised", "state", "reviewed_by", "reviewed_at", "changed_at"]
    of.save(update_fields=names)

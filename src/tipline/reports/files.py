"""Finding kept files by what they look like: digests by index, PDQ by reading all of them in turn.

Used when something new is to be compared with everything that is there, not for what comes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tipline.domain.states import WAY, ReportState
from tipline.media.hamming import Words, find_near, pack
from tipline.reference.hashlists.values import PDQ_LEAST_QUALITY, PDQ_RADIUS, Print
from tipline.reports.models import File, Fingerprint

A_PIECE = 100_000  # fingerprints in memory at a time
_COLUMNS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
# Earlier ones are looked up when they get there, ended ones have nothing left to be told of.
_ASKED = WAY[WAY.index(ReportState.SECURED) :]


def find_reports(prints: Sequence[Print], *, piece: int = A_PIECE) -> frozenset[int]:
    """This function will find the reports that have a file which agrees with one of the fingerprints.

    Every stored form of a file's PDQ is compared, so a turned or mirrored copy is found too. Reports for trying are
    left out. `piece` is how many fingerprints are read at a time.
    """
    found: set[int] = set()
    for kind, column in _COLUMNS.items():
        if values := [one.value for one in prints if one.type == kind]:
            rows = File.objects.filter(**{f"{column}__in": values})
            found.update(rows.values_list("report_id", flat=True))
    probes = {one.value for one in prints if one.type == "PDQ" and one.quality >= PDQ_LEAST_QUALITY}
    if probes:
        near = [row for ids, words in _pieces(piece) for row in _near(ids, words, probes)]
        found.update(Fingerprint.objects.filter(pk__in=near).values_list("file__report_id", flat=True))
    asked = File.objects.filter(report_id__in=found, report__state__in=_ASKED, report__environment="production")
    return frozenset(asked.values_list("report_id", flat=True))


def _pieces(size: int) -> Iterator[tuple[tuple[int, ...], Words]]:
    rows = Fingerprint.objects.filter(algorithm__startswith="pdq", quality__gte=PDQ_LEAST_QUALITY).order_by("id")
    last = 0
    while piece := list(rows.filter(id__gt=last).values_list("id", "value")[:size]):
        last = piece[-1][0]
        yield tuple(key for key, _ in piece), pack([value for _, value in piece])


def _near(ids: Sequence[int], words: Words, probes: set[str]) -> Iterator[int]:
    for probe in probes:
        yield from (ids[column] for column, _ in find_near(probe, words, PDQ_RADIUS))

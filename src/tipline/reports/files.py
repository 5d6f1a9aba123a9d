"""Finding kept files by what they look like: digests by index, PDQ by the index of received pictures.

Used when something new is to be compared with everything that is there, not for what comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tipline.domain.known import PDQ
from tipline.domain.report import FileRef
from tipline.domain.states import WAY, ReportState
from tipline.media.identify import FILMS
from tipline.reference.hashlists.values import PDQ_LEAST_QUALITY, Print
from tipline.reports.adapters import find_near
from tipline.reports.models import File, Fingerprint
from tipline.reports.values import file_of

_COLUMNS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
# Earlier ones are looked up when they get there, ended ones have nothing left to be told of.
_ASKED = WAY[WAY.index(ReportState.SECURED) :]


def find_reports(prints: Sequence[Print]) -> frozenset[int]:
    """This function will find the reports that have a file which agrees with one of the fingerprints.

    Every stored form of a file's PDQ is compared, so a turned, mirrored or bordered copy is found too. Reports for
    trying are left out.
    """
    found: set[int] = set()
    for kind, column in _COLUMNS.items():
        if values := [one.value for one in prints if one.type == kind]:
            rows = File.objects.filter(**{f"{column}__in": values})
            found.update(rows.values_list("report_id", flat=True))
    near = find_near([one.value for one in prints if one.type == "PDQ" and one.quality >= PDQ_LEAST_QUALITY])
    keys = {key for each in near.values() for key, _ in each}
    found.update(Fingerprint.objects.filter(pk__in=keys).values_list("file__report_id", flat=True))
    asked = File.objects.filter(report_id__in=found, report__state__in=_ASKED, report__environment="production")
    return frozenset(asked.values_list("report_id", flat=True))


def find_film(digests: Sequence[Print]) -> tuple[FileRef, str] | None:
    """This function will find a kept film whose bytes are those of one of some digests, and that digest."""
    for one in digests:
        rows = File.objects.filter(blob_id__isnull=False, media_type__in=FILMS, report__environment="production")
        if row := rows.filter(**{_COLUMNS[one.type]: one.value}).order_by("-id").first():
            return file_of(row), one.value
    return None


@dataclass(frozen=True, slots=True)
class Alike:
    """A file of some report that is like another: `distance` in bits, None where the bytes are the same.

    `mine` and `form` name the forms of the two that are near (`domain.known`).
    """

    report_number: int
    file_id: str
    position: int
    media_type: str
    received_at: datetime
    distance: int | None
    mine: str = ""
    form: str = ""


_SHOWN = ("id", "report__number", "file_id", "position", "media_type", "received_at")


def find_alike(report_id: int, file_id: str, *, most: int) -> tuple[Alike, ...]:
    """This function will rank the other files of reports that are like one of them: same bytes first, then the nearest.

    Reports for trying are left out. All forms of both are compared: near the limit one turn is near and another is not.
    """
    file = File.objects.get(report_id=report_id, file_id=file_id)
    rows = File.objects.filter(report__environment="production", blob_id__isnull=False).exclude(pk=file.pk)
    same = rows.filter(sha256=file.sha256).order_by("-id").values_list(*_SHOWN)[:most]
    found = {row[0]: Alike(row[1], row[2], row[3], row[4], row[5], distance=None) for row in same}
    near = _nearest(file)
    for row in rows.filter(pk__in=list(near)).exclude(pk__in=list(found)).values_list(*_SHOWN):
        found[row[0]] = Alike(row[1], row[2], row[3], row[4], row[5], *near[row[0]])
    ranked = sorted(found.items(), key=lambda one: (one[1].distance if one[1].distance is not None else -1, -one[0]))
    return tuple(each for _, each in ranked[:most])


def _nearest(file: File) -> dict[int, tuple[int, str, str]]:
    """Return by the key of another file: how far, and which of both files' forms are near."""
    asked = Fingerprint.objects.filter(file=file, algorithm__startswith=PDQ, quality__gte=PDQ_LEAST_QUALITY)
    mine = dict(asked.values_list("value", "algorithm"))
    near: dict[int, tuple[int, str]] = {}
    for value, each in find_near(list(mine)).items():
        for key, distance in each:
            near[key] = min(near.get(key, (distance, mine[value])), (distance, mine[value]))
    best: dict[int, tuple[int, str, str]] = {}
    rows = Fingerprint.objects.filter(pk__in=list(near)).exclude(file=file).values_list("id", "file_id", "algorithm")
    for key, of, algorithm in rows:
        said = (*near[key], algorithm)
        if of not in best or said < best[of]:
            best[of] = said
    return best

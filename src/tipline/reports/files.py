"""Finding kept files by what they look like: digests by index, PDQ by the index of received pictures.

Used when something new is to be compared with everything that is there, not for what comes in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tipline.domain.known import PDQ
from tipline.domain.report import FileRef, IdentifierKind
from tipline.domain.states import WAY, ReportState, has_reached
from tipline.media.candidates import FeatureCandidates
from tipline.media.compare import Seen
from tipline.media.features.geometry import Geometry, verify
from tipline.media.features.store import Features
from tipline.media.identify import FILMS
from tipline.media.thresholds import PDQ_LEAST_QUALITY
from tipline.reference.hashlists.values import Print
from tipline.reports.adapters import find_near, received_features
from tipline.reports.features import features_of, load_features
from tipline.reports.models import File, Fingerprint, IdentifierRow
from tipline.reports.values import file_of

MOST_DEPICTING = 5000  # files that one known picture is compared with
MOST_SHARING = 100  # files that one file is, while a person waits
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


def find_depicting(known: Sequence[Features]) -> frozenset[int]:
    """This function will find the reports that have a file of which a part is like a part of a known picture.

    Reports for trying are left out.
    """
    found = {file for each in known for file in _sharing(each, MOST_DEPICTING)}
    asked = File.objects.filter(pk__in=found, report__state__in=_ASKED, report__environment="production")
    return frozenset(asked.values_list("report_id", flat=True))


def _sharing(features: Features, most: int) -> dict[int, Geometry]:
    """Return by the key of a file how a picture with some features lies in the file's."""
    index = FeatureCandidates(received_features(), all_copies=True)
    found = {}
    for _, file, theirs in load_features([one.entry for one in index.among(Seen(features=features), most)]):
        if (geometry := verify(features, theirs)) is not None:
            found[file] = geometry
    return found


def find_looks(report_id: int) -> dict[str, str]:
    """This function will tell, by file id, which picture was the first of those that a report's picture looks like.

    Given is its SHA-256, of a picture that is the first of its look its own. What is like one that is like another
    is of that one's look. Of a report that was linked before, what was found then. No report for trying is asked.
    """
    own = Fingerprint.objects.filter(file__report_id=report_id, **_OF_PICTURES).order_by("file_id")
    asked = [(value, _picture(rest)) for value, *rest in own.values_list("value", *_NAMED)]
    if not asked or asked[0][1].is_linked:
        return {one.file_id: first for one, first in _firsts_of(one for _, one in asked).items()}
    near = find_near([value for value, _ in asked])
    others = _pictures({key for found in near.values() for key, _ in found}, besides=report_id)
    firsts = _firsts_of(others.values())
    found: dict[str, str] = {}
    for value, one in asked:
        alike = [others[key] for key, _ in near.get(value, ()) if key in others]
        # Of two that are linked at once the earlier one is the first, for both.
        before = [other for other in alike if other.is_linked or other.id < one.id]
        found[one.file_id] = firsts[min(before)] if before else one.sha256
    return found


_OF_PICTURES: dict[str, Any] = {"algorithm": PDQ, "at_ms": None, "quality__gte": PDQ_LEAST_QUALITY}


class _Picture(NamedTuple):
    """A received picture; they sort in the order in which they came."""

    id: int
    report_id: int
    file_id: str
    sha256: str
    is_linked: bool


_NAMED = ("file_id", "file__report_id", "file__file_id", "file__sha256", "file__report__state")


def _picture(row: Sequence[Any]) -> _Picture:
    key, report_id, file_id, sha256, state = row
    return _Picture(key, report_id, file_id, sha256, has_reached(ReportState(state), ReportState.LINKED))


def _pictures(fingerprints: Collection[int], *, besides: int) -> dict[int, _Picture]:
    """Return by fingerprint the pictures of other reports; what a film's frame looks like is no picture's look."""
    rows = Fingerprint.objects.filter(
        pk__in=fingerprints, at_ms=None, file__report__state__in=_ASKED, file__report__environment="production"
    ).exclude(file__report_id=besides)
    return {key: _picture(rest) for key, *rest in rows.values_list("id", *_NAMED)}


def _firsts_of(pictures: Iterable[_Picture]) -> dict[_Picture, str]:
    """Return what pictures were taken for when they were linked; their own digest where for nothing."""
    listed = set(pictures)
    rows = IdentifierRow.objects.filter(report_id__in={one.report_id for one in listed}, kind=IdentifierKind.LOOK)
    taken = {(report_id, raw): value for report_id, raw, value in rows.values_list("report_id", "raw", "value")}
    return {one: taken.get((one.report_id, one.sha256), one.sha256) for one in listed}


def find_film(digests: Sequence[Print]) -> tuple[FileRef, str] | None:
    """This function will find a kept film whose bytes are those of one of some digests, and that digest."""
    for one in digests:
        rows = File.objects.filter(blob_id__isnull=False, media_type__in=FILMS, report__environment="production")
        if row := rows.filter(**{_COLUMNS[one.type]: one.value}).order_by("-id").first():
            return file_of(row), one.value
    return None


@dataclass(frozen=True, slots=True)
class Alike:
    """A file of some report that is like another: `distance` in bits, None where the bytes are the same, or parts are.

    `mine` and `form` name the forms of the two that are near (`domain.known`). Where only parts agree `places` tells
    how many, and `lies` how this file's picture lies in that one (`domain.outline`).
    """

    report_number: int
    file_id: str
    position: int
    media_type: str
    received_at: datetime
    distance: int | None
    mine: str = ""
    form: str = ""
    places: int = 0
    lies: tuple[float, ...] = ()


_SHOWN = ("id", "report__number", "file_id", "position", "media_type", "received_at")


def find_alike(report_id: int, file_id: str, *, most: int) -> tuple[Alike, ...]:
    """This function will rank the other files of reports that are like one of them: same bytes first, then the nearest,
    then those that share the most: a part of the picture, or the same scene in another picture.

    Reports for trying are left out. All forms of both are compared: near the limit one turn is near and another is not.
    """
    file = File.objects.get(report_id=report_id, file_id=file_id)
    rows = File.objects.filter(report__environment="production", blob_id__isnull=False).exclude(pk=file.pk)
    same = rows.filter(sha256=file.sha256).order_by("-id").values_list(*_SHOWN)[:most]
    found = {row[0]: Alike(row[1], row[2], row[3], row[4], row[5], distance=None) for row in same}
    near = _nearest(file)
    for row in rows.filter(pk__in=list(near)).exclude(pk__in=list(found)).values_list(*_SHOWN):
        found[row[0]] = Alike(row[1], row[2], row[3], row[4], row[5], *near[row[0]])
    shared = _sharing(features_of(file.pk), MOST_SHARING)
    for row in rows.filter(pk__in=list(shared)).exclude(pk__in=list(found)).values_list(*_SHOWN):
        lies = shared[row[0]]
        found[row[0]] = Alike(row[1], row[2], row[3], row[4], row[5], None, places=lies.inliers, lies=lies.transform)
    return tuple(each for _, each in sorted(found.items(), key=_rank)[:most])


def _rank(found: tuple[int, Alike]) -> tuple[bool, int, int]:
    key, one = found
    nearness = -one.places if one.places else -1 if one.distance is None else one.distance
    return bool(one.places), nearness, -key


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

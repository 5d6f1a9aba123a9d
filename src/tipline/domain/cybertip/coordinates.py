"""Coordinates that a document carries: where a telephone was, and where a camera says it took a picture. Pure.

Source: reporting API, section 3.2 (cellPhoneIncident) and 4 (details of type EXIF); CIPA DC-008 for the EXIF names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tipline.domain.cybertip.exif import exif_of
from tipline.domain.report import Document

Point = tuple[float, float]
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?")
_PLAIN = re.compile(r"[^0-9.,/+\-NSEWnsew°º'\"′″ ]")
_SIDES = {"N": 1, "E": 1, "S": -1, "W": -1}


def incident_points(document: Document) -> Iterator[Point]:
    """This function will give the coordinates of the telephones of incidents."""
    for details in document.get("internetDetails", ()):
        phone = details.get("cellPhoneIncident")
        if isinstance(phone, dict) and "latitude" in phone and "longitude" in phone:
            point = _point(_degrees(str(phone["latitude"]), ""), _degrees(str(phone["longitude"]), ""))
            if point:
                yield point


def exif_point(details: Document) -> Point | None:
    """This function will read the place that the EXIF data of a file name, in whatever writing a company sent it."""
    held = exif_of(details)
    lat = _degrees(held.get("gpslatitude", ""), held.get("gpslatituderef", ""))
    lon = _degrees(held.get("gpslongitude", ""), held.get("gpslongituderef", ""))
    return _point(lat, lon) or _in_one(held.get("gpsposition", "") or held.get("gpscoordinates", ""))


def _in_one(text: str) -> Point | None:
    first, mark, second = text.partition(",")
    return _point(_degrees(first, ""), _degrees(second, "")) if mark else None


def _point(lat: float | None, lon: float | None) -> Point | None:
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    # A device without a fix writes zeros.
    return None if lat == 0 and lon == 0 else (round(lat, 5), round(lon, 5))


def _degrees(text: str, side: str) -> float | None:
    """Degrees of 33.45, 33 deg 27' 0.00" N, 33/1 27/1 0/1 or 33,27,0; a side of south or west is less than nothing."""
    plain = _PLAIN.sub(" ", text[:80])
    parts = [_number(one) for one in _NUMBER.findall(plain)]
    if not 1 <= len(parts) <= 3 or any(one is None for one in parts):
        return None
    sides = re.findall(r"[NSEW]", (side or plain).upper())
    whole = sum(abs(one or 0.0) / 60**at for at, one in enumerate(parts))
    sign = -1 if (parts[0] or 0.0) < 0 or plain.strip().startswith("-") else 1
    return float(sign * (_SIDES[sides[0]] if sides else 1) * whole)


def _number(text: str) -> float | None:
    top, mark, bottom = text.partition("/")
    if not mark:
        return float(top)
    return float(top) / float(bottom) if float(bottom) else None

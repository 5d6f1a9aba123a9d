"""Files of place data as npm lays them out; opened once per version, so a new download is noticed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

import maxminddb

PACKAGES = Path("node_modules") / "@ip-location-db"


@lru_cache(maxsize=16)
def _reader(path: Path, _modified_ns: int) -> maxminddb.Reader:
    return maxminddb.open_database(str(path))


@lru_cache(maxsize=8)
def _mapped(path: Path, _modified_ns: int) -> mmap:
    with path.open("rb") as opened:
        return mmap(opened.fileno(), 0, access=ACCESS_READ)


def open_database(root: Path, package: str, file: str) -> maxminddb.Reader | None:
    """This function will open a package's MaxMind database below `root`; None if not installed.

    Raises InvalidDatabaseError where the file is damaged: that is a failure, and said as one.
    """
    path = root / PACKAGES / package / file
    try:
        return _reader(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def map_file(root: Path, package: str, file: str) -> mmap | None:
    """This function will map a package's file into memory; None where it is not installed or still empty."""
    path = root / PACKAGES / package / file
    try:
        return _mapped(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, ValueError):
        return None


def data_date_of(reader: maxminddb.Reader) -> str:
    """This function will give the day on which a database was built, ISO 8601."""
    return datetime.fromtimestamp(reader.metadata().build_epoch, UTC).date().isoformat()

"""What an evidence store must do, and which one this process uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Protocol

from tipline.platform.config import settings

_NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_-]+(\.[a-z0-9]+)*)+\Z")


class Writing(Protocol):
    """An object being written. Until commit() returns it does not exist; after it, it survives a power
    cut.
    """

    def write(self, piece: bytes | memoryview) -> None:
        """Add bytes. Raises StoreOutage, or StoreFull; the object is then given up."""

    def commit(self) -> None:
        """Make the object exist, durably. Raises StoreOutage, or NameTaken."""

    def abort(self) -> None:
        """Give the object up and leave nothing; harmless when repeated or after a failure."""


class Store(Protocol):
    """Objects by name. They are never changed and never overwritten."""

    def begin(self, name: str) -> Writing:
        """Start an object."""

    def get(self, name: str) -> Iterator[bytes]:
        """Yield an object's bytes. Raises ObjectMissing at once, StoreOutage possibly later."""

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of that name."""

    def promote(self, old: str, new: str) -> None:
        """Give an object a second name, durably; repeated with the same object it does nothing. Raises
        NameTaken.
        """

    def delete(self, name: str) -> None:
        """Remove an object, or do nothing where there is none."""

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names under a folder, in no order."""

    def older(self, prefix: str, before: datetime) -> Iterator[str]:
        """Yield the names under a folder of objects written before then."""


def checked_name(name: str) -> str:
    """This function will return the name if it is one that a store accepts; anything else is a bug."""
    if not _NAME.match(name):
        raise ValueError("not an object name")
    return name


def put(store: Store, name: str, pieces: Iterable[bytes]) -> None:
    """This function will write a whole object, durably, or leave nothing."""
    writing = store.begin(name)
    try:
        for piece in pieces:
            writing.write(piece)
        writing.commit()
    except BaseException:
        writing.abort()
        raise


@cache
def configured_store() -> Store:
    """This function will return the store that the settings name: a folder, or a bucket."""
    # Imported here so that a process without a bucket does not load the client.
    house = settings()
    if house.evidence_store:
        from tipline.platform.vault.s3 import S3Store

        return S3Store.from_settings(house)
    from tipline.platform.vault.local import LocalStore

    return LocalStore(house.evidence)

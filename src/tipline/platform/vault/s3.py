"""The evidence store in a bucket of any S3-compatible service."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store as Bucket

from tipline.platform.config import Settings
from tipline.platform.vault.errors import NameTaken, ObjectMissing, StoreOutage
from tipline.platform.vault.store import checked_name

_PART_BYTES = 8 * 1024 * 1024


@contextlib.contextmanager
def _outages() -> Iterator[None]:
    """Turn the client's errors into outages, without their text: it holds names and addresses."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StoreOutage(type(error).__name__) from None


class S3Writing:
    """An object being written. Small ones go in one conditional request, bigger ones in parts."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket, self._name = bucket, name
        self._held = bytearray()
        self._parts: Any = None

    def write(self, piece: bytes | memoryview) -> None:
        """This function will add bytes. Raises StoreOutage."""
        self._held += piece
        if len(self._held) < _PART_BYTES:
            return
        with _outages():
            if self._parts is None:
                self._parts = obstore.open_writer(self._bucket, self._name, buffer_size=_PART_BYTES)
            self._parts.write(bytes(self._held))
        self._held.clear()

    def commit(self) -> None:
        """This function will finish the object. Raises StoreOutage or NameTaken."""
        if self._parts is None:
            self._put_small()
            return
        with _outages():
            self._parts.write(bytes(self._held))
            self._parts.close()
        self._parts = None

    def _put_small(self) -> None:
        with _outages():
            try:
                obstore.put(self._bucket, self._name, bytes(self._held), mode="create")
            except AlreadyExistsError:
                raise NameTaken(self._name) from None

    def abort(self) -> None:
        """This function will give the object up: parts that were never put together are not an object.

        The bucket needs a rule that removes unfinished multipart uploads (docs/adr/0003).
        """
        self._parts = None
        self._held.clear()


class S3Store:
    """Objects in a bucket, under a prefix."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    def from_settings(cls, house: Settings, *, retry_seconds: int = 10) -> S3Store:
        """This function will open the bucket that TIPLINE_EVIDENCE names, as s3://bucket/prefix.

        `retry_seconds` is how long the client itself tries again before an outage is told.
        """
        name, _, prefix = house.evidence_store.removeprefix("s3://").partition("/")
        return cls(
            Bucket(
                name,
                prefix=prefix or None,
                endpoint=house.s3_endpoint or None,
                access_key_id=house.s3_access_key or None,
                secret_access_key=house.s3_secret_key or None,
                region=house.s3_region,
                virtual_hosted_style_request=False,
                client_options={"allow_http": house.s3_endpoint.startswith("http://")},
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=retry_seconds)},
            )
        )

    def begin(self, name: str) -> S3Writing:
        """This function will start an object. Raises NameTaken."""
        if self.exists(name):
            raise NameTaken(name)
        return S3Writing(self._bucket, checked_name(name))

    def get(self, name: str) -> Iterator[bytes]:
        """This function will open an object and yield its bytes. Raises ObjectMissing at once."""
        with _outages():
            try:
                found = obstore.get(self._bucket, checked_name(name))
            except (NotFoundError, FileNotFoundError):
                raise ObjectMissing(name) from None
        return self._pieces(found)

    @staticmethod
    def _pieces(found: obstore.GetResult) -> Iterator[bytes]:
        with _outages():
            for piece in found.stream(min_chunk_size=1024 * 1024):
                yield bytes(piece)

    def exists(self, name: str) -> bool:
        """This function will tell whether there is an object of that name. Raises StoreOutage."""
        with _outages():
            try:
                obstore.head(self._bucket, checked_name(name))
            except (NotFoundError, FileNotFoundError):
                return False
        return True

    def promote(self, old: str, new: str) -> None:
        """This function will copy an object to a second name. Raises ObjectMissing, NameTaken,
        StoreOutage.
        """
        if self.exists(new):
            if self.exists(old) and not self._same(old, new):
                raise NameTaken(new)
            return
        with _outages():
            try:
                obstore.copy(self._bucket, checked_name(old), checked_name(new))
            except (NotFoundError, FileNotFoundError):
                raise ObjectMissing(old) from None

    def _same(self, one: str, other: str) -> bool:
        # Sealed under random keys, two objects are equal in size and entity tag only if one is the other's
        # copy.
        with _outages():
            first, second = obstore.head(self._bucket, one), obstore.head(self._bucket, other)
        return (first["size"], first["e_tag"]) == (second["size"], second["e_tag"])

    def delete(self, name: str) -> None:
        """This function will remove an object. Raises StoreOutage."""
        with _outages(), contextlib.suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._bucket, checked_name(name))

    def names(self, prefix: str) -> Iterator[str]:
        """This function will yield the names under a folder. Raises StoreOutage."""
        with _outages():
            for page in obstore.list(self._bucket, prefix):
                for found in page:
                    yield found["path"]

    def older(self, prefix: str, before: datetime) -> Iterator[str]:
        """This function will yield the names under a folder of objects written before then."""
        with _outages():
            for page in obstore.list(self._bucket, prefix):
                for found in page:
                    if found["last_modified"] < before:
                        yield found["path"]

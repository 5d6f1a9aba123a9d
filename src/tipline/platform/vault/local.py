"""The evidence store in a local folder: written aside, fsynced, linked to its name, folder fsynced.

Own code because the fast libraries do not fsync: evidence that was acknowledged could vanish at a power cut.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tipline.platform.vault.errors import NameTaken, ObjectMissing, StoreFull, StoreOutage
from tipline.platform.vault.store import checked_name

_READ_BYTES = 1024 * 1024
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def _outages() -> Iterator[None]:
    """Turn the operating system's errors into outages, without the path: it would end up in a log."""
    try:
        yield
    except OSError as error:
        kind = StoreFull if error.errno in _NO_ROOM else StoreOutage
        raise kind(errno.errorcode.get(error.errno or 0, "unknown")) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _sync_folder(folder.parent)


class LocalWriting:
    """An object being written to a file that has no name in the store yet."""

    def __init__(self, aside: Path, target: Path) -> None:
        self._aside, self._target = aside, target
        with _outages():
            self._handle: int | None = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, piece: bytes | memoryview) -> None:
        """This function will add bytes. Raises StoreOutage or StoreFull."""
        if self._handle is None:
            raise StoreOutage("already given up")
        view = memoryview(piece)
        with _outages():
            while view:
                view = view[os.write(self._handle, view) :]

    def commit(self) -> None:
        """This function will make the object durable under its name. Raises StoreOutage or NameTaken."""
        if self._handle is None:
            raise StoreOutage("already given up")
        with _outages():
            os.fsync(self._handle)
            _make_folder(self._target.parent)
            try:
                # link, unlike rename, refuses to replace what is there.
                os.link(self._aside, self._target)
            except FileExistsError:
                raise NameTaken(self._target.name) from None
            _sync_folder(self._target.parent)
        self.abort()

    def abort(self) -> None:
        """This function will remove the nameless file."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None
        with contextlib.suppress(OSError):
            self._aside.unlink(missing_ok=True)


class LocalStore:
    """Objects as files, readable by the owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, name: str) -> LocalWriting:
        """This function will start an object. Raises StoreOutage."""
        target = self._root / checked_name(name)
        aside = self._root / ".writing" / secrets.token_hex(16)
        with _outages():
            _make_folder(aside.parent)
        return LocalWriting(aside, target)

    def get(self, name: str) -> Iterator[bytes]:
        """This function will open an object and yield its bytes. Raises ObjectMissing at once."""
        try:
            handle = (self._root / checked_name(name)).open("rb")
        except FileNotFoundError:
            raise ObjectMissing(name) from None
        return self._pieces(handle)

    @staticmethod
    def _pieces(handle: BinaryIO) -> Iterator[bytes]:
        with handle, _outages():
            while piece := handle.read(_READ_BYTES):
                yield piece

    def exists(self, name: str) -> bool:
        """This function will tell whether there is an object of that name."""
        return (self._root / checked_name(name)).is_file()

    def promote(self, old: str, new: str) -> None:
        """This function will link an object to a second name. Raises ObjectMissing, NameTaken,
        StoreOutage.
        """
        source, target = self._root / checked_name(old), self._root / checked_name(new)
        if target.exists() and not source.exists():
            return
        with _outages():
            _make_folder(target.parent)
            try:
                os.link(source, target)
            except FileNotFoundError:
                raise ObjectMissing(old) from None
            except FileExistsError:
                if not source.samefile(target):
                    raise NameTaken(new) from None
            _sync_folder(target.parent)

    def delete(self, name: str) -> None:
        """This function will remove an object, durably."""
        target = self._root / checked_name(name)
        with _outages():
            try:
                target.unlink()
            except FileNotFoundError:
                return
            _sync_folder(target.parent)

    def names(self, prefix: str) -> Iterator[str]:
        """This function will yield the names under a folder."""
        for path in (self._root / prefix).rglob("*"):
            if path.is_file():
                yield path.relative_to(self._root).as_posix()

    def older(self, prefix: str, before: datetime) -> Iterator[str]:
        """This function will yield the names under a folder of objects written before then.

        What a killed process left nameless is removed on the way.
        """
        for path in (self._root / ".writing").glob("*"):
            if _written_at(path) < before:
                path.unlink(missing_ok=True)
        for name in self.names(prefix):
            if _written_at(self._root / name) < before:
                yield name


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        # Gone meanwhile: as new as can be, so that nobody removes it.
        return datetime.max.replace(tzinfo=UTC)

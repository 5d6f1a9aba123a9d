"""A file that is sealed into the store while it comes in: it never rests in the clear, and never in memory whole."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from tipline.platform.vault.incoming import Incoming, IncomingWriter

MOST_BYTES = 8 * 1024**3
FIRST_BYTES = 4096


class SealedFile(UploadedFile):  # type: ignore[type-arg]
    """What stands in the form's place for the file: where it lies sealed, and its first bytes."""

    def __init__(self, field: str, came: Incoming, first: bytes, name: str = "") -> None:
        super().__init__(file=None, name=name or "collection", size=came.size)
        self.field_name = field
        self.came = came
        self.first = first


class SealedUploadHandler(FileUploadHandler):
    """Takes one file of a form; a file that breaks off leaves nothing behind."""

    chunk_size = 256 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._writer: IncomingWriter | None = None
        self._first = b""
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """This function will begin a file. Named by Django."""
        super().new_file(*args, **kwargs)
        self.upload_interrupted()
        self._writer, self._first, self._size = IncomingWriter.begin(), b"", 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """This function will seal the next bytes. Named by Django."""
        self._size += len(raw_data)
        if self._size > MOST_BYTES:
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)
        self._first = (self._first + raw_data)[:FIRST_BYTES] if len(self._first) < FIRST_BYTES else self._first
        if self._writer is not None:
            self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> SealedFile | None:
        """This function will make the file durable. Named by Django."""
        if self._writer is None:
            return None
        came, self._writer = self._writer.finish(), None
        return SealedFile(str(self.field_name), came, self._first, str(self.file_name or ""))

    def upload_interrupted(self) -> None:
        """This function will give up a file that breaks off. Named by Django."""
        if self._writer is not None:
            self._writer.abort()
            self._writer = None

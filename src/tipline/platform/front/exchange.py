"""One call of a WSGI application, taken piece by piece: a thread makes a piece and is free while it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tipline.platform.front.environ import Environ

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
PIECE_BYTES = 256 * 1024


class Exchange:
    """The answer of the application. `begin`, `more` and `close` run on a thread, one after the other."""

    def __init__(self, application: Application, environ: Environ) -> None:
        self._application = application
        self._environ = environ
        self._result: Iterable[bytes] = ()
        self._pieces: Iterator[bytes] = iter(())
        self._early = bytearray()
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.ended = False

    def begin(self) -> bytes:
        """This function will call the application and return the first piece of its answer."""
        self._result = self._application(self._environ, self._start)
        self._pieces = iter(self._result)
        return bytes(self._early) + self.more()

    def more(self) -> bytes:
        """This function will return the next piece; with the last one `ended` is set and all is closed."""
        out = bytearray()
        while len(out) < PIECE_BYTES:
            piece = next(self._pieces, None)
            if piece is None:
                self.close()
                break
            out += piece
        return bytes(out)

    def close(self) -> None:
        """This function will let the application clean up; once."""
        if not self.ended:
            self.ended = True
            getattr(self._result, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self._early.extend

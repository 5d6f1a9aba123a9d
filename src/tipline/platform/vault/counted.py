"""How far something that is read piece by piece has come."""

from __future__ import annotations

from collections.abc import Iterator


class Counted:
    """Pieces on their way through, and how many bytes those were."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.count += len(piece)
            yield piece

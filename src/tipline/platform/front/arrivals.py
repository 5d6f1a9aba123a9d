"""Bodies that are arriving, in memory: bounded for each caller and in all.

Where a bound is reached it is not the newcomer who goes, but the oldest of those that still arrive: an honest body is
here within moments, so whoever keeps many slow ones open loses his own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from tipline.domain.networks import site_of
from tipline.platform.front.limits import MIB, Limit, Refused, seconds_for

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
MOST_OF_ONE = 32
MOST = 512
MOST_BYTES = 128 * MIB  # held by all requests under way together


class Arrival:
    """One body: it can be cut off while it has a clock."""

    def __init__(self, who: str, held: Arrivals) -> None:
        self.who = who
        self.size = 0
        self.clock: asyncio.Timeout | None = None
        self._held = held

    def cut(self) -> None:
        """This function will end the wait for this body, as if its time were over."""
        assert self.clock is not None
        self.clock.reschedule(asyncio.get_running_loop().time())
        self.clock = None

    async def read(self, receive: Receive, limit: Limit, announced: int) -> bytes:
        """This function will take the body in.

        Raises Refused: 400 where it breaks off or cannot be read, 408 where it is too slow, 413 where it is too
        much.
        """
        try:
            async with asyncio.timeout(seconds_for(announced or limit.most)) as self.clock:
                self._held.begun(self)
                return await self._read(receive, limit.most)
        except TimeoutError:
            raise Refused(408) from None
        finally:
            self.clock = None

    async def _read(self, receive: Receive, most: int) -> bytes:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise Refused(400)
            piece = message.get("body", b"")
            body += piece
            if len(body) > most:
                raise Refused(413)
            self._held.grown(self, len(piece))
            more = message.get("more_body", False)
        return bytes(body)


class Arrivals:
    """All bodies of a door that are arriving, or are here and not answered yet."""

    def __init__(self, *, most_of_one: int = MOST_OF_ONE, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most_of_one, self._most, self._most_bytes = most_of_one, most, most_bytes
        self._all: dict[Arrival, None] = {}  # oldest first
        self._bytes = 0

    @contextmanager
    def entered(self, address: str) -> Iterator[Arrival]:
        """This function will hold a place for the body of one request until the block ends."""
        arrival = Arrival(site_of(address), self)
        self._all[arrival] = None
        try:
            yield arrival
        finally:
            del self._all[arrival]
            self._bytes -= arrival.size

    def begun(self, newest: Arrival) -> None:
        """This function will cut an older body off where there are too many of this caller, or in all."""
        arriving = self._arriving()
        of_one = [each for each in arriving if each.who == newest.who]
        if len(of_one) > self._most_of_one:
            self._cut(of_one[0])
        elif len(arriving) > self._most:
            self._cut_heaviest(arriving, Counter(each.who for each in arriving))

    def grown(self, arrival: Arrival, size: int) -> None:
        """This function will count bytes, and cut off the caller who has the most where they are too many."""
        arrival.size += size
        self._bytes += size
        if self._bytes > self._most_bytes and (arriving := self._arriving()):
            sizes = Counter[str]()
            for each in arriving:
                sizes[each.who] += each.size
            self._cut_heaviest(arriving, sizes)

    def _arriving(self) -> list[Arrival]:
        return [each for each in self._all if each.clock is not None]

    def _cut_heaviest(self, arriving: list[Arrival], weights: Counter[str]) -> None:
        who = weights.most_common(1)[0][0]
        self._cut(next(each for each in arriving if each.who == who))

    def _cut(self, arrival: Arrival) -> None:
        # Counted out at once: what follows in this very moment must not cut another one for the same bytes.
        self._bytes -= arrival.size
        arrival.size = 0
        arrival.cut()

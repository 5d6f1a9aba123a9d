"""A load generator for the reporting API: one thread, many kept connections, scripts instead of requests.

A script is a generator that yields a request and is sent its answer, so that a whole conversation is written as it
goes. `python -m tests.load` reads what to do as JSON from standard input and prints what came of it: in a process of
its own it takes nothing from the house that it measures but its share of the cores.
"""

from __future__ import annotations

import json
import random
import re
import selectors
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_HEAD = "POST {path} HTTP/1.1\r\nHost: load\r\nAuthorization: Basic {token}\r\nContent-Type: {kind}\r\nContent-Length: "
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_NUMBER = re.compile(rb"<reportId>(\d+)<")
_FILE_ID = re.compile(rb"<fileId>([0-9a-f]+)<")
_EVENTS = ("Login", "Upload", "Login", "Registration")
_NOTE = "made up words of an account note " * 40
_XML = "text/xml; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_EDGE = "load-edge-7d81"
SILENCE_SECONDS = 60.0
MOST_REST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """What to do: how many scripts of a kind, over how many connections, and, for an open loop, how many a second.

    Urgent ones never wait for a connection: who sends them is not the crowd.
    """

    port: int
    username: str
    secret: str
    count: int
    script: str = "submit"
    connections: int = 16
    rate: float = 0.0  # 0: the next begins when one ends
    seconds: float = 0.0  # 0: until all are done; else no script begins after it, also none that was due before
    file_bytes: int = 200_000
    urgent_share: float = 0.0
    path: str = "/ispws"
    seed: int = 1


@dataclass(slots=True)
class Result:
    """What came of it. `waits` are seconds, one for each script that was acknowledged to its end; `urgent_waits` too.

    `numbers` are the reports whose last answer was an acknowledgement; `seconds` until the last of those came.
    """

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    urgent_waits: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)


Answer = tuple[int, bytes]
Script = Generator[bytes, Answer, int]


class Wire:
    """Writes requests."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._token = b64encode(f"{order.username}:{order.secret}".encode()).decode()
        self._heads: dict[tuple[str, str], bytes] = {}

    def request(self, call: str, kind: str, body: bytes) -> bytes:
        """This function will write one POST."""
        head = self._heads.get((call, kind))
        if head is None:
            written = _HEAD.format(path=f"{self._order.path}/{call}", token=self._token, kind=kind)
            head = self._heads[call, kind] = written.encode()
        return b"%b%d\r\n\r\n%b" % (head, len(body), body)

    def upload(self, number: int, content: bytes) -> bytes:
        """This function will write an upload, as browsers and most clients do."""
        part = f'--{_EDGE}\r\nContent-Disposition: form-data; name="'
        head = f'{part}id"\r\n\r\n{number}\r\n{part}file"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n'
        body = head.encode() + content + f"\r\n--{_EDGE}--\r\n".encode()
        return self.request("upload", f"multipart/form-data; boundary={_EDGE}", body)


def report_xml(mark: str, chance: random.Random, *, urgent: bool = False) -> bytes:
    """This function will write a made-up report of about 3 KB with ten identifiers that no other report has."""
    wish = "<escalateToHighPriority>made up: a child is in danger</escalateToHighPriority>" if urgent else ""
    events = "".join(
        f"<ipCaptureEvent><ipAddress>203.0.113.{chance.getrandbits(8)}</ipAddress><eventName>{name}</eventName>"
        f"<dateTime>2026-02-2{day}T08:30:0{day}-07:00</dateTime></ipCaptureEvent>"
        for day, name in enumerate(_EVENTS)
    )
    site = "https://social.example.com"
    return (
        "<?xml version='1.0' encoding='UTF-8'?><report><incidentSummary>"
        f"<incidentType>Online Enticement of Children for Sexual Acts</incidentType>{wish}"
        "<incidentDateTime>2026-02-20T08:30:00-07:00</incidentDateTime></incidentSummary>"
        f"<internetDetails><webPageIncident><url>{site}/{mark}/posts/1</url></webPageIncident></internetDetails>"
        "<reporter><reportingPerson><firstName>Rae</firstName><lastName>Porter</lastName>"
        "<email>trust@example.com</email></reportingPerson></reporter>"
        "<personOrUserReported><personOrUserReportedPerson><firstName>Al</firstName>"
        f"<lastName>{mark}</lastName><email>{mark}@example.net</email></personOrUserReportedPerson>"
        f"<espIdentifier>{mark}-77</espIdentifier><espService>Example Chat</espService><screenName>{mark}</screenName>"
        f"<profileUrl>{site}/u/{mark}</profileUrl>{events}"
        f"<additionalInfo>{_NOTE}</additionalInfo>"
        "</personOrUserReported></report>"
    ).encode()


def _submit(wire: Wire, mark: str, chance: random.Random, urgent: bool, _: Order) -> Script:
    status, body = yield wire.request("submit", _XML, report_xml(mark, chance, urgent=urgent))
    return _number(status, body)


def _submit_and_finish(wire: Wire, mark: str, chance: random.Random, urgent: bool, _: Order) -> Script:
    status, body = yield wire.request("submit", _XML, report_xml(mark, chance, urgent=urgent))
    return (yield from _finish(wire, _number(status, body)))


def _conversation(wire: Wire, mark: str, chance: random.Random, urgent: bool, order: Order) -> Script:
    status, body = yield wire.request("submit", _XML, report_xml(mark, chance, urgent=urgent))
    number = _number(status, body)
    if not number:
        return 0
    status, body = yield wire.upload(number, mark.encode().ljust(16) * (order.file_bytes // 16))
    named = _FILE_ID.search(body)
    if status != 200 or named is None:
        return 0
    details = (
        f"<fileDetails><reportId>{number}</reportId><fileId>{named[1].decode()}</fileId>"
        "<originalFileName>p.png</originalFileName><fileViewedByEsp>true</fileViewedByEsp></fileDetails>"
    )
    status, body = yield wire.request("fileinfo", _XML, details.encode())
    return (yield from _finish(wire, _number(status, body)))


def _finish(wire: Wire, number: int) -> Script:
    if not number:
        return 0
    status, body = yield wire.request("finish", _FORM, f"id={number}".encode())
    return _number(status, body)


def _number(status: int, body: bytes) -> int:
    found = _NUMBER.search(body)
    return int(found[1]) if status == 200 and found else 0


SCRIPTS: dict[str, Callable[[Wire, str, random.Random, bool, Order], Script]] = {
    "submit": _submit,
    "submit and finish": _submit_and_finish,
    "conversation": _conversation,
}


@dataclass(slots=True)
class _Lane:
    """One connection and the script that runs on it."""

    link: socket.socket
    is_apart: bool = False  # of the urgent ones of an open loop
    script: Script | None = None  # None while it is idle
    begun: float = 0.0
    urgent: bool = False
    held: bytes = b""
    rested: float = 0.0  # since when it is idle


class Driver:
    """Runs an order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._wire = Wire(order)
        self._chance = random.Random(order.seed)
        self._selector = selectors.DefaultSelector()
        self._statuses: Counter[str] = Counter()
        self._result = Result()
        self._idle: dict[bool, list[_Lane]] = {True: [], False: []}  # of the urgent ones, and of the crowd
        self._lanes = 0  # of the crowd
        self._last = 0.0  # when the last acknowledgement came

    def run(self) -> Result:
        """This function will run every script and tell what came of them."""
        due, busy = self._due(), 0
        waiting: deque[float] = deque()  # due, and without a connection yet
        start = self._last = time.perf_counter()
        following = next(due, None)
        while busy or waiting or following is not None:
            now = time.perf_counter() - start
            while following is not None and following <= now and (self._order.rate or self._has_lane()):
                is_urgent = self._chance.random() < self._order.urgent_share
                if is_urgent or not self._order.rate:
                    self._begin(self._lane(urgent=is_urgent), self._since(start, following), urgent=is_urgent)
                    busy += 1
                else:
                    waiting.append(following)
                following = next(due, None)
                if following is not None and self._order.seconds and following > self._order.seconds:
                    following = None
            while waiting and self._has_lane():
                self._begin(self._lane(), self._since(start, waiting.popleft()))
                busy += 1
            is_full = not self._order.rate and not self._has_lane()
            pause = None if following is None or is_full else max(0.0, following - (time.perf_counter() - start))
            ready = self._selector.select(SILENCE_SECONDS if pause is None else pause)
            if not ready and pause is None:
                raise TimeoutError(f"no answer for {SILENCE_SECONDS} s")
            for key, _ in ready:
                if self._go_on(key.data):
                    busy -= 1
                    self._idle[key.data.is_apart].append(key.data)
            if self._order.seconds and now > self._order.seconds:
                following = None
                waiting.clear()
        self._result.seconds = self._last - start
        self._result.statuses = dict(self._statuses)
        return self._result

    def _since(self, start: float, due: float) -> float:
        # In an open loop the wait is counted from when the script was due, not from when a lane was free.
        return start + due if self._order.rate else time.perf_counter()

    def _has_lane(self) -> bool:
        return bool(self._idle[False]) or self._lanes < self._order.connections

    def _lane(self, *, urgent: bool = False) -> _Lane:
        """One that is idle, or a new one: opened as they are needed, all at once would hold up the first calls.

        In an open loop the urgent ones have lanes of their own, which never become the crowd's.
        """
        is_apart = urgent and bool(self._order.rate)
        if self._idle[is_apart]:
            lane = self._idle[is_apart].pop()
            # As clients do: sooner than the server, which closes what rests for ten seconds.
            return self._reopen(lane) if time.perf_counter() - lane.rested > MOST_REST_SECONDS else lane
        self._lanes += not is_apart
        return self._open(_Lane(self._connect(), is_apart))

    def _due(self) -> Iterator[float]:
        gap = 1 / self._order.rate if self._order.rate else 0.0
        return (place * gap for place in range(self._order.count))

    def _connect(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self._order.port), timeout=60)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link

    def _open(self, lane: _Lane) -> _Lane:
        self._selector.register(lane.link, selectors.EVENT_READ, lane)
        return lane

    def _begin(self, lane: _Lane, begun: float, *, urgent: bool = False) -> None:
        lane.urgent = urgent
        mark = f"u{self._chance.getrandbits(64):x}"
        lane.script = SCRIPTS[self._order.script](self._wire, mark, self._chance, lane.urgent, self._order)
        lane.begun, lane.held = begun, b""
        lane.link.sendall(next(lane.script))

    def _go_on(self, lane: _Lane) -> bool:
        piece = lane.link.recv(65536)
        if not piece:
            return self._broken(lane)
        lane.held += piece
        head, edge, body = lane.held.partition(b"\r\n\r\n")
        found = _LENGTH.search(head + b"\r\n")
        if not edge or found is None or len(body) < int(found[1]):
            return False
        status, lane.held = int(head[9:12]), b""
        self._statuses[str(status)] += 1
        assert lane.script is not None
        try:
            lane.link.sendall(lane.script.send((status, body)))
        except StopIteration as ended:
            self._end(lane, ended.value)
            return True
        return False

    def _broken(self, lane: _Lane) -> bool:
        was_busy, lane.script = lane.script is not None, None
        if was_busy:
            self._statuses["broken"] += 1
        self._reopen(lane)
        return was_busy

    def _reopen(self, lane: _Lane) -> _Lane:
        self._selector.unregister(lane.link)
        lane.link.close()
        lane.link, lane.rested = self._connect(), time.perf_counter()
        return self._open(lane)

    def _end(self, lane: _Lane, number: int) -> None:
        lane.script, lane.rested = None, time.perf_counter()
        if number:
            self._last = time.perf_counter()
            self._result.numbers.append(number)
            kept = self._result.urgent_waits if lane.urgent else self._result.waits
            kept.append(self._last - lane.begun)


def drive(order: Order) -> Result:
    """This function will run an order in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.load"],
        input=json.dumps(asdict(order)), capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return Result(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(Driver(Order(**json.load(sys.stdin))).run())))

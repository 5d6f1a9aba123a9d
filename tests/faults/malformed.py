"""Broken and hostile documents against a running door: every one gets the documented answer, soon, and none stays.

Published collections (the XML conformance suite, the list of naughty strings), our own damage to whole documents,
and documents near the schema. A document that turns out to be sound may be taken. Nothing may end in a fault of ours.

Negative control: `judge` is given an answer of 500 and one without the documented root, and must tell both.
"""

from __future__ import annotations

import base64
import http.client
import random
import re
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import stack
from tests.malformed_documents import Body, conformance, damaged, naughty, near_the_schema

from tipline.figures.figure import Figure, Measured, Series, percentile

ABOUT = "10,000 malformed documents against the reporting API: no answer of 500, no slow one, no memory kept"
SENDERS = 4
MOST_WAIT_MS = 250.0
MOST_GROWN_MB = 32.0
WARM = 0.2  # of all documents: what caches and allocators take until then is no leak
# What may be said to a document: taken, invalid, malformed, too large, or about a report or file that there is not.
DOCUMENTED = {200: {0}, 400: {4000, 4100, 4110}, 404: {5001, 5002}, 413: {4000}}
_CODE = re.compile(rb"<reportResponse><responseCode>(\d+)</responseCode><responseDescription>")


@dataclass(slots=True)
class Outcome:
    """A whole run: how many were sent and taken, each wait in seconds, what was wrong, memory grown in bytes."""

    waits: list[float] = field(default_factory=list)
    taken: int = 0
    faults: list[str] = field(default_factory=list)
    grown: int = 0
    seconds: float = 0.0

    @property
    def slow_ms(self) -> float:
        """The wait that 99 of 100 stayed below."""
        return percentile(self.waits, 0.99) * 1000


def run(full: bool) -> Iterator[Figure]:
    """This function will send all documents to a house of its own, in a temporary folder."""
    bodies = everything() if full else some(600)
    with tempfile.TemporaryDirectory(prefix="tipline-malformed-") as folder, stack.start(Path(folder)) as house:
        outcome = send(house, house.company(), bodies)
    sound = not outcome.faults and outcome.slow_ms < MOST_WAIT_MS and outcome.grown < MOST_GROWN_MB * 2**20
    series, n, seconds = Series("malformed", sound), len(outcome.waits), outcome.seconds
    yield series.figure("documents sent", "documents", Measured(n, n, seconds), at_least=10_000 if full else 600)
    yield series.figure("undocumented answers and answers of 500", "answers", Measured(len(outcome.faults), n, seconds))
    yield series.figure("wait, 99 of 100 (to be under 250)", "ms", Measured(outcome.slow_ms, n, seconds))
    yield series.figure("memory grown (to be under 32)", "MiB", Measured(outcome.grown / 2**20, n, seconds))
    yield series.figure("sound after all, and taken", "documents", Measured(outcome.taken, n, seconds))


def everything() -> list[Body]:
    """This function will put together at least 10,000 documents, well mixed."""
    made = [*conformance(), *naughty(), *damaged(3_500, random.Random(1)), *near_the_schema(2_000)]
    random.Random(2).shuffle(made)
    return made


def some(count: int) -> list[Body]:
    """This function will make a small number of documents without fetching anything."""
    return [*damaged(count - 50, random.Random(1)), *near_the_schema(50)]


def send(house: stack.Stack, known: stack.Credential, bodies: list[Body]) -> Outcome:
    """This function will send all documents, several at a time, and judge every answer."""
    outcome, lock, turns = Outcome(), threading.Lock(), iter(bodies)
    senders = [threading.Thread(target=_sender, args=(house, known, turns, lock, outcome)) for _ in range(SENDERS)]
    begun = time.perf_counter()
    for sender in senders:
        sender.start()
    warm = _after(outcome, int(len(bodies) * WARM), senders, house)
    for sender in senders:
        sender.join()
    outcome.seconds = time.perf_counter() - begun
    outcome.grown = memory_of(house) - warm
    return outcome


def _after(outcome: Outcome, count: int, senders: Iterable[threading.Thread], house: stack.Stack) -> int:
    while len(outcome.waits) < count and any(sender.is_alive() for sender in senders):
        time.sleep(0.02)
    return memory_of(house)


def memory_of(house: stack.Stack) -> int:
    """This function will read how much memory the door's process holds, in bytes."""
    status = Path(f"/proc/{house.pid_of('esp_api')}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def _sender(
    house: stack.Stack, known: stack.Credential, turns: Iterator[Body], lock: threading.Lock, outcome: Outcome
) -> None:
    token = base64.b64encode(f"{known.username}:{known.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "text/xml"}
    link = http.client.HTTPConnection("127.0.0.1", house.port("esp_api"), timeout=60)
    while True:
        with lock:
            body = next(turns, None)
        if body is None:
            break
        call, raw = body
        begun = time.perf_counter()
        try:
            link.request("POST", f"/ispws{call}", raw, headers)
            answer = link.getresponse()
            wrong, taken = judge(answer.status, answer.read()), answer.status == 200
        except (OSError, http.client.HTTPException) as error:
            wrong, taken = f"no answer: {type(error).__name__}", False
            link.close()
        with lock:
            outcome.waits.append(time.perf_counter() - begun)
            outcome.taken += taken
            if wrong:
                outcome.faults.append(f"{wrong} {raw[:200]!r}")
    link.close()


def judge(status: int, body: bytes) -> str:
    """This function will say what is wrong with an answer; nothing where it is a documented one."""
    found = _CODE.search(body)
    if found is None:
        return f"{status} without the documented form"
    code = int(found[1])
    return "" if code in DOCUMENTED.get(status, set()) else f"{status} with code {code}"

"""How fast a consumer gets a whole hash list: by a plain loop, and by the published client, which also parses.

The peer of both is the same consumer at a plain server that holds the very same pages in memory: what is left of the
time there is the client's and the socket's own, so the ratio is the cost of asking the database and writing the XML.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from lxml import etree
from tests import stack
from tests.contract import clients
from tests.sharing_world import Login, partner, seed_entries

from tipline.figures.figure import Figure, Measured, Peer, Series, percentile

ABOUT = "entries a second of a first full fetch of a hash list, and the memory of the door"
NAMESPACE = "{https://hashsharing.ncmec.org/hashsharing/v2}"
FIRST = "/v2/entries?from=1970-01-01T00:00:00Z"
_SAME = "the same consumer at a plain server with the same pages in memory"
_PLAIN = """
import pickle, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
pages = pickle.load(open(sys.argv[1], "rb"))
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        page = pages[self.path]
        self.send_response(200)
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
    def log_message(self, *given): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
_CLIENT = """
import json, sys, time
from types import SimpleNamespace
from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI
given = json.load(sys.stdin)
api = NCMECHashAPI(given["username"], given["secret"], SimpleNamespace(value=given["url"]))
begun, count = time.perf_counter(), 0
for page in api.get_entries_iter(resume_paging_url=given["first"]):
    count += len(page.updates)
print(json.dumps({"step": "fetch", "count": count, "seconds": time.perf_counter() - begun}))
"""


@dataclass(slots=True)
class _Fetched:
    """What one full fetch brought: pages by address, waits, entries, seconds."""

    pages: dict[str, bytes] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    entries: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> Measured:
        """Entries a second."""
        return Measured(self.entries / self.seconds, self.entries, self.seconds)


def run(full: bool) -> Iterator[Figure]:
    """This function will measure against a house of its own, in a temporary folder."""
    count = 200_000 if full else 5_000
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder, stack.start(Path(folder)) as house:
        seed_entries(house, count)
        login = partner(house, "Example Photos", ("HASH_SHARING", "industry"))
        base = f"{house.address('hash_sharing')}/hashsharing"
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 2))
        first = f"{FIRST}&to={until}"
        fetched = _fetch(base, first, login)
        with _plain_server(Path(folder), fetched.pages) as plain:
            same = _fetch(plain, first, login)
            at_door, at_plain = _by_client(base, first, login), _by_client(plain, first, login)
        sound = len({fetched.entries, same.entries, at_door.n, at_plain.n, count}) == 1
        sound = sound and fetched.pages == same.pages
        yield from _figures(Series("hash_sharing", sound), fetched, same)
        peer = Peer(f"{_SAME} (its own parsing)", at_plain.ours)
        yield Series("hash_sharing", sound).figure("first full fetch, threatexchange", "entries/s", at_door, peer=peer)
        memory = Measured(_resident_mb(house), fetched.entries, fetched.seconds)
        yield Series("hash_sharing", sound).figure("memory of the door afterwards", "MB", memory)


def _figures(series: Series, fetched: _Fetched, same: _Fetched) -> Iterator[Figure]:
    pages = Measured(len(fetched.waits) / fetched.seconds, len(fetched.waits), fetched.seconds)
    yield series.figure("first full fetch", "entries/s", fetched.rate, peer=Peer(_SAME, same.rate.ours))
    yield series.figure("first full fetch, pages of 1,000", "pages/s", pages)
    for share, words in ((0.5, "median"), (0.99, "99 of 100")):
        wait = Measured(percentile(fetched.waits, share) * 1000, len(fetched.waits), fetched.seconds)
        yield series.figure(f"wait for a page of 1,000, {words}", "ms", wait)


def _fetch(base: str, first: str, login: Login) -> _Fetched:
    found, following = _Fetched(), first
    with httpx.Client(auth=(login.username, login.secret), timeout=60) as client:
        client.get(f"{base}{first}&size=1" if base.endswith("hashsharing") else f"{base}{first}")  # the slow log-in
        begun = time.perf_counter()
        while following:
            asked = time.perf_counter()
            content = client.get(f"{base}{following}").raise_for_status().content
            found.waits.append(time.perf_counter() - asked)
            found.pages[following] = content
            found.entries += content.count(b"<id>")
            following = _next(content)
        found.seconds = time.perf_counter() - begun
    return found


def _next(content: bytes) -> str:
    tail = content[content.rfind(b"<paging>") :] if b"<paging>" in content[-600:] else b""
    return etree.fromstring(tail.removesuffix(b"</queryResult>")).findtext("next") or "" if tail else ""


def _by_client(base: str, first: str, login: Login) -> Measured:
    given = {"url": base, "first": first, "username": login.username, "secret": login.secret}
    told = clients.steps(clients.run([str(clients.peers_python()), "-c", _CLIENT], given=json.dumps(given)))["fetch"]
    return Measured(told["count"] / told["seconds"], told["count"], told["seconds"])


@contextmanager
def _plain_server(folder: Path, pages: dict[str, bytes]) -> Iterator[str]:
    kept = folder / "pages"
    kept.write_bytes(pickle.dumps(pages))
    process = subprocess.Popen([sys.executable, "-c", _PLAIN, str(kept)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


def _resident_mb(house: stack.Stack) -> float:
    # The door's process starts one that serves: both count.
    door = house.pid_of("hash_sharing")
    kilobytes = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if door is not None and str(door) in (lines["Pid"].strip(), lines["PPid"].strip()):
            kilobytes += int(lines.get("VmRSS", "0 kB").split()[0])
    return kilobytes / 1024

"""What an upload of a gigabyte costs the reporting API: memory, and processor time for three digests and sealing.

Our rate is counted by processor time, of the door's whole process, its HTTP and its form included: "a core" is what it
says, however fast the disk is. The peer does the bare work alone, in one thread: three digests and AES-256-GCM of the
same bytes, nothing received, nothing kept. Digests must be equal, and what was stored must open to the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import random
import socket
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests import stack
from tests.esp_client import EspClient, report_xml

from tipline.figures.figure import Figure, Measured, Peer, Series

ABOUT = "memory and processor time of the reporting API for a file of a gigabyte"
MB = 1_000_000
BLOCK = 1 << 20
KINDS = ("md5", "sha1", "sha256")
_EDGE = "bench-edge-51c0"
_OPENED = """
import hashlib
from tipline.platform.vault.service import read_incoming
from tipline.reports.models import File
file = File.objects.latest("id")
opened = hashlib.sha256()
for piece in read_incoming(name=file.incoming_name, wrapped_key=bytes(file.wrapped_key)):
    opened.update(piece)
answer = opened.hexdigest()
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will upload to a house of its own, in a temporary folder."""
    blocks, rounds = (954, 3) if full else (48, 2)  # 954 MiB are a little over 1 GB
    with tempfile.TemporaryDirectory(prefix="tipline-upload-") as folder, stack.start(Path(folder)) as house:
        ours = _Sender(house).send(blocks, rounds)
        opened = house.ask(_OPENED, seconds=300)
        found = house.rows("SELECT md5, sha1, sha256, size FROM reports_file ORDER BY id DESC LIMIT %s", rounds)
    size = blocks * BLOCK
    digests, peer_seconds = _bare_work(blocks, rounds)
    series = Series("upload", sound=found == [(*digests, size)] * rounds and opened == digests[2])
    grown = Series("upload", sound=series.sound and ours.grown_mib * (1 << 20) < 50 * MB)
    bare = Peer("three digests and AES-256-GCM alone, one thread", size * rounds / peer_seconds / MB)
    rate = Measured(size * rounds / ours.worked / MB, size * rounds, ours.worked)
    yield series.figure("taken in by one core", "MB/s", rate, at_least=150)
    yield series.figure("taken in by one core, beside the bare work", "MB/s", rate, peer=bare)
    wall = Measured(size * rounds / ours.seconds / MB, size * rounds, ours.seconds)
    yield series.figure("taken in, sender and disk included", "MB/s", wall)
    memory = Measured(ours.grown_mib, rounds, ours.seconds)
    yield grown.figure("memory grown at the peak (to be under 47.7)", "MiB", memory)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What uploads cost: by the clock, in processor time of the door, and in memory above what it held before."""

    seconds: float
    worked: float
    grown_mib: float


class _Sender:
    """Sends blocks of made-up bytes as one form, piece by piece."""

    def __init__(self, house: stack.Stack) -> None:
        self._house = house
        self._known = house.company()

    def send(self, blocks: int, rounds: int) -> _Cost:
        """This function will upload files of so many blocks, one after another, to one report."""
        with EspClient(self._house.port("esp_api"), self._known.username, self._known.secret) as client:
            report = client.submit(report_xml("upload")).report
            client.upload(report, bytes(8 * BLOCK))  # what is loaded at the first upload is held from then on
            doors = [*_family(self._house.pid_of("esp_api") or 0)]
            held = sum(_memory(pid, "VmRSS") for pid in doors)
            for pid in doors:
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is counted from here
            begun, worked = time.perf_counter(), sum(map(_worked, doors))
            for _ in range(rounds):
                self._one(report, blocks)
            seconds, worked = time.perf_counter() - begun, sum(map(_worked, doors)) - worked
            peak = sum(_memory(pid, "VmHWM") for pid in doors)
        return _Cost(seconds, worked, (peak - held) / 1024)

    def _one(self, report: int, blocks: int) -> None:
        part = f'--{_EDGE}\r\nContent-Disposition: form-data; name="'
        head = f'{part}id"\r\n\r\n{report}\r\n{part}file"; filename="big.bin"\r\n\r\n'.encode()
        tail = f"\r\n--{_EDGE}--\r\n".encode()
        token = b64encode(f"{self._known.username}:{self._known.secret}".encode()).decode()
        lines = (
            "POST /ispws/upload HTTP/1.1", "Host: bench", f"Authorization: Basic {token}", "Connection: close",
            f"Content-Type: multipart/form-data; boundary={_EDGE}",
            f"Content-Length: {len(head) + blocks * BLOCK + len(tail)}", "", "",
        )  # fmt: skip
        with socket.create_connection(("127.0.0.1", self._house.port("esp_api")), timeout=120) as link:
            link.sendall("\r\n".join(lines).encode() + head)
            for block in _blocks(blocks):
                link.sendall(block)
            link.sendall(tail)
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        assert b"<responseCode>0<" in answer, answer[:500]


def _blocks(count: int) -> Iterator[bytes]:
    noise = random.Random(4).randbytes(BLOCK)
    for number in range(count):
        yield number.to_bytes(8, "big") + noise[8:]


def _bare_work(blocks: int, rounds: int) -> tuple[tuple[str, ...], float]:
    with get_context("spawn").Pool(1) as pool:  # in a process of its own, so that its processor time is its own
        return pool.apply(_hash_and_seal, (blocks, rounds))


def _hash_and_seal(blocks: int, rounds: int) -> tuple[tuple[str, ...], float]:
    made, seconds = (), 0.0
    for _ in range(rounds):
        hashes = [hashlib.new(kind, usedforsecurity=False) for kind in KINDS]
        cipher = AESGCM(os.urandom(32))
        for number, block in enumerate(_blocks(blocks)):
            begun = time.process_time()
            for each in hashes:
                each.update(block)
            cipher.encrypt(number.to_bytes(12, "big"), block, None)
            seconds += time.process_time() - begun
        made = tuple(each.hexdigest() for each in hashes)
    return made, seconds


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        yield from _family(int(child))


def _memory(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _worked(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""The sandbox: what it decodes, and that nothing breaks out. Each probe is also run outside, where it works."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tipline.media import sandbox
from tipline.media.pdq import pdq

pytestmark = pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine")

_CONFINED = """\
import os, sys
sys.path.insert(0, "/box")
from tipline.media.box import become, limit
limit()
become(int(sys.argv[1]))
"""


def _picture(form: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    small = np.random.default_rng(5).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(out, form)
    return out.getvalue()


def _probe(code: str, *, seconds: float = 10, cap: int = 10_000) -> sandbox.Answer:
    uid = "61999" if os.geteuid() == 0 else "0"
    return sandbox.run_in_box([_CONFINED + code, uid], [b""], cap=cap, wall_seconds=seconds)


def _outside(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False).stdout


def test_a_picture_is_decoded_and_hashed_as_outside() -> None:
    data = _picture()
    found = sandbox.fingerprint([data[:1000], data[1000:]])
    assert isinstance(found, sandbox.Decoded)
    grey = np.asarray(Image.open(io.BytesIO(data)).convert("RGB").convert("L"))
    assert found.pdq == pdq(grey)
    assert (found.width, found.height, found.format, len(found.dihedral)) == (300, 200, "JPEG", 8)
    assert Image.open(io.BytesIO(found.preview)).mode == "L"


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO"])
def test_every_allowed_format_is_decoded_in_the_box(form: str) -> None:
    assert isinstance(sandbox.fingerprint([_picture(form, (64, 64))]), sandbox.Decoded)


def test_a_view_is_encoded_anew() -> None:
    marked = _picture("JPEG", (2000, 500)) + b"CANARY-BEHIND-THE-PICTURE"
    seen = sandbox.view([marked], grey=False)
    assert isinstance(seen, sandbox.View)
    assert (seen.width, seen.height) == (1280, 320)
    assert b"CANARY" not in seen.jpeg


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0\0\0\x18ftypmp42" + bytes(100), "not decoded: video"),
        (b"%PDF-1.4 words", "not decoded: document"),
        (b"PK\x03\x04" + bytes(100), "not decoded: archive"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "not decoded: image/heic"),
        (b"", "not decoded: unknown"),
        (_picture()[:900], "damaged or not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "damaged or not a picture"),
    ],
)
def test_what_is_not_a_good_still_picture_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert sandbox.fingerprint([data]) == sandbox.Refused(reason)


def test_a_pixel_flood_is_refused() -> None:
    flood = bytearray(_picture("PNG", (8, 8)))
    flood[16:24] = (60_000).to_bytes(4, "big") * 2
    flood[29:33] = zlib.crc32(flood[12:29]).to_bytes(4, "big")
    assert sandbox.fingerprint([bytes(flood)]) == sandbox.Refused("too many pixels")


def test_a_big_picture_fits_into_the_memory_of_the_box() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (7900, 8000), (9, 9, 9, 200)).save(out, "PNG", compress_level=1)
    found = sandbox.fingerprint([out.getvalue()])
    assert isinstance(found, sandbox.Decoded)


def test_an_error_of_the_source_passes_through() -> None:
    def broken() -> Iterator[bytes]:
        yield _picture()[:5000]
        raise ConnectionError("the store went away")

    with pytest.raises(ConnectionError):
        sandbox.fingerprint(broken())


def test_without_a_sandbox_nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "sandbox_available", lambda: False)
    assert sandbox.fingerprint([_picture()]) == sandbox.Refused("no sandbox")


def test_the_network_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), 2)
    print("connected")
except OSError:
    print("refused")
"""
        assert _outside(code) == "connected\n"
        assert _probe(code).raw == b"refused\n"


def test_files_outside_cannot_be_read_or_even_seen(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary")
    tmp_path.chmod(0o755)
    code = f"""
for path in ({str(tmp_path / "secret")!r}, "/etc/passwd"):
    try:
        print(len(open(path).read()) > 0)
    except OSError:
        print("nothing")
"""
    assert _outside(code) == "True\nTrue\n"
    assert _probe(code).raw == b"nothing\nnothing\n"


def test_nothing_can_be_written_anywhere() -> None:
    code = """
import os
done = 0
for folder in ("/", "/box", "/box/tipline/media", "/dev", "/dev/shm", "/usr", "/tmp"):
    try:
        with open(os.path.join(folder, "x"), "w") as out:
            out.write("x")
        done += 1
    except OSError:
        pass
print(done)
"""
    assert _probe(code).raw == b"0\n"


def test_no_rights_are_left() -> None:
    code = """
import ctypes, os
for attempt in (lambda: os.setuid(0), lambda: os.chroot("/"), lambda: os.kill(1, 9), lambda: os.mknod("/x")):
    try:
        attempt()
        print("possible")
    except OSError:
        pass
libc = ctypes.CDLL(None)
print(libc.mount(b"none", b"/usr", b"tmpfs", 0, None), sorted(os.environ))
"""
    found = _probe(code).raw.decode()
    assert "possible" not in found
    assert found.startswith("-1")
    assert "PATH" not in found


def test_only_the_box_s_own_processes_can_be_seen() -> None:
    code = f"""
import os
try:
    os.kill({os.getpid()}, 0)
    print("seen")
except ProcessLookupError:
    print("no such process")
"""
    assert _outside(code) == "seen\n"
    assert _probe(code).raw == b"no such process\n"


def test_two_gigabytes_cannot_be_had() -> None:
    code = """
try:
    bytearray(2 * 1024 ** 3)
    print("had")
except MemoryError:
    print("refused")
"""
    assert _probe(code).raw == b"refused\n"


def test_a_fork_bomb_stays_small_and_dies() -> None:
    code = """
import os, time
made = 0
try:
    while made < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        made += 1
except OSError:
    pass
print(made, flush=True)
os._exit(0)
"""
    began = time.monotonic()
    made = int(_probe(code, seconds=20).raw)
    assert made <= 64
    assert time.monotonic() - began < 20


def test_an_endless_loop_is_ended_from_outside() -> None:
    assert _probe("while True: pass", seconds=1).trouble == "decoder took too long"


def test_an_endless_loop_of_children_is_ended_with_them() -> None:
    code = "\nimport os, time\nos.fork()\ntime.sleep(600)"
    began = time.monotonic()
    assert _probe(code, seconds=1).trouble == "decoder took too long"
    assert time.monotonic() - began < 10


def test_an_endless_answer_is_cut() -> None:
    code = "\nimport sys\nwhile True: sys.stdout.write('x' * 65536)"
    assert _probe(code, cap=100_000) == sandbox.Answer(b"", "decoder said too much")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"[1]\n",
        b'{"bytes": 5}\nabc',
        b'{"refused": "<script>alert(1)</script>", "bytes": 0}\n',
        b'{"bytes": 0, "pdq": ["x"], "quality": 5, "shape": [1, 1], "facts": {}}\n',
        b'{"bytes": 1, "pdq": 5, "quality": 5, "shape": [1, 1], "facts": {}}\nx',
        b'{"bytes": 9, "shape": [3000000000, 3000000000]}\n123456789',
        b"[" * 100_000,
    ],
)
def test_a_lying_answer_is_a_refusal(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run_in_box", lambda *_, **__: sandbox.Answer(answer))
    for found in (sandbox.fingerprint([_picture()]), sandbox.view([_picture()], grey=True)):
        assert isinstance(found, sandbox.Refused)
        assert "<" not in found.reason


def test_a_box_that_is_killed_while_it_is_set_up_leaves_nothing_behind() -> None:
    def broken() -> Iterator[bytes]:
        raise OSError("gone")
        yield b""

    for _ in range(25):  # sooner or later the kill strikes between the box's two processes
        with pytest.raises(OSError, match="gone"):
            sandbox.run_in_box(["import sys; sys.stdin.buffer.read()"], broken(), cap=10, wall_seconds=20)

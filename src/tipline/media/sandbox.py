"""Runs `media.box` where hostile bytes can do no harm: no network, no files, no rights, little memory, little
time.

The answer is treated as an attacker's: sizes are capped, every value is checked for form, and pictures come
out as bare pixels that are encoded here. Where bubblewrap cannot run, nothing is decoded at all.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from PIL import Image

from tipline.media import identify
from tipline.media.pdq import Pdq

WALL_SECONDS = 20.0
_HEAD_CAP = 64 * 1024
_FINGERPRINT_CAP = _HEAD_CAP + 256 * 256
_VIEW_CAP = _HEAD_CAP + 1280 * 1280 * 3
_FIRST_UID, _UIDS = 61184, 4000
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_WORDS = re.compile(r"[a-z0-9 ,:/.+-]{1,80}\Z")
_FACT = re.compile(r"[a-z_]{1,20}\Z")
_LAUNCH = """\
import sys
sys.path.insert(0, "/box")
from tipline.media.box import main
main(int(sys.argv[1]), sys.argv[2])
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """The file was not decoded; `reason` is a few fixed words, nothing of the file."""

    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the sandbox made of a picture. `dihedral` holds eight hashes, the first as stored; `preview` is
    JPEG. `trimmed`: the same eight without its plain borders; empty where it has none.
    """

    width: int
    height: int
    format: str
    dihedral: tuple[Pdq, ...]
    preview: bytes
    facts: dict[str, str] = field(default_factory=dict)
    trimmed: tuple[Pdq, ...] = ()

    @property
    def pdq(self) -> Pdq:
        """The hash of the picture as stored."""
        return self.dihedral[0]


@dataclass(frozen=True, slots=True)
class View:
    """A picture to look at, encoded anew: JPEG bytes and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out of the box, unchecked, and why it ended: "" or the reason of a refusal."""

    raw: bytes
    trouble: str = ""


def fingerprint(pieces: Iterable[bytes], *, wall_seconds: float = WALL_SECONDS) -> Decoded | Refused:
    """This function will decode a still picture in the sandbox and hash it.

    `pieces` are the file's bytes. Whatever is not a picture is refused unread; `pieces` is then not
    exhausted. Errors of `pieces` itself pass through.
    """
    found = _run("fingerprint", pieces, _FINGERPRINT_CAP, wall_seconds)
    if isinstance(found, Refused):
        return found
    try:
        return _decoded(*found)
    except (KeyError, TypeError, ValueError):
        return Refused("decoder gave no sensible answer")


def view(pieces: Iterable[bytes], *, grey: bool, wall_seconds: float = WALL_SECONDS) -> View | Refused:
    """This function will decode a still picture in the sandbox for a person to look at, upright and not too
    big.

    The bytes shown are never the bytes sent: only pixels leave the sandbox.
    """
    found = _run("view", pieces, _VIEW_CAP, wall_seconds)
    if isinstance(found, Refused):
        return found
    try:
        width, height = _shape(found[0]["shape"], 1280)
        image = Image.frombytes("RGB", (width, height), found[1])
    except (KeyError, TypeError, ValueError):
        return Refused("decoder gave no sensible answer")
    return View(_jpeg(image.convert("L") if grey else image, 85), width, height)


@cache
def sandbox_available() -> bool:
    """This function will tell whether files can be decoded on this machine, by doing it once."""
    # Imported, though not used here, so that Python has compiled it: the box cannot keep what it compiles.
    importlib.import_module("tipline.media.decode")
    dot = io.BytesIO()
    Image.new("L", (8, 8), 128).save(dot, "PNG")
    return isinstance(_boxed("fingerprint", [dot.getvalue()], _FINGERPRINT_CAP, WALL_SECONDS), tuple)


def _run(job: str, pieces: Iterable[bytes], cap: int, wall: float) -> tuple[dict[str, Any], bytes] | Refused:
    rest = iter(pieces)
    head = b""
    while len(head) < identify.HEAD_BYTES and (piece := next(rest, b"")):
        head += piece
    kind = identify.identify(head[: identify.HEAD_BYTES])
    if kind.family is not identify.Family.STILL:
        return Refused(f"not decoded: {kind.family.value}")
    if kind.media_type not in identify.DECODABLE:
        return Refused(f"not decoded: {kind.media_type}")
    if not sandbox_available():
        return Refused("no sandbox")
    return _boxed(job, _chain(head, rest), cap, wall)


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _boxed(job: str, pieces: Iterable[bytes], cap: int, wall: float) -> tuple[dict[str, Any], bytes] | Refused:
    uid = _FIRST_UID + secrets.randbelow(_UIDS) if os.geteuid() == 0 else 0
    answer = run_in_box([_LAUNCH, str(uid), job], pieces, cap=cap, wall_seconds=wall)
    if answer.trouble:
        return Refused(answer.trouble)
    line, _, body = answer.raw.partition(b"\n")
    try:
        head = json.loads(line[:_HEAD_CAP])
        refused, size = head.get("refused"), head["bytes"]
    except (ValueError, KeyError, AttributeError, RecursionError):
        return Refused("decoder gave no sensible answer")
    if refused is not None:
        return Refused(refused if isinstance(refused, str) and _WORDS.match(refused) else "refused")
    return (head, body) if size == len(body) else Refused("decoder gave no sensible answer")


def run_in_box(code: list[str], pieces: Iterable[bytes], *, cap: int, wall_seconds: float) -> Answer:
    """This function will run Python code in the sandbox, feed it bytes and return at most `cap` bytes of
    answer.

    `code` is the program and its arguments. Used apart from this module only by the tests that try to break
    out.
    """
    command = [*_bubblewrap(), _interpreter(), "-I", "-S", "-B", "-c", *code]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return Answer(b"", "no sandbox")
    late = threading.Event()
    timer = threading.Timer(wall_seconds, _kill_late, (process, late))
    reader = _Reader(process, cap)
    timer.start()
    reader.start()
    try:
        _feed(process.stdin, pieces)
        reader.join()
        process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
        _close(process.stdin)
        reader.join()
    return Answer(reader.found, _trouble(process.returncode, late.is_set(), reader.too_much))


def _trouble(code: int, late: bool, too_much: bool) -> str:
    if late:
        return "decoder took too long"
    if too_much:
        return "decoder said too much"
    return "" if code == 0 else "decoder failed"


def _kill_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # With its group: a box that is killed while it is being set up leaves a child that does not die with it yet, and
    # which would hold the answer's pipe open for ever.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class _Reader(threading.Thread):
    """Reads the answer beside the feeding, so that neither side waits for the other for ever."""

    def __init__(self, process: subprocess.Popen[bytes], cap: int) -> None:
        super().__init__(daemon=True)
        self._process, self._cap = process, cap
        self.found, self.too_much = b"", False

    def run(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            self.found = stream.read(self._cap + 1)
        if len(self.found) > self._cap:
            self.found, self.too_much = b"", True
            _kill(self._process)


def _feed(stream: IO[bytes] | None, pieces: Iterable[bytes]) -> None:
    if stream is None:
        return
    # A broken pipe: the box ended before it had read all; its exit code tells why.
    with contextlib.suppress(BrokenPipeError):
        for piece in pieces:
            stream.write(piece)
        stream.close()


def _close(stream: IO[bytes] | None) -> None:
    with contextlib.suppress(BrokenPipeError):
        if stream is not None:
            stream.close()


@cache
def _bubblewrap() -> tuple[str, ...]:
    """Return the command of the box. As root without a user namespace: there `media.box` changes the user
    itself.
    """
    as_root = os.geteuid() == 0
    rights = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    plain = ("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL")
    apart = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    return (
        shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin") or "bwrap",
        *apart,
        *(rights if as_root else plain),
        *("--die-with-parent", "--new-session", "--clearenv", "--setenv", "OPENBLAS_NUM_THREADS", "1"),
        *_mounts(),
        *("--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
    )


def _mounts() -> list[str]:
    """Return what the box can see, all of it read-only: the system's libraries, Python, two packages, this
    code.
    """
    mounts = ["--ro-bind", "/usr", "/usr"]
    for folder in ("/lib", "/lib64", "/bin"):
        if Path(folder).is_symlink():
            mounts += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            mounts += ["--ro-bind", folder, folder]
    base = os.path.realpath(sys.base_prefix)
    if not base.startswith("/usr"):
        mounts += [*_folders(Path(base).parent), "--ro-bind", base, base]
    mounts += _folders(Path("/box/tipline"))
    for name in ("PIL", "numpy"):
        mounts += _package(name)
    house = Path(__file__).resolve().parents[1]
    mounts += ["--ro-bind", str(house / "__init__.py"), "/box/tipline/__init__.py"]
    return [*mounts, "--ro-bind", str(house / "media"), "/box/tipline/media"]


def _folders(path: Path) -> list[str]:
    # Made by name: those that bubblewrap makes on its own account are closed to the user of the box.
    each = [*reversed(path.parents), path]
    return [word for folder in each if folder != Path("/") for word in ("--dir", str(folder))]


def _package(name: str) -> list[str]:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return []
    folder = Path(found.submodule_search_locations[0])
    mounts = ["--ro-bind", str(folder), f"/box/{name}"]
    libraries = folder.parent / {"PIL": "pillow.libs"}.get(name, f"{name}.libs")
    return [*mounts, "--ro-bind", str(libraries), f"/box/{libraries.name}"] if libraries.is_dir() else mounts


def _interpreter() -> str:
    return os.path.realpath(sys.executable)


def _decoded(head: dict[str, Any], body: bytes) -> Decoded:
    dihedral = _hashes(head["pdq"], head["quality"])
    trimmed = _hashes(head["trimmed"], head["trimmed_quality"])
    if not dihedral:
        raise ValueError("hashes")
    width, height = _shape([head["width"], head["height"]], 64_000_000)
    preview = Image.frombytes("L", _shape(head["shape"], 256), body)
    facts = {
        str(name): str(value)[:80]
        for name, value in list(head["facts"].items())[:20]
        if _FACT.match(name) and str(value).isprintable()
    }
    form = str(head["format"])[:10]
    form = form if form.isalnum() else ""
    return Decoded(width, height, form, dihedral, _jpeg(preview, 60), facts, trimmed)


def _hashes(claimed: list[str], quality: int) -> tuple[Pdq, ...]:
    if len(claimed) not in (0, 8) or not all(_HEX.match(each) for each in claimed) or quality not in range(101):
        raise ValueError("hashes")
    return tuple(Pdq(each, quality) for each in claimed)


def _shape(claimed: list[int], side: int) -> tuple[int, int]:
    width, height = claimed
    if not (isinstance(width, int) and isinstance(height, int) and 1 <= width <= side and 1 <= height <= side):
        raise ValueError("shape")
    return width, height


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()

"""The house's half of the warm sandbox: boxes that stand ready, one file at a time in each.

A box is a bubblewrap process with a zygote inside (`media.zygote`). A file's bytes and its answer go over two pipes of
their own, so that a box cannot mix up two files. Time is kept here. A box that misbehaves in any way is killed and
replaced, and so is one that has served for long enough.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from tipline.media import bubblewrap
from tipline.media.zygote import BEGUN, READY

START_SECONDS = 20.0
MOST_FILES = 1000  # of one box
_PIECE = 1 << 20
_SET_PIPE_SIZE = 1031
_LAUNCH = """\
import sys
sys.path.insert(0, "/box")
from tipline.media import box, zygote
box.warm_up(sys.argv[1])
zygote.serve(box.enter, box.work)
"""


# Boxes for films and features are others: what they have loaded would make each fork for a picture dearer.
Kind = Literal["picture", "film", "features"]


class Order(NamedTuple):
    """What a box is to do with a file: which of its jobs, as which user (0: the box's own), in which kind of box."""

    job: str
    user: int
    kind: Kind

    @property
    def message(self) -> bytes:
        """The order as the zygote reads it."""
        return f"{self.user} {self.kind} {self.job}".encode()


class Gone(Exception):
    """There is no box, or it died before it took anything of the file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out of the box, unchecked, and why it ended: "" or the reason of a refusal."""

    raw: bytes
    trouble: str = ""


class Box:
    """One sandbox. Not for several threads at once."""

    def __init__(self, *code: str) -> None:
        """This function will start a box; `code` is its program and the program's arguments. Raises Gone."""
        self.served = 0
        self.is_sound = True
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self._process = _keeper().submit(_start, [*bubblewrap.command(), *code], theirs).result()
        except OSError as error:
            self._control.close()
            raise Gone from error
        if self._said(time.monotonic() + START_SECONDS) != READY:
            self.close()
            raise Gone
        _give_way_as_we_do(self._process.pid)

    def close(self) -> None:
        """This function will end the box and whatever is inside."""
        # With its group: a box that is killed while it is being set up leaves a child that does not die with it yet.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._control.close()

    def forget(self) -> None:
        """This function will let go of a box that belongs to the process that this one was forked from."""
        self._control.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, order: Order, pieces: Iterable[bytes], *, cap: int, wall_seconds: float) -> Answer:
        """This function will have one file worked upon. Raises Gone where nothing of it was read.

        Errors of `pieces` pass through.
        """
        until = time.monotonic() + wall_seconds
        self.is_sound = False
        with _Pipe() as there, _Pipe() as back:
            self._hand_over(order, there, back)
            exchange = _Exchange(there, back, cap, until)
            trouble = exchange.run(iter(pieces)) or self._ending(until)
        self.served += 1
        self.is_sound = not trouble and self.served < MOST_FILES
        return Answer(b"" if trouble else bytes(exchange.found), trouble)

    def _hand_over(self, order: Order, there: _Pipe, back: _Pipe) -> None:
        try:
            socket.send_fds(self._control, [order.message], [there.read_end, back.write_end])
        except OSError as error:
            raise Gone from error
        if self._said(time.monotonic() + START_SECONDS) != BEGUN:
            raise Gone
        there.close_read_end()
        back.close_write_end()

    def _ending(self, until: float) -> str:
        said = self._said(until)
        if said == b"0":
            return ""
        return "decoder failed" if said or time.monotonic() < until else "decoder took too long"

    def _said(self, until: float) -> bytes:
        """What the zygote says; nothing where it is late or dead."""
        self._control.settimeout(max(0.001, until - time.monotonic()))
        try:
            return self._control.recv(64)
        except OSError:
            return b""


class _Pipe:
    """A pipe whose two ends are closed once each."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self._open = {self.read_end, self.write_end}
        with contextlib.suppress(OSError):  # a user may have too many large ones already
            fcntl.fcntl(self.write_end, _SET_PIPE_SIZE, _PIECE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_read_end()
        self.close_write_end()

    def close_read_end(self) -> None:
        """This function will close the end that is read."""
        self._close(self.read_end)

    def close_write_end(self) -> None:
        """This function will close the end that is written to."""
        self._close(self.write_end)

    def _close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)


class _Exchange:
    """Feeds the file and takes the answer at the same time, so that neither side waits for the other for ever."""

    def __init__(self, there: _Pipe, back: _Pipe, cap: int, until: float) -> None:
        self._there, self._back, self._cap, self._until = there, back, cap, until
        self.found = bytearray()
        self._rest = memoryview(b"")
        os.set_blocking(there.write_end, False)

    def run(self, pieces: Iterator[bytes]) -> str:
        """This function will return "" at the end of the answer, or the reason of a refusal."""
        poll = select.poll()
        poll.register(self._there.write_end, select.POLLOUT)
        poll.register(self._back.read_end, select.POLLIN)
        while (left := self._until - time.monotonic()) > 0:
            ready = dict(poll.poll(left * 1000))
            if self._back.read_end in ready:
                piece = os.read(self._back.read_end, _PIECE)
                if not piece:
                    return ""
                self.found += piece
                if len(self.found) > self._cap:
                    return "decoder said too much"
            if self._there.write_end in ready and not self._feed(pieces):
                poll.unregister(self._there.write_end)
                self._there.close_write_end()
        return "decoder took too long"

    def _feed(self, pieces: Iterator[bytes]) -> bool:
        """Write some more; False at the end, or where the box has read enough: how it ended tells why."""
        while not self._rest:
            piece = next(pieces, None)
            if piece is None:
                return False
            self._rest = memoryview(piece)
        try:
            self._rest = self._rest[os.write(self._there.write_end, self._rest) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            return False
        return True


_idle: dict[Kind, deque[Box]] = {"picture": deque(), "film": deque(), "features": deque()}
_keepers: list[ThreadPoolExecutor] = []


def answer(order: Order, pieces: Iterable[bytes], *, cap: int, wall_seconds: float) -> Answer:
    """This function will have a file worked upon in a box that stands ready, or in a new one; see `Box.answer`."""
    for _ in range(3):  # a box that died while it waited has read nothing
        try:
            box = _idle[order.kind].pop()
        except IndexError:
            break
        with contextlib.suppress(Gone), _lent(box, order.kind):
            return box.answer(order, pieces, cap=cap, wall_seconds=wall_seconds)
    try:
        with _lent(Box(_LAUNCH, order.kind), order.kind) as box:
            return box.answer(order, pieces, cap=cap, wall_seconds=wall_seconds)
    except Gone:
        return Answer(b"", "no sandbox")


@contextlib.contextmanager
def _lent(box: Box, kind: Kind) -> Iterator[Box]:
    try:
        yield box
    finally:
        if box.is_sound and len(_idle[kind]) < (os.cpu_count() or 1):
            _idle[kind].append(box)
        else:
            box.close()


def close_all() -> None:
    """This function will end the boxes that stand ready."""
    for waiting in _idle.values():
        with contextlib.suppress(IndexError):
            while True:
                waiting.pop().close()


def _keeper() -> ThreadPoolExecutor:
    # Boxes are started by one thread that stays: bubblewrap's --die-with-parent follows the thread that started it.
    if not _keepers:
        _keepers.append(ThreadPoolExecutor(1, "box-keeper"))
    return _keepers[0]


def _start(command: list[str], control: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=control.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )


def _give_way_as_we_do(pid: int) -> None:
    # Its nice value is ours, and counts inside its session alone; the session has one of its own. Source: sched(7).
    for _ in range(5):
        try:
            Path(f"/proc/{pid}/autogroup").write_text(str(os.getpriority(os.PRIO_PROCESS, 0)), encoding="ascii")
        except BlockingIOError:  # the kernel takes ten such wishes a second
            time.sleep(0.1)
        except OSError:  # a kernel without it, or a box that has ended already
            return
        else:
            return


def _forget_all() -> None:
    _keepers.clear()
    for waiting in _idle.values():
        while waiting:
            waiting.pop().forget()


atexit.register(close_all)
os.register_at_fork(after_in_child=_forget_all)

"""The warm half of the sandbox: a process that has everything imported and forks one process for each file.

It never sees a file. Over a socket it is handed two pipes for each: the child reads the bytes from one and writes the
answer to the other, straight from and to the house. The zygote closes both, waits, and says how the child ended. There
is one child at a time, so no child has another beside it; and it leaves none behind, for it cannot fork.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable

from tipline.media import syscalls

READY, BEGUN = b"ready", b"begun"
_MOST_DESCRIPTORS = 256

Enter = Callable[[str, int], None]  # kind of box, user: gives up what the child must not have
Work = Callable[[str], None]  # job: from descriptor 0 to descriptor 1


def serve(enter: Enter, work: Work) -> None:
    """This function will fork a child for each file until the house lets go of the socket, which is descriptor 0."""
    syscalls.hide()
    control = socket.socket(fileno=0)
    gc.collect()
    syscalls.give_back()
    gc.freeze()  # a child that collected would copy every page
    control.send(READY)
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 256, 2)
        if len(pipes) != 2:
            os._exit(0)
        child = os.fork()
        if child == 0:
            _do(message, pipes, enter, work)
        for pipe in pipes:
            os.close(pipe)
        control.send(BEGUN)
        _, status = os.waitpid(child, 0)
        control.send(str(os.waitstatus_to_exitcode(status)).encode())


def _do(message: bytes, pipes: list[int], enter: Enter, work: Work) -> None:
    """One child: never returns, and runs no destructor of a decoder that has seen hostile bytes."""
    code = 1
    try:
        gc.disable()
        os.dup2(pipes[0], 0)  # closes the socket
        os.dup2(pipes[1], 1)
        os.closerange(3, _MOST_DESCRIPTORS)
        user, kind, job = message.decode().split(" ", 2)
        enter(kind, int(user))
        work(job)
        code = 0
    finally:
        os._exit(code)

"""The worker's side of the sender: a process with an empty environment and no descriptor of ours, for one webhook.

It is started with the first event of a turn and takes all of that turn, because starting it costs more than an event.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import tipline

SECONDS = 20.0  # for one event; the sender's own limits are shorter
_FOLDER = Path(tipline.__file__).resolve().parents[1]
_COMMAND = (sys.executable, "-E", "-s", "-m", "tipline.programs.telling.sender")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try went: the status (0: none), the code of what was wrong, how long it took."""

    status: int
    trouble: str
    milliseconds: int


Ask = Callable[[str, Mapping[str, str], bytes], Answer]


@contextmanager
def sender() -> Iterator[Ask]:
    """This function will keep a sender for the time of the block; one that does not come back is ended with it."""
    # One that died has left what it did not read; there is nobody to say it to.
    with suppress(BrokenPipeError), subprocess.Popen(
        _COMMAND, env={}, cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, close_fds=True, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield lambda url, headers, body: _ask(process, url, headers, body)
        finally:
            process.kill()


def _ask(process: subprocess.Popen[str], url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    asked = json.dumps({"url": url, "headers": dict(headers), "body": body.decode()})
    try:
        process.stdin.write(f"{asked}\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], SECONDS)[0]:
            process.kill()
            return Answer(0, "timeout", round(SECONDS * 1000))
        said = json.loads(process.stdout.readline())
        return Answer(int(said["status"]), str(said["trouble"])[:16], int(said["milliseconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Answer(0, "sender", 0)

"""A door: one granian server for one ASGI application (pages: `platform.front`).

`python -m tipline.platform.processes.door APPLICATION HOST PORT`
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from tipline.platform.config import settings
from tipline.platform.processes.lifeline import tie_to_parent

# Open connections, idle ones too (measured).
BACKPRESSURE = 2048
HEADER_SECONDS = 10
# How long a busy thread keeps the interpreter from one that waits. In a flood the loop's is busy, and the one that
# writes to the database waits for it after each answer.
SWITCH_SECONDS = 0.001
# What was loaded stays, and nearly all that a call makes is freed when it ends. Circles are looked for after so
# many objects that were not, and never among what was loaded: that held everybody up for 130 ms every other second.
COLLECT_AFTER = 20_000


def load(target: str) -> Any:
    """This function will load `module:attribute` inside the server's worker process."""
    tie_to_parent()
    sys.setswitchinterval(SWITCH_SECONDS)
    module, _, attribute = target.partition(":")
    application = getattr(importlib.import_module(module), attribute)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    return application


def is_worth_logging(line: logging.LogRecord) -> bool:
    """This function will drop granian's advice on threads, which looks at cores alone: ours are chosen."""
    return not str(line.msg).startswith("Configuration allows spawning up to")


def main(target: str, host: str, port: str) -> None:
    """This function will serve until SIGTERM: open requests are finished first."""
    logging.getLogger("_granian").addFilter(is_worth_logging)
    server = Granian(
        target,
        address=host,
        port=int(port),
        interface=Interfaces.ASGI,
        workers=settings().api_processes if settings().role == "esp_api" else 1,
        backpressure=BACKPRESSURE,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        log_access=False,  # addresses of reporters are never logged
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=30,
    )
    server.serve(target_loader=load)


if __name__ == "__main__":
    main(*sys.argv[1:4])

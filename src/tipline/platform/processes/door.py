"""A door: one granian server for one application.

`python -m tipline.platform.processes.door APPLICATION KIND HOST PORT`
"""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from tipline.platform.processes.lifeline import tie_to_parent

# Threads wait for the database and for slow readers of evidence, so more than cores allow is right. Each holds a
# connection of its own: seven doors of 16 fit the 200 of the embedded server, seven of 32 would not.
BLOCKING_THREADS = 16
# Counts open connections, idle ones too (measured): near the number of threads, a few idle browsers would close a door.
BACKPRESSURE = 1024
HEADER_SECONDS = 10


def load(target: str) -> Any:
    """This function will load `module:attribute` inside the server's worker process."""
    tie_to_parent()
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def is_worth_logging(line: logging.LogRecord) -> bool:
    """This function will drop granian's advice on threads, which looks at cores alone: ours are chosen."""
    return not str(line.msg).startswith("Configuration allows spawning up to")


def main(target: str, kind: str, host: str, port: str) -> None:
    """This function will serve until SIGTERM: open requests are finished first."""
    interface = Interfaces(kind)
    logging.getLogger("_granian").addFilter(is_worth_logging)
    server = Granian(
        target,
        address=host,
        port=int(port),
        interface=interface,
        workers=1,
        blocking_threads=BLOCKING_THREADS if interface is Interfaces.WSGI else None,
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
    main(*sys.argv[1:5])

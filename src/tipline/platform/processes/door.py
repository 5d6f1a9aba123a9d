"""A door: one granian server for one application.

`python -m tipline.platform.processes.door APPLICATION KIND HOST PORT`
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from tipline.platform.processes.lifeline import tie_to_parent

BLOCKING_THREADS = 16
HEADER_SECONDS = 10


def load(target: str) -> Any:
    """This function will load `module:attribute` inside the server's worker process."""
    tie_to_parent()
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def main(target: str, kind: str, host: str, port: str) -> None:
    """This function will serve until SIGTERM: open requests are finished first."""
    interface = Interfaces(kind)
    server = Granian(
        target,
        address=host,
        port=int(port),
        interface=interface,
        workers=1,
        blocking_threads=BLOCKING_THREADS if interface is Interfaces.WSGI else None,
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

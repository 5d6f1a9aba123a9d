"""A door: one uvicorn server for one ASGI application (pages: `platform.front`). ADR 31.

`python -m tipline.platform.processes.door APPLICATION HOST PORT`
"""

from __future__ import annotations

import gc
import importlib
import logging
import multiprocessing
import resource
import sys
import traceback
from functools import partial
from typing import Any

from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from tipline.platform.config import settings
from tipline.platform.logs import Formatter
from tipline.platform.processes.connection import Connection
from tipline.platform.processes.lifeline import tie_to_parent

FILES_BESIDE = 512  # of the database, of the vault, of what was loaded
STOP_SECONDS = 30
SILENT_SECONDS = 30  # a process of several that does not even say that it is there is started again
# How long a busy thread keeps the interpreter from one that waits. In a flood the loop's is busy, and the one that
# writes to the database waits for it after each answer.
SWITCH_SECONDS = 0.001
# What was loaded stays, and nearly all that a call makes is freed when it ends. Circles are looked for after so
# many objects that were not, and never among what was loaded: that held everybody up for 130 ms every other second.
COLLECT_AFTER = 20_000


def load(target: str) -> Any:
    """This function will load `module:attribute` inside the process that serves it."""
    if multiprocessing.parent_process() is not None:
        tie_to_parent()
    Connection.most = _make_room()
    sys.setswitchinterval(SWITCH_SECONDS)
    module, _, attribute = target.partition(":")
    try:
        application = getattr(importlib.import_module(module), attribute)
    except Exception:
        traceback.print_exc()  # of our own code, before anybody reported anything
        raise SystemExit(STARTUP_FAILURE) from None
    _quiet()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    return application


def _quiet() -> None:
    # Of an error its kind and its place alone (`logs`). Below one the server tells of what others sent, once for each:
    # a flood would fill the disk.
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter())
    for name in ("uvicorn.error", "asyncio"):
        log = logging.getLogger(name)
        log.setLevel(logging.ERROR)
        log.handlers, log.propagate = [handler], False


def _make_room() -> int:
    """Raise the limit of open files, which many systems begin at 1,024; gives how many connections there may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = Connection.most + FILES_BESIDE
    given = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given, most))
    return max(FILES_BESIDE // 8, given - FILES_BESIDE)


def main(target: str, host: str, port: str) -> None:
    """This function will serve until SIGTERM: open requests are finished first."""
    config = Config(
        partial(load, target),
        factory=True,
        host=host,
        port=int(port),
        workers=settings().api_processes if settings().role == "esp_api" else 1,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # addresses of reporters are never logged
        proxy_headers=False,
        server_header=False,
        timeout_worker_healthcheck=SILENT_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    listening = config.bind_socket()
    sys.stderr.write(f"Serving {target} at {host}:{port}, processes: {config.workers}.\n")
    if config.workers > 1:
        Multiprocess(config, [listening]).run()
    else:
        Server(config).run([listening])


if __name__ == "__main__":
    main(*sys.argv[1:4])

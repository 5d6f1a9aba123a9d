"""A door: one uvicorn server for one ASGI application (pages: `platform.front`). ADR 31.

`python -m tipline.platform.processes.door APPLICATION HOST PORT`
"""

from __future__ import annotations

import gc
import importlib
import logging
import resource
import sys
from functools import partial
from typing import Any

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from tipline.platform.config import settings
from tipline.platform.processes.connection import Connection
from tipline.platform.processes.lifeline import tie_to_parent

# Open connections, idle ones too; a request on one more is answered 503. Each takes about 10 kB.
MOST_CONNECTIONS = 4096
FILES_BESIDE = 1024  # of the database, of the vault, of what was loaded
IDLE_SECONDS = 10
STOP_SECONDS = 30
# How long a busy thread keeps the interpreter from one that waits. In a flood the loop's is busy, and the one that
# writes to the database waits for it after each answer.
SWITCH_SECONDS = 0.001
# What was loaded stays, and nearly all that a call makes is freed when it ends. Circles are looked for after so
# many objects that were not, and never among what was loaded: that held everybody up for 130 ms every other second.
COLLECT_AFTER = 20_000


def load(target: str) -> Any:
    """This function will load `module:attribute` inside the process that serves it."""
    tie_to_parent()
    _quiet()
    sys.setswitchinterval(SWITCH_SECONDS)
    module, _, attribute = target.partition(":")
    application = getattr(importlib.import_module(module), attribute)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    return application


def is_without_words(line: logging.LogRecord) -> bool:
    """This function will take the words out of an error that the server logs: they could tell what was reported."""
    if line.exc_info:
        kind = line.exc_info[0]
        line.msg, line.args = "The application failed: %s", (kind.__name__ if kind else "",)
        line.exc_info = line.exc_text = None
    return True


def _quiet() -> None:
    # Below an error the server tells of what others sent, once for each of them: a flood would fill the disk.
    log = logging.getLogger("uvicorn.error")
    log.setLevel(logging.ERROR)
    log.addFilter(is_without_words)


def _make_room() -> None:
    """Raise the limit of open files, which many systems begin at 1,024, as far as it may be."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS + FILES_BESIDE
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def main(target: str, host: str, port: str) -> None:
    """This function will serve until SIGTERM: open requests are finished first."""
    _quiet()
    _make_room()
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
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
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

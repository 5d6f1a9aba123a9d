"""What a process writes into its log: where something broke and what kind of error it was, never what it said.

An error's message, and an address, may hold what somebody reported or a link's secret.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any


class Formatter(logging.Formatter):
    """One line: when, how bad, which part, and of an error its type and the places of our own code it came through."""

    def format(self, record: logging.LogRecord) -> str:
        """This function will write one line about a record."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}"
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            status = getattr(record, "status_code", "")
            return f"{line} {status}".rstrip() if status else f"{line} {record.msg if not record.args else ''}".rstrip()
        frames = [one for one in traceback.extract_tb(error.__traceback__) if "tipline" in one.filename]
        places = " < ".join(f"{_short(one.filename)}:{one.lineno} {one.name}" for one in reversed(frames[-6:]))
        return f"{line} {type(error).__name__} at {places}"


def _short(path: str) -> str:
    return path[path.rfind("tipline/") :]


_NOTES = logging.getLogger("tipline.notes")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def note(what: str, **codes: str | int) -> None:
    """This function will write one line about the house's own work: codes, numbers and counts, by their keys.

    What is no code (a blank, an @, a line's end: somebody's words) is written as "?", so that no text gets in.
    """
    written = (f"{key}={value if _CODE.fullmatch(str(value)) else '?'}" for key, value in codes.items())
    _NOTES.info(" ".join((what, *written)))


def configuration() -> dict[str, Any]:
    """This function will give Django's LOGGING: errors of pages and the worker's notes go to the process's own log."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"quiet": {"()": f"{__name__}.Formatter"}},
        "handlers": {"log": {"class": "logging.StreamHandler", "formatter": "quiet"}},
        "loggers": {
            "django.request": {"handlers": ["log"], "level": "ERROR", "propagate": False},
            _NOTES.name: {"handlers": ["log"], "level": "INFO", "propagate": True},
        },
    }

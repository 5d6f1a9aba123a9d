"""Writes of telling, by one name: what a company settles, what the corridor tells, what the clock does."""

from __future__ import annotations

from tipline.programs.telling.delivering import DELIVER, begin_delivering, deliver, forget_old
from tipline.programs.telling.events import News, tell, tell_all
from tipline.programs.telling.hooks import (
    add_secret,
    end_hook,
    end_secret,
    resume,
    send_again,
    send_test,
    set_hook,
)
from tipline.programs.telling.letters import SEND, add_address, begin_sending, end_address, send_due
from tipline.programs.telling.reminding import remind
from tipline.programs.telling.rules.calendar import DAYS as REMINDED
from tipline.programs.telling.rules.kinds import CHOSEN, Kind

__all__ = [
    "CHOSEN",
    "DELIVER",
    "REMINDED",
    "SEND",
    "Kind",
    "News",
    "add_address",
    "add_secret",
    "begin_delivering",
    "begin_sending",
    "deliver",
    "end_address",
    "end_hook",
    "end_secret",
    "forget_old",
    "remind",
    "resume",
    "send_again",
    "send_due",
    "send_test",
    "set_hook",
    "tell",
    "tell_all",
]

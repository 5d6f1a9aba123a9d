"""Writes of notices, by one name: what the desk decides, what a company answers, what the clock does."""

from __future__ import annotations

from tipline.programs.notices.answers import TAKE, give, link_scope, record_answer, take
from tipline.programs.notices.cases import (
    add_contact,
    close,
    enter,
    hold,
    lift_hold,
    reject,
    set_hosting,
    uphold,
    verify,
    withdraw,
)
from tipline.programs.notices.checking import CHECK, Look, begin_checking, check_due, record_check
from tipline.programs.notices.ladder import climb
from tipline.programs.notices.looking_up import LOOK_UP, look_up
from tipline.programs.notices.outbox import SEND, begin_sending, send_due
from tipline.programs.notices.sending import Recipient, download, prepare, recipient_of, record_sent

__all__ = [
    "CHECK",
    "LOOK_UP",
    "SEND",
    "TAKE",
    "Look",
    "Recipient",
    "add_contact",
    "begin_checking",
    "begin_sending",
    "check_due",
    "climb",
    "close",
    "download",
    "enter",
    "give",
    "hold",
    "lift_hold",
    "link_scope",
    "look_up",
    "prepare",
    "recipient_of",
    "record_answer",
    "record_check",
    "record_sent",
    "reject",
    "send_due",
    "set_hosting",
    "take",
    "uphold",
    "verify",
    "withdraw",
]

"""Answers so far, sealed into a hidden field of the page (`ui.sealing`)."""

from __future__ import annotations

import secrets

from tipline.domain.errors import Refusal
from tipline.interfaces.ui import sealing
from tipline.interfaces.ui.sealing import Answers

LASTS_SECONDS = 6 * 3600


def new() -> Answers:
    """This function will begin a draft: its secret once-only key makes two sendings of it one case."""
    return {"once": [secrets.token_hex(16)]}


def seal(answers: Answers, *, purpose: str) -> str:
    """This function will seal answers for the page's hidden field; what is sealed for one purpose fits no other."""
    return sealing.seal(answers, purpose=purpose)


def unseal(sealed: str, *, purpose: str, lasts: int = LASTS_SECONDS) -> Answers:
    """This function will open a page's answers; an empty field is an empty draft.

    Raises Refusal `draft_spoiled` where the field was changed, is older than `lasts` seconds, or is too large.
    """
    answers = sealing.unseal(sealed, purpose=purpose, lasts=lasts) if sealed else {}
    if answers is None:
        raise Refusal("draft_spoiled", "This page has been open for too long. Please start again; nothing was sent.")
    return answers

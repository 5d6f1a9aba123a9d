"""When an event is tried again, and when a company's address is set aside. Pure.

The pauses are those that Standard Webhooks proposes, together a little less than three days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=3)
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
# One that does not answer is asked for nothing else meanwhile, but no event holds the others up for longer.
LONGEST_QUIET = timedelta(minutes=5)
GONE = 410  # the receiver says that it wants no more

STATUS_WORDS = {
    "no_name": "The name of the address is not known.",
    "no_connection": "Nobody answered at the address.",
    "timeout": "The address did not answer in time.",
    "tls": "The certificate was not accepted.",
    "no_http": "What answered did not speak HTTP.",
    "not_allowed": "The address is not a public one.",
    "sender": "Our sender did not come back.",
}


def is_taken(status: int) -> bool:
    """This function will tell whether the receiver took the event: 2xx, and nothing else. A redirect is a no."""
    return 200 <= status < 300


def pause_after(tries: int) -> timedelta:
    """This function will give the pause after so many tries."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def is_over(since: datetime, now: datetime, tries: int) -> bool:
    """This function will tell whether the next try would come later than three days after the first."""
    return now + pause_after(tries) > since + GIVE_UP_AFTER


def answer_words(status: int, trouble: str) -> str:
    """This function will say in a sentence how a try went."""
    if trouble:
        return STATUS_WORDS.get(trouble, "The address could not be asked.")
    if is_taken(status):
        return f"Taken ({status})."
    if 300 <= status < 400:
        return f"A redirect ({status}), which we do not follow."
    return f"Not taken ({status})."

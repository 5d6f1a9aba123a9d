"""`./tipline unlock NAME`: let an account try again that was locked after too many failed log-ins."""

from __future__ import annotations

from tipline.commands.ground import open_ground, require_tables, set_up_django
from tipline.commands.words import say


class NoAccount(Exception):
    """There is no such account; the message is a sentence for the operator."""


def release(username: str) -> int:
    """This function will release every lock on an account. Raises NoAccount."""
    from tipline.platform import clock

    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        from tipline.domain.actor import system
        from tipline.platform.accounts.queries import find_user
        from tipline.platform.accounts.service import release_lock

        if find_user(username) is None:
            raise NoAccount(f"There is no account {username}: nothing was released. Compare the name.")
        count = release_lock(username=username, by=system("cli"), now=clock.now())
    say(words(username, count))
    return 0


def words(username: str, count: int) -> str:
    """This function will say what was released."""
    if not count:
        return f"No lock stood on {username}; its failed log-ins are forgotten."
    return f"{username} can log in again: {count} {'lock' if count == 1 else 'locks'} released."

"""`./tipline code NAME`: the present log-in code of a demo account, for whoever has no authenticator at hand."""

from __future__ import annotations

from tipline.commands.ground import open_ground, require_tables, set_up_django
from tipline.commands.words import say


class NoCode(Exception):
    """No code can be shown; the message is a sentence for the operator."""


def show(username: str) -> int:
    """This function will print the code. Raises NoCode outside the demo, or for an unknown account."""
    from tipline.platform import clock, config

    if config.settings().production:
        raise NoCode("Codes of real accounts are shown by nobody but their owner's authenticator.")
    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        from tipline.platform.accounts.queries import load_totp_secret
        from tipline.platform.accounts.totp import current_code

        secret = load_totp_secret(username)
        if secret is None:
            raise NoCode(f"There is no account {username} with an authenticator.")
        say(current_code(secret, clock.now()))
    return 0

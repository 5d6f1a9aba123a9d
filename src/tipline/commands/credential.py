"""`./tipline credential NAME`: a log-in for a company's program at the provider API, shown once.

`./tipline invite COMPANY ACCOUNT NAME`: a one-time code for the company's first administrator, shown once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tipline.commands.ground import open_ground, require_tables, set_up_django
from tipline.commands.words import say
from tipline.platform import config
from tipline.platform.processes.addresses import addresses_of

if TYPE_CHECKING:
    from tipline.reference.directory.queries import EspInfo
    from tipline.reference.directory.service import Issued


class NoCompany(Exception):
    """No credential can be issued; the message is a sentence for the operator."""


def issue(name: str, environment: str) -> int:
    """This function will issue a credential and print it with a line to try it. Raises NoCompany."""
    from tipline.platform import clock

    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        issued = _issue(name, environment, clock.now())
    say(words(issued, addresses_of(config.settings()).esp_api))
    return 0


def _issue(name: str, environment: str, now: datetime) -> Issued:
    from tipline.domain.actor import system
    from tipline.reference.directory.service import issue_credential

    company = find_company(name)
    # A user name says whose it is and when it was made; only the secret is secret.
    username = f"{company.slug}-{environment}-{now:%Y%m%d-%H%M%S}"
    return issue_credential(esp_id=company.id, username=username, environment=environment, by=system("cli"), now=now)


def find_company(name: str) -> EspInfo:
    """This function will find an active company by its name or short name. Raises NoCompany."""
    from tipline.reference.directory.queries import list_esps

    asked = name.strip().casefold()
    company = next((one for one in list_esps() if asked in {one.name.casefold(), one.slug.casefold()}), None)
    if company is None or not company.active:
        raise NoCompany(
            f"There is no active company {name} in the directory. Give its name as the directory has it, or enter it "
            "first: ./tipline company NAME --new"
        )
    return company


def invite(company: str, account: str, name: str) -> int:
    """This function will print a one-time code with which somebody joins as the company's administrator.

    Raises NoCompany, also where the account's name cannot be taken.
    """
    from tipline.domain.errors import Refusal
    from tipline.platform import clock

    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        from tipline.domain.actor import system
        from tipline.platform.accounts.colleagues import NewColleague
        from tipline.platform.accounts.colleagues import invite as ask_in
        from tipline.platform.accounts.roles import Role

        new = NewColleague(account, name, Role.ESP_ADMIN)
        try:
            code = ask_in(esp_id=find_company(company).id, new=new, by=system("cli"), now=clock.now())
        except Refusal as refusal:
            raise NoCompany(refusal.sentence) from refusal
    where = addresses_of(config.settings()).esp_web
    say(f"Code   {code}\nWhere  {where}/join/")
    say(f"It works once, for three days, and is kept nowhere. Tell it to {name} alone.")
    return 0


def words(issued: Issued, address: str) -> str:
    """This function will say what was issued, and the line that tries it."""
    mount = "/ispws" if issued.environment == "production" else "/test/ispws"
    lines = (
        f"User name  {issued.username}",
        f"Secret     {issued.secret}",
        f"Where      {address}{mount}, {issued.environment} environment",
        "The secret is shown this once and kept nowhere. Try it:",
        f"  curl -u '{issued.username}:{issued.secret}' {address}{mount}/status",
    )
    return "\n".join(lines)

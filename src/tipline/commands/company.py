"""`./tipline company NAME`: how a company's reports are read where the protocol's sources disagree, and its quota.

With `--new` the company is entered first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tipline.commands.credential import NoCompany, find_company
from tipline.commands.ground import open_ground, require_tables, set_up_django
from tipline.commands.words import say

if TYPE_CHECKING:
    from tipline.reference.directory.queries import Ways


def ways(
    name: str, reporter_email: str | None, attributes: str | None, calls: int | None, *, is_new: bool = False
) -> int:
    """This function will show a company's ways, and set those that are named. Raises NoCompany.

    is_new: the company is not in the directory yet and is entered first.
    """
    with open_ground() as ground:
        require_tables(ground)
        set_up_django(ground)
        if is_new:
            _enter(name)
        say(words(_set(name, reporter_email, attributes, calls)))
    return 0


def _enter(name: str) -> None:
    from tipline.domain.actor import system
    from tipline.domain.errors import Refusal
    from tipline.platform import clock
    from tipline.reference.directory.service import NewEsp, create_esp

    try:
        create_esp(new=NewEsp(name=name), by=system("cli"), now=clock.now())
    except Refusal as refusal:
        raise NoCompany(refusal.sentence) from refusal
    say(f"{name.strip()} is in the directory now. Its first administrator: ./tipline invite")


def _set(name: str, reporter_email: str | None, attributes: str | None, calls: int | None) -> Ways:
    from tipline.domain.actor import system
    from tipline.platform import clock
    from tipline.reference.directory import queries, service

    company = find_company(name)
    present = wanted = queries.find_ways(company.id)
    if reporter_email is not None:
        wanted = replace(wanted, reporter_email_required=reporter_email == "required")
    if attributes is not None:
        wanted = replace(wanted, strict_attributes=attributes == "strict")
    if calls is not None:
        wanted = replace(wanted, calls_a_minute=calls)
    if wanted != present:
        service.set_ways(esp_id=company.id, ways=wanted, by=system("cli"), now=clock.now())
    return wanted


def words(found: Ways) -> str:
    """This function will say in three lines how a company's reports are read."""
    email = "required" if found.reporter_email_required else "optional"
    attributes = (
        "strict: the schema's places alone" if found.strict_attributes else "lenient: some clients' own places too"
    )
    calls = f"{found.calls_a_minute:,}" if found.calls_a_minute else "as the house's setting says"
    return f"E-mail of who reports  {email}\nAttributes             {attributes}\nCalls a minute         {calls}"

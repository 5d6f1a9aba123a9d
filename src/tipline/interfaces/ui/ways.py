"""What the ways of a company's programs mean, in words: the same at the desk, which sets them, and for the company."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.interfaces.ui.words import thin
from tipline.platform.config import settings
from tipline.reference.directory.queries import Ways


@dataclass(frozen=True, slots=True)
class Line:
    """One of the ways: what it is called, how it stands, what that means for a report."""

    label: str
    stands: str
    means: str


def lines(ways: Ways) -> tuple[Line, ...]:
    """This function will say how a company's reports are read."""
    return (_email(ways), _attributes(ways), _calls(ways))


def _email(ways: Ways) -> Line:
    if ways.reporter_email_required:
        means = "A report whose reportingPerson has no email is refused with 4100. The documentation asks for one."
        return Line("E-mail of who reports", "Required", means)
    means = "A report may come without an email of reportingPerson. Police then have nobody to write to."
    return Line("E-mail of who reports", "Optional", means)


def _attributes(ways: Ways) -> Line:
    label = "Attributes in a client’s own places"
    if ways.strict_attributes:
        return Line(
            label, "Strict", "An attribute stands where the schema has it, and nowhere else; others are refused."
        )
    means = (
        "What some published clients send in places of their own is taken as well: type on nameValuePair, fleaCountry "
        "on lawEnforcement, accountType and thirdPartyUser on associatedAccount."
    )
    return Line(label, "Lenient", means)


def _calls(ways: Ways) -> Line:
    most = ways.calls_a_minute or settings().esp_calls_a_minute
    means = "More are answered with 429 and Retry-After; nothing is stored of them."
    return Line("Calls a minute", thin(most) if most else "No limit", means if most else "")

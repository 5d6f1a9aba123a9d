"""What is wrong with a document: where, what, and what the sender can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.errors import Refusal

MOST_REPORTED = 100
LONGEST_MESSAGE = 400

Fault = tuple[str, str]
"""What is wrong, and what to do about it."""

Where = tuple["Where | None", str, int]
"""A place in a document: what it stands in, its name, and its position among its like (0: it stands alone)."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong. `line` and `column` count from 1; 0 means that no place in the bytes is known.

    `path` names the element (`/report/victim[2]/victimPerson`), `advice` is a plain sentence for the sender.
    """

    code: ResponseCode
    path: str
    message: str
    advice: str
    line: int = 0
    column: int = 0


class Findings:
    """What was found wrong: the first MOST_REPORTED in full, the rest by count, so that a flood costs nothing."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.untold = 0

    @property
    def has_room(self) -> bool:
        """Whether what is found next is told in full."""
        return len(self.violations) < MOST_REPORTED

    def add(self, violation: Violation) -> None:
        """This function will keep a violation, or count it."""
        if self.has_room:
            self.violations.append(violation)
        else:
            self.untold += 1

    def fault(self, where: Where, fault: Fault, below: str = "") -> None:
        """This function will keep a fault at a place, or at something `below` it."""
        if self.has_room:
            self.violations.append(broken(path_of(where) + below, *fault))
        else:
            self.untold += 1


def path_of(where: Where) -> str:
    """This function will write a place as a path: `/report/victim[2]`."""
    parts: list[str] = []
    at: Where | None = where
    while at is not None:
        at, name, position = at
        parts.append(f"/{name}[{position}]" if position else f"/{name}")
    return "".join(reversed(parts))


def broken(path: str, message: str, advice: str) -> Violation:
    """This function will describe a value or structure that a rule forbids (code 4100)."""
    return Violation(ResponseCode.VALIDATION_FAILED, path, message, advice)


def malformed(message: str, advice: str, *, line: int = 1, column: int = 1) -> Violation:
    """This function will describe bytes that are no acceptable XML document (code 4110)."""
    return Violation(ResponseCode.MALFORMED_XML, "", message, advice, line, column)


class ViolationError(Refusal):
    """A document that breaks the format or its rules, with everything that is wrong with it.

    `untold` counts what is wrong beyond the first MOST_REPORTED violations.
    """

    def __init__(self, violations: tuple[Violation, ...], *, untold: int = 0) -> None:
        self.violations = violations
        self.untold = untold
        self.response_code = violations[0].code
        super().__init__(
            str(int(self.response_code)),
            describe(violations, untold=untold),
            source="reporting API, sections 3 to 5",
            field=violations[0].path,
        )


def describe(violations: tuple[Violation, ...], *, untold: int = 0) -> str:
    """This function will put violations into the documented form of a response description.

    Returns a heading; for each violation the line `[line,column] - message` that clients of the real service know,
    and below it a line with the element's path and what to do.
    """
    wrong_xml = violations[0].code is ResponseCode.MALFORMED_XML
    lines = ["Malformed XML" if wrong_xml else "Validation failed"]
    for violation in violations:
        lines += _lines(violation)
    if untold:
        lines.append(f"and {untold} more")
    return "\n".join(lines)


def _lines(violation: Violation) -> tuple[str, str]:
    message = violation.message
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 3] + "..."
    place = f"At {violation.path}: " if violation.path else ""
    return f"[{violation.line},{violation.column}] - {message}", f"{place}{violation.advice}"

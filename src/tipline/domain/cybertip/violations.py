"""What is wrong with a document: where, what, and what the sender can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from tipline.domain.cybertip.responses import ResponseCode
from tipline.domain.errors import Refusal

MOST_REPORTED = 100
LONGEST_MESSAGE = 400


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
        self.response_code = violations[0].code
        super().__init__(
            str(int(self.response_code)),
            describe(violations, untold=untold),
            source="reporting API, sections 3 to 5",
            field=violations[0].path,
        )


def describe(violations: tuple[Violation, ...], *, untold: int = 0) -> str:
    """This function will put violations into the documented form of a response description.

    Returns a heading and one line `[line,column] - message` for each, with path and advice behind it.
    """
    wrong_xml = violations[0].code is ResponseCode.MALFORMED_XML
    lines = ["Malformed XML" if wrong_xml else "Validation failed"]
    lines += [_line(violation) for violation in violations]
    if untold:
        lines.append(f"and {untold} more")
    return "\n".join(lines)


def _line(violation: Violation) -> str:
    message = violation.message
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 3] + "..."
    place = f" At {violation.path}:" if violation.path else ""
    return f"[{violation.line},{violation.column}] - {message}{place} {violation.advice}".rstrip()

"""The checks that stand beside single values in the tables: length, range, past, zone, shape.

Source: reporting API, sections 3 and 4, column "Extra server rule". No message repeats the sender's value.
Each table's checks are put together once; a document costs one walk over what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tipline.domain.cybertip.grammar import Attribute, Check, Child, ElementTable, Length, Pattern, Plain, Simple, Span
from tipline.domain.cybertip.moments import read_date, read_local, read_moment
from tipline.domain.cybertip.rules_types import TYPE_RULES
from tipline.domain.cybertip.simple import DATETIME
from tipline.domain.cybertip.violations import Fault, Findings, Where
from tipline.domain.report import Document

CLOCK_SKEW = timedelta(minutes=5)
_EASTMOST = timedelta(hours=14)

_EMAIL = re.compile(r"""[^\s@"(),:;<>\[\]\\]+|"[^"\r\n]*\"""")
_DOMAIN = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*\.?")
_ZIP = re.compile(r"\d{5}(-\d{4})?", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_IPV4 = re.compile(r"((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}", re.ASCII)
_NO_URL = re.compile(r"[\s\x00-\x1f]")
# As nearly all are; what else is a URL takes a longer look.
_USUAL_URL = re.compile(r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?([/?#][^\s\x00-\x1f]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standard:
    """What a document is held against: the latest moment and the latest day of the past, and how strictly."""

    latest: datetime
    latest_day: date
    strict: bool = False


def standard(now: datetime, *, strict: bool = False) -> Standard:
    """This function will make the standard of a moment; clocks differ a little, and a day begins 14 hours early."""
    return Standard(now + CLOCK_SKEW, (now + _EASTMOST).date(), strict)


Test = Callable[[Any, Standard], Fault | None]


class _Step(NamedTuple):
    """What is asked of one key of a document."""

    tests: tuple[Test, ...]
    inner: TableCheck | None = None
    repeats: bool = False


class TableCheck:
    """Checks the documents of one table."""

    def __init__(self, table: ElementTable) -> None:
        self._rule = TYPE_RULES.get(table.name)
        steps = {"#": _Step(tuple(_tests(table.checks, table.text)))} if table.text else {}
        steps |= {f"@{one.name}": _attribute_step(one, table) for one in table.attributes}
        steps |= {child.name: _child_step(child) for child in table.children}
        self._steps = {key: step for key, step in steps.items() if step.tests or step.inner}

    def check(self, document: Document, where: Where, found: Findings, held: Standard) -> None:
        """This function will check a document that stands at `where`."""
        for key, value in document.items():
            step = self._steps.get(key)
            if step is None:
                continue
            tests, inner, repeats = step
            if repeats:
                for position, one in enumerate(value, start=1):
                    if inner is not None:
                        inner.check(one, (where, key, position), found, held)
                    elif one is not None:
                        _test(one, tests, (where, key, position), found, held)
            elif inner is not None:
                inner.check(value, (where, key, 0), found, held)
            else:
                _test(value, tests, where if key == "#" else (where, key, 0), found, held)
        if self._rule is not None:
            for below, fault in self._rule(document):
                found.fault(where, fault, below)


def _test(value: Any, tests: tuple[Test, ...], where: Where, found: Findings, held: Standard) -> None:
    for test in tests:
        fault = test(value, held)
        if fault is not None:
            found.fault(where, fault)


@cache
def check_for(table: ElementTable) -> TableCheck:
    """This function will put the checks of a table together, once."""
    return TableCheck(table)


def check_values(document: Document, table: ElementTable, found: Findings, held: Standard) -> None:
    """This function will check every value of a document, and what holds for each type of element."""
    check_for(table).check(document, (None, table.name, 0), found, held)


def _attribute_step(attribute: Attribute, table: ElementTable) -> _Step:
    tests = tuple(_tests(attribute.checks, attribute.kind))
    return _Step((_only_where_lenient(attribute, table), *tests) if attribute.tolerated else tests)


def _child_step(child: Child) -> _Step:
    if isinstance(child.kind, ElementTable):
        return _Step((), check_for(child.kind), child.repeats)
    return _Step(tuple(_tests(child.checks, child.kind)), None, child.repeats)


def _only_where_lenient(attribute: Attribute, table: ElementTable) -> Test:
    message = (
        f"cvc-complex-type.3.2.2: Attribute '{attribute.name}' is not allowed to appear in element '{table.name}'."
    )
    fault = message, "Send it in the place that the schema names."
    return lambda _, held: fault if held.strict else None


def _tests(checks: tuple[Check, ...], kind: Simple | None) -> Iterator[Test]:
    yield from (test_of(check) for check in checks)
    if kind is DATETIME and Plain.PAST not in checks:
        yield lambda value, _: _zone_fault(str(value))


def each(value: Any, child: Child, path: str) -> Iterator[tuple[str, Any]]:
    """This function will give every occurrence of a child with its path."""
    if not child.repeats:
        yield f"{path}/{child.name}", value
        return
    for position, one in enumerate(value, start=1):
        yield f"{path}/{child.name}[{position}]", one


def test_of(check: Check) -> Test:
    """This function will make the test of one check: what it has against a value, if anything."""
    if isinstance(check, Length):
        return _length_test(check.most)
    if isinstance(check, Span):
        return _span_test(check)
    if isinstance(check, Pattern):
        return _pattern_test(check)
    return _PLAIN[check]


def _length_test(most: int) -> Test:
    fault = f"The value is longer than {most} characters.", f"Shorten it to {most} characters."
    return lambda value, _: None if len(value) <= most else fault


def _span_test(check: Span) -> Test:
    fault = "The number is out of range.", f"Send {check.low} to {check.high}."
    return lambda value, _: None if check.low <= value <= check.high else fault


def _pattern_test(check: Pattern) -> Test:
    expression = re.compile(check.expression)
    fault = "The value has the wrong form.", f"Send {check.words}."
    return lambda value, _: None if expression.fullmatch(value) else fault


def _shape_test(fits: Callable[[str], bool], message: str, advice: str) -> Test:
    fault = message, advice
    return lambda value, _: None if fits(value) else fault


def _zone_fault(text: str) -> Fault | None:
    if read_moment(text) is not None:
        return None
    return "The time has no time zone, or no possible date.", "Add the zone, such as Z or -07:00."


def _past_fault(text: str, held: Standard) -> Fault | None:
    if "T" not in text:
        return _past_day_fault(text, held)
    moment = read_local(text)
    # At the first and the last year there is, another zone's moment has no date of ours.
    if moment is None or moment.tzinfo is None or not 1 < moment.year < 9999:
        return _zone_fault(text)
    return None if moment <= held.latest else ("The time is in the future.", "Send a time in the past.")


def _past_day_fault(text: str, held: Standard) -> Fault | None:
    day = read_date(text)
    if day is None or day <= held.latest_day:
        return None
    return "The date is in the future.", "Send a date in the past."


def is_zip(text: str) -> bool:
    """This function will say whether a text is a ZIP code of the United States: five digits, or nine."""
    return bool(_ZIP.fullmatch(text))


def is_email(text: str) -> bool:
    """This function will say whether a text is shaped like one e-mail address."""
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local) > 64 or not _EMAIL.fullmatch(local):
        return False
    if domain.startswith("[") and domain.endswith("]"):
        return is_ip(domain[1:-1].removeprefix("IPv6:"))
    return _DOMAIN.fullmatch(domain) is not None


def is_ip(text: str) -> bool:
    """This function will say whether a text is an IPv4, IPv6 or v4-mapped IPv6 address."""
    if _IPV4.fullmatch(text):
        return True
    try:
        ip_address(text.strip())
    except ValueError:
        return False
    return True


def is_url(text: str) -> bool:
    """This function will say whether a text may be a URL. A bare host name is one: real clients send it."""
    url = text.strip()
    if _USUAL_URL.fullmatch(url):
        return True
    if not url or _NO_URL.search(url):
        return False
    if _SCHEME.match(url) and "://" not in url:
        return True
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return False
    return bool(host) and ("://" in url or "." in str(host) or ":" in str(host) or host == "localhost")


_PLAIN: dict[Plain, Test] = {
    Plain.PAST: _past_fault,
    Plain.NOT_BLANK: _shape_test(
        lambda text: bool(text.strip()), "The value is blank.", "Send a value, or leave the element out."
    ),
    Plain.URL: _shape_test(is_url, "The value is not a URL.", "Send a URL, or at least a host name."),
    Plain.EMAIL: _shape_test(
        is_email, "The value is not an e-mail address.", "Send one address, such as name@example.com."
    ),
    Plain.IP: _shape_test(is_ip, "The value is not an IP address.", "Send one IPv4 or IPv6 address."),
}

"""The checks that stand beside single values in the tables: length, range, past, zone, shape.

Source: reporting API, sections 3 and 4, column "Extra server rule". No message repeats the sender's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, assert_never
from urllib.parse import urlsplit

from tipline.domain.cybertip.grammar import Check, Child, ElementTable, Length, Pattern, Plain, Simple, Span
from tipline.domain.cybertip.moments import read_date, read_moment
from tipline.domain.cybertip.simple import DATETIME
from tipline.domain.cybertip.violations import Violation, broken
from tipline.domain.report import Document

CLOCK_SKEW = timedelta(minutes=5)
_EASTMOST = timedelta(hours=14)

_EMAIL = re.compile(r"""[^\s@"(),:;<>\[\]\\]+|"[^"\r\n]*\"""")
_DOMAIN = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*\.?")
_ZIP = re.compile(r"\d{5}(-\d{4})?", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")

Fault = tuple[str, str]
"""What is wrong, and what to do about it."""


def check_values(document: Document, table: ElementTable, path: str, now: datetime) -> Iterator[Violation]:
    """This function will check every value of a document against the checks of its tables."""
    for attribute in table.attributes:
        value = document.get(f"@{attribute.name}")
        if value is not None:
            spot = f"{path}/@{attribute.name}"
            yield from _check_value(value, attribute.kind, attribute.checks, (spot, now))
    if table.text is not None and "#" in document:
        yield from _check_value(document["#"], table.text, table.checks, (path, now))
    for child in table.children:
        if child.name in document:
            yield from _check_child(document[child.name], child, path, now)


def _check_child(value: Any, child: Child, path: str, now: datetime) -> Iterator[Violation]:
    for spot, one in each(value, child, path):
        if isinstance(child.kind, ElementTable):
            yield from check_values(one, child.kind, spot, now)
        else:
            yield from _check_value(one, child.kind, child.checks, (spot, now))


def each(value: Any, child: Child, path: str) -> Iterator[tuple[str, Any]]:
    """This function will give every occurrence of a child with its path."""
    if not child.repeats:
        yield f"{path}/{child.name}", value
        return
    for position, one in enumerate(value, start=1):
        yield f"{path}/{child.name}[{position}]", one


def _check_value(
    value: Any, kind: Simple, checks: tuple[Check, ...], where: tuple[str, datetime]
) -> Iterator[Violation]:
    path, now = where
    faults = [fault_of(check, value, now) for check in checks]
    if kind is DATETIME and not any(faults):
        faults.append(_zone_fault(str(value)))
    yield from (broken(path, message, advice) for message, advice in filter(None, faults))


def fault_of(check: Check, value: Any, now: datetime) -> Fault | None:
    """This function will say what one check has against one value, if anything."""
    if isinstance(check, Length):
        return _length_fault(check, str(value))
    if isinstance(check, Span):
        inside = check.low <= value <= check.high
        return None if inside else ("The number is out of range.", f"Send {check.low} to {check.high}.")
    if isinstance(check, Pattern):
        fits = re.fullmatch(check.expression, str(value))
        return None if fits else ("The value has the wrong form.", f"Send {check.words}.")
    return _plain_fault(check, str(value), now)


def _length_fault(check: Length, text: str) -> Fault | None:
    if len(text) <= check.most:
        return None
    return f"The value is longer than {check.most} characters.", f"Shorten it to {check.most} characters."


def _plain_fault(check: Plain, text: str, now: datetime) -> Fault | None:
    if check is Plain.PAST:
        return _past_fault(text, now)
    if check is Plain.NOT_BLANK:
        return None if text.strip() else ("The value is blank.", "Send a value, or leave the element out.")
    if check is Plain.URL:
        return None if is_url(text) else ("The value is not a URL.", "Send a URL, or at least a host name.")
    if check is Plain.EMAIL:
        fine = is_email(text)
        return None if fine else ("The value is not an e-mail address.", "Send one address, such as name@example.com.")
    if check is Plain.IP:
        fine = is_ip(text)
        return None if fine else ("The value is not an IP address.", "Send one IPv4 or IPv6 address.")
    assert_never(check)


def _zone_fault(text: str) -> Fault | None:
    if read_moment(text) is not None or "T" not in text:
        return None
    return "The time has no time zone, or no possible date.", "Add the zone, such as Z or -07:00."


def _past_fault(text: str, now: datetime) -> Fault | None:
    if "T" not in text:
        return _past_day_fault(text, now)
    moment = read_moment(text)
    if moment is None:
        return _zone_fault(text)
    if moment <= now + CLOCK_SKEW:
        return None
    return "The time is in the future.", "Send a time in the past."


def _past_day_fault(text: str, now: datetime) -> Fault | None:
    day = read_date(text)
    # A day has begun somewhere on earth 14 hours before it begins at Greenwich.
    if day is None or day <= (now + _EASTMOST).date():
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
    try:
        ip_address(text.strip())
    except ValueError:
        return False
    return True


def is_url(text: str) -> bool:
    """This function will say whether a text may be a URL. A bare host name is one: real clients send it."""
    url = text.strip()
    if not url or any(char.isspace() or ord(char) < 32 for char in url):
        return False
    if _SCHEME.match(url) and "://" not in url:
        return True
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return False
    return bool(host) and ("://" in url or "." in str(host) or ":" in str(host) or host == "localhost")

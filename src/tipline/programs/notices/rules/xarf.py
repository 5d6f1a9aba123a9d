"""Our own check of a notice in XARF 4.2, type `content/csam`: every fault is named by its field. Pure.

Stricter than the schema: unknown fields are refused, and so is evidence of any kind, because no media ever goes out.
Source: xarf.org v4 schemas `xarf-core`, `content-base`, `content-csam`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.addresses import read_address
from tipline.domain.errors import Refusal

VERSION = "4.2.0"
CLASSIFICATIONS = ("baseline", "A1", "A2", "B1", "B2")
CLASSIFICATION_WORDS = {
    "baseline": "Baseline: clearly illegal in nearly every country",
    "A1": "A1: prepubescent child, sex act",
    "A2": "A2: prepubescent child, lascivious exhibition",
    "B1": "B1: pubescent child, sex act",
    "B2": "B2: pubescent child, lascivious exhibition",
}
DETECTION_METHODS = ("manual_review", "hash_match", "user_report", "automated_scan", "ai_detection")
DETECTION_WORDS = {
    "manual_review": "A person looked",
    "hash_match": "Its digest is on a list that people judged",
    "user_report": "A report, described well enough",
    "automated_scan": "An automatic scan",
    "ai_detection": "A classifier",
}
MEDIA_TYPES = ("image", "video", "audio", "text", "mixed")
_METHODS = ("manual", "automated_crawler", "user_report", "honeypot", "threat_intelligence")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_HOST = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_DOMAIN = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")
_TAG = re.compile(r"[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*")
_HASHES = {"md5": 32, "sha1": 40, "sha256": 64}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a notice, by the field's name."""

    field: str
    sentence: str


Check = Callable[[Any], str]


def _matches(pattern: re.Pattern[str], sentence: str) -> Check:
    return lambda value: "" if isinstance(value, str) and pattern.fullmatch(value) else sentence


def _one_of(allowed: tuple[str, ...]) -> Check:
    return lambda value: "" if isinstance(value, str) and value in allowed else f"must be one of {', '.join(allowed)}"


def _text(most: int) -> Check:
    return lambda value: "" if isinstance(value, str) and 0 < len(value) <= most else f"must be 1 to {most} characters"


def _uuid(value: Any) -> str:
    try:
        return "" if str(uuid.UUID(value)) == value else "must be a UUID in lower case"
    except (ValueError, AttributeError, TypeError):
        return "must be a UUID"


def _moment(value: Any) -> str:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return "must be a moment with its zone, as in 2026-01-13T15:04:05Z"
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "is no moment of the calendar"
    return ""


def _url(value: Any) -> str:
    if not isinstance(value, str):
        return "must be a web address"
    try:
        return "" if read_address(value).url == value else "must be in its one writing"
    except Refusal as refusal:
        return refusal.sentence


def _whole(least: int, most: int) -> Check:
    def check(value: Any) -> str:
        fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return "" if fits else f"must be a whole number from {least} to {most}"

    return check


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _tags(value: Any) -> str:
    fits = isinstance(value, list) and len(value) <= 20 and all(isinstance(t, str) and _TAG.fullmatch(t) for t in value)
    return "" if fits else "must be at most 20 tags of the form space:word"


def _hashes(value: Any) -> str:
    if not isinstance(value, Mapping) or not value:
        return "must name digests"
    for name, digest in value.items():
        size = _HASHES.get(name)
        if size is None or not isinstance(digest, str) or not re.fullmatch(f"[0-9a-f]{{{size}}}", digest):
            return f"holds {name}, which is no digest in lower-case hex"
    return ""


_CORE: dict[str, Check] = {
    "xarf_version": _one_of((VERSION,)),
    "report_id": _uuid,
    "timestamp": _moment,
    "source_identifier": _text(253),
    "category": _one_of(("content",)),
    "type": _one_of(("csam",)),
    "url": _url,
    "classification": _one_of(CLASSIFICATIONS),
    "detection_method": _one_of(DETECTION_METHODS),
}
_OPTIONAL: dict[str, Check] = {
    "source_port": _whole(1, 65535),
    "evidence_source": _one_of(("researcher_analysis", "user_report", "user_complaint", "automated_scan")),
    "tags": _tags,
    "confidence": lambda value: "" if isinstance(value, float) and 0 <= value <= 1 else "must be from 0.0 to 1.0",
    "description": _text(1000),
    "domain": _matches(_DOMAIN, "must be a domain name in lower case"),
    "registrar": _text(200),
    "hosting_provider": _text(200),
    "asn": _whole(1, 4294967295),
    "country_code": _matches(re.compile(r"[A-Z]{2}"), "must be two capital letters"),
    "verified_at": _moment,
    "verification_method": _one_of(_METHODS),
    "media_type": _one_of(MEDIA_TYPES),
    "hash_values": _hashes,
    "content_removed": _flag,
    "account_suspended": _flag,
}
_PARTY: dict[str, Check] = {
    "org": _text(200),
    "contact": _matches(_MAIL, "must be a mail address"),
    "domain": _matches(_HOST, "must be a host name"),
}


def faults(report: Mapping[str, Any]) -> tuple[Fault, ...]:
    """This function will name everything that is wrong with a notice; an empty answer lets it go out."""
    return tuple(_faults(report))


def _faults(report: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("evidence", "screenshot_url"):
        if name in report:
            yield Fault(name, "must not be there: no media ever goes out with a notice")
    known = {*_CORE, *_OPTIONAL, "reporter", "sender", "evidence", "screenshot_url"}
    for name in sorted(set(report) - known):
        yield Fault(name, "is no field of a notice")
    for name, check in _CORE.items():
        if name not in report:
            yield Fault(name, "is missing")
        elif said := check(report[name]):
            yield Fault(name, said)
    for name, check in _OPTIONAL.items():
        if name in report and (said := check(report[name])):
            yield Fault(name, said)
    for name in ("reporter", "sender"):
        yield from _party(name, report.get(name))


def _party(name: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(name, "is missing")
        return
    for inner in sorted(set(value) - set(_PARTY)):
        yield Fault(f"{name}.{inner}", "is no field of a notice")
    for inner, check in _PARTY.items():
        if inner not in value:
            yield Fault(f"{name}.{inner}", "is missing")
        elif said := check(value[inner]):
            yield Fault(f"{name}.{inner}", said)


def require_good(report: Mapping[str, Any]) -> None:
    """This function will let a good notice pass. Raises Refusal `bad_notice` that names the first field at fault."""
    found = faults(report)
    if found:
        raise Refusal("bad_notice", f"{found[0].field} {found[0].sentence}.", source="XARF 4.2", field=found[0].field)


@dataclass(frozen=True, slots=True)
class House:
    """Who sends: the clearing house's name and the mail address that answers come to."""

    name: str
    mail: str

    @property
    def domain(self) -> str:
        """The domain of the mail address."""
        return self.mail.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as a person verified it. Empty texts and None are left out of the notice."""

    url: str
    reference: int
    classification: str
    detection_method: str
    media_type: str
    verified_at: datetime
    hosting_provider: str = ""
    registrar: str = ""
    asn: int | None = None
    country: str = ""


def write(subject: Subject, house: House, *, report_id: str, now: datetime) -> dict[str, Any]:
    """This function will write a notice as XARF; who reported to us is never in it.

    Our own reference goes as a tag: `ncmec_report_id` is another body's number and is left out. `domain` is left out
    for network addresses and for names in Punycode, which the schema's pattern does not take.
    """
    address = read_address(subject.url)
    party = {"org": house.name, "contact": house.mail, "domain": house.domain}
    report: dict[str, Any] = {
        "xarf_version": VERSION,
        "report_id": report_id,
        "timestamp": stamp(now),
        "reporter": party,
        "sender": dict(party),
        "source_identifier": address.host,
        "category": "content",
        "type": "csam",
        "evidence_source": "researcher_analysis",
        "url": subject.url,
        "classification": subject.classification,
        "detection_method": subject.detection_method,
        "verified_at": stamp(subject.verified_at),
        "verification_method": "manual",
        "tags": [f"tipline:{subject.reference}"],
    }
    if _DOMAIN.fullmatch(address.host):
        report["domain"] = address.host
    more = {
        "media_type": subject.media_type,
        "hosting_provider": subject.hosting_provider,
        "registrar": subject.registrar,
        "asn": subject.asn,
        "country_code": subject.country,
    }
    return report | {name: value for name, value in more.items() if value}


def stamp(moment: datetime) -> str:
    """This function will write a moment as the notice's schema wants it, in UTC with seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

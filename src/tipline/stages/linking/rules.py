"""Which shared identifiers tie two reports together, how strongly, and in which words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tipline.domain.findings import Finding, LinkFound
from tipline.domain.report import Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance

TOOL = "linking 1"
_K = IdentifierKind


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How much one kind of identifier ties, and the words for it."""

    weight: int
    words: str


# Weights are points out of 100: how sure a shared value means the same person or account.
RULES: dict[IdentifierKind, LinkRule] = {
    _K.FILE_SHA256: LinkRule(90, "The same file"),
    _K.DEVICE: LinkRule(90, "The same device"),
    _K.EMAIL: LinkRule(85, "The same e-mail address"),
    _K.ESP_ACCOUNT: LinkRule(85, "The same account"),
    _K.PHONE: LinkRule(80, "The same phone number"),
    _K.HANDLE: LinkRule(70, "The same handle"),
    _K.GROUP: LinkRule(40, "The same group"),
    _K.URL: LinkRule(50, "The same address on the web"),
    _K.IP: LinkRule(50, "The same IP address at the same time"),
    _K.PRIOR_REPORT: LinkRule(95, "The sender names the earlier report"),
}
# A row of a seized list says that the suspect had this contact, not who it is. The tie is shown and counts in the
# queue; it stays below what makes routing send a copy for a linked report's places (routing.LEAST_WEIGHT).
CONTACT_WEIGHT = 45
SAME_TIME = timedelta(hours=1)
# A value seen in more reports than this says little: a shared exit, "admin". Its weight falls in proportion.
COMMON = 20
LEAST = 10
# A report's work is bounded, however common its values: so many sightings of each value, counted so far, and so many
# ties in all, the strongest first.
MOST_SIGHTINGS = 2 * COMMON
MOST_COUNTED = 10_000
MOST_TIES = 200


@dataclass(frozen=True, slots=True)
class Shared:
    """One identifier of this report, seen in another; `reports` counts how many reports carry it in all."""

    own: Identifier
    other_report_id: int
    other_number: int
    other: Identifier
    reports: int


def may_tie(own: Identifier, other: Identifier) -> bool:
    """This function will tell whether two equal values can mean the same person: an address only at the same time."""
    if own.kind not in RULES or PersonRole.REPORTER in (own.role, other.role):
        return False
    if own.kind is not _K.IP:
        return True
    return own.at is not None and other.at is not None and abs(own.at - other.at) <= SAME_TIME


def weight_of(kind: IdentifierKind, reports: int) -> int:
    """This function will give the weight of a shared value that stands in so many reports."""
    full = RULES[kind].weight
    return full if reports <= COMMON else max(LEAST, full * COMMON // reports)


def _weight(shared: Shared) -> int:
    full = weight_of(shared.own.kind, shared.reports)
    return min(full, CONTACT_WEIGHT) if PersonRole.CONTACT in (shared.own.role, shared.other.role) else full


def link(shared: Shared) -> LinkFound:
    """This function will word one link."""
    rule = RULES[shared.own.kind]
    rare = "" if shared.reports <= COMMON else f", but it stands in {shared.reports} reports"
    return LinkFound(
        other_report_id=shared.other_report_id,
        other_number=shared.other_number,
        identifier_kind=shared.own.kind,
        value=shared.own.raw,
        weight=_weight(shared),
        why=f"{rule.words}{_role_words(shared)}{rare}",
    )


_ROLE_WORDS = {
    PersonRole.SUSPECT: "reported person",
    PersonRole.VICTIM: "child",
    PersonRole.RECIPIENT: "recipient",
    PersonRole.REPORTER: "reporter",
    PersonRole.CONTACT: "contact found with the suspect",
}


def _role_words(shared: Shared) -> str:
    if shared.own.kind in (_K.FILE_SHA256, _K.PRIOR_REPORT):
        return ""
    here, there = _ROLE_WORDS[shared.own.role], _ROLE_WORDS[shared.other.role]
    return f" ({here} in both)" if here == there else f" ({here} here, {there} there)"


def finding(found: LinkFound, now: datetime) -> Finding:
    """This function will wrap a link as a finding; the subject keeps one current finding per shared value."""
    subject = f"{found.other_number}:{found.identifier_kind}:{found.value}"
    return Finding(subject[:300], found, by="system:linking", tool=TOOL, at=now)


def is_news(shared: Shared) -> bool:
    """This function will tell whether the other report should learn of a tie: not of one that half the world shares."""
    return shared.reports <= COMMON


def decide(head: ReportHead, facts: Sequence[Shared], now: datetime) -> Advance:
    """This function will make a finding of the strongest ties; the rest of a very common value adds nothing."""
    ties = [shared for shared in facts if may_tie(shared.own, shared.other)]
    ties = sorted(ties, key=lambda one: (-weight_of(one.own.kind, one.reports), -one.other_report_id))[:MOST_TIES]
    links = sorted({link(shared) for shared in ties}, key=lambda one: (-one.weight, one.other_number, one.value))
    return Advance(
        to_state=ReportState.LINKED,
        findings=tuple(finding(one, now) for one in links),
        code="linked",
        own=tuple(ties),
    )


def mirrored(shared: Shared, head: ReportHead) -> Shared:
    """This function will look at the same tie from the other report's side."""
    return Shared(shared.other, head.id, head.number, shared.own, shared.reports)

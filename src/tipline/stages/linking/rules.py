"""Which shared identifiers tie two reports together, how strongly, and in which words. Pure."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tipline.domain.findings import Finding, LinkFound
from tipline.domain.identifiers import form_of, key_of, plain
from tipline.domain.lookalikes import letters
from tipline.domain.report import Identifier, IdentifierKind, PersonRole, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.domain.vocabulary import VIRAL_FLAGS
from tipline.stages.linking import table
from tipline.stages.linking.table import COMMON, RULES, LinkRule

TOOL = "linking 2"
_K = IdentifierKind
Key = tuple[IdentifierKind, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """One identifier of this report, seen in another; `reports` counts how many reports carry it in all.

    `own` and `other` are of one kind; where their values differ, they are two writings of the same. `same_company`
    is None where one of the reports came from no company; `other_account`: both name accounts there, and not the same.
    `cautions` are those of an address, `marks` those of a file; `is_new`: a file in many reports came up not long ago.
    """

    own: Identifier
    other_report_id: int
    other_number: int
    other: Identifier
    reports: int
    same_company: bool | None = None
    cautions: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    other_account: bool = False
    is_new: bool = True

    @property
    def is_one_company(self) -> bool:
        """Whether both are accounts of one company; a contact of a seized list is somewhere, nobody says where."""
        is_seized = any(one.path.startswith(table.SEIZED) for one in (self.own, self.other))
        return bool(self.same_company) and not is_seized

    @property
    def is_exact(self) -> bool:
        """Whether both reports write the value the same way."""
        return self.own.value == self.other.value

    @property
    def is_passed_on(self) -> bool:
        """Whether it is a file that many people pass on."""
        return self.own.kind in table.FILES and (self.is_called_viral or self.reports >= table.VIRAL_FROM)

    @property
    def is_viral(self) -> bool:
        """Whether it is a file that many people pass on at once: one event."""
        return self.is_passed_on and (self.is_called_viral or self.is_new)

    @property
    def is_called_viral(self) -> bool:
        """Whether the company says so."""
        return bool(self.marks & VIRAL_FLAGS)


def same(first: int | None, second: int | None) -> bool | None:
    """This function will tell whether two reports came from one company; None where one came from none."""
    return None if None in (first, second) else first == second


def account_of(own: Iterable[Identifier]) -> frozenset[str]:
    """This function will give the accounts of the reported person at the company."""
    return frozenset(one.value for one in own if one.kind is _K.ESP_ACCOUNT and one.role is PersonRole.SUSPECT)


def wants_account(shared: Shared) -> bool:
    """This function will tell whether it matters which account the other report names: one handle at one company."""
    are_suspects = shared.own.role is shared.other.role is PersonRole.SUSPECT
    return shared.own.kind is _K.HANDLE and shared.is_exact and shared.is_one_company and are_suspects


def with_accounts(shared: Shared, own: frozenset[str], others: frozenset[str]) -> Shared:
    """This function will note where two reports name accounts at one company, and no account in both."""
    return replace(shared, other_account=bool(own and others) and not own & others)


def indexed(own: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """This function will give what is indexed of a report: its identifiers, and their forms where those differ."""
    listed = tuple(own)
    forms = (form for one in listed if may_link(one) and (form := form_of(one)) is not None)
    kept = (one for one in listed if not _is_first_of_its_look(one))
    return (*kept, *(form for form in forms if form.value != form.raw))


def _is_first_of_its_look(one: Identifier) -> bool:
    # Its digest is indexed as that of a file, and asked for as such.
    return one.kind is _K.LOOK and one.value == one.raw


def probes(own: Iterable[Identifier]) -> dict[Key, list[Identifier]]:
    """This function will give what is asked for: each key with the report's identifiers that it speaks of.

    A form is asked for as it is and as a plain value, because a value that is its own form is indexed once.
    """
    found: dict[Key, list[Identifier]] = {}
    for one in own:
        if not may_link(one):
            continue
        form = form_of(one)
        keys = [key_of(one)] if form is None else [key_of(one), (form.kind, form.value), (one.kind, form.value)]
        if one.kind is _K.LOOK:
            keys.append((_K.FILE_SHA256, one.value))
        for key in dict.fromkeys(keys):
            found.setdefault(key, []).append(one)
    return found


def met(own: Identifier, found: Identifier) -> Identifier:
    """This function will give what was found by a probe as the other side of a tie: of the kind that asked."""
    return replace(found, kind=own.kind) if own.kind is _K.LOOK else plain(found)


def may_link(one: Identifier) -> bool:
    """This function will tell whether an identifier can tie at all: what identifies a reporter never does."""
    return one.kind in RULES and one.role is not PersonRole.REPORTER and bool(one.value)


def may_tie(own: Identifier, other: Identifier) -> bool:
    """This function will tell whether two equal values can mean the same person: an address only at the same time."""
    if not may_link(own) or other.role is PersonRole.REPORTER:
        return False
    if own.kind is _K.LOOK:
        return own.raw != other.raw  # the same bytes are told as the same file
    if own.kind is not _K.IP:
        return True
    return own.at is not None and other.at is not None and abs(own.at - other.at) <= table.SAME_TIME


def rule_of(shared: Shared) -> LinkRule:
    """This function will choose the rule: by the kind, by who the companies are, by how alike two writings are."""
    kind = shared.own.kind
    if kind is _K.HANDLE:
        return _rule_of_handle(shared)
    if kind is _K.EMAIL and not shared.is_exact:
        return RULES[_K.EMAIL_FORM]
    return table.ACCOUNT_ELSEWHERE if kind is _K.ESP_ACCOUNT and shared.same_company is False else RULES[kind]


def _rule_of_handle(shared: Shared) -> LinkRule:
    if not shared.is_exact:
        alike = letters(shared.own.value) == letters(shared.other.value)
        return RULES[_K.HANDLE_FORM] if alike else table.OTHER_NUMBER
    if shared.is_one_company:
        return table.OTHER_ACCOUNT if shared.other_account else table.SAME_COMPANY_HANDLE
    digits = sum(char.isdigit() for char in shared.own.value)
    return RULES[_K.HANDLE] if digits >= table.DISTINCT_DIGITS else table.PLAIN_HANDLE


def rarity(reports: int, span: int) -> float:
    """This function will give the share of its weight that a value in so many reports keeps: 1 for two, 0 at the span.

    One less the cube of the share of the logarithm: nearly all as long as one busy person may be behind it, then less
    and less, without a step.
    """
    share = math.log(max(reports, 2) / 2) / math.log(span / 2)
    return max(0.0, 1.0 - share**3)


def weight_of(kind: IdentifierKind, reports: int) -> int:
    """This function will give the weight of a shared value that stands in so many reports."""
    return _weighed(RULES[kind], reports)


def _weighed(rule: LinkRule, reports: int, share: float = 1.0) -> int:
    return max(min(table.LEAST, rule.weight), round(rule.weight * share * rarity(reports, rule.span)))


def is_shared_address(shared: Shared) -> bool:
    """This function will tell whether many people stand behind an address."""
    return shared.own.kind is _K.IP and bool(shared.cautions & table.SHARED_ADDRESS)


def weigh(shared: Shared) -> int:
    """This function will give the weight of a tie, of 100."""
    share = table.SHARED_ADDRESS_SHARE if is_shared_address(shared) else 1.0
    full = _weighed(rule_of(shared), shared.reports, share)
    is_contact = PersonRole.CONTACT in (shared.own.role, shared.other.role)
    return min(full, table.CONTACT_WEIGHT) if is_contact else full


def link(shared: Shared) -> LinkFound:
    """This function will word one link."""
    return LinkFound(
        other_report_id=shared.other_report_id,
        other_number=shared.other_number,
        identifier_kind=shared.own.kind,
        value=shared.own.raw,
        weight=weigh(shared),
        why=why(shared),
    )


def why(shared: Shared) -> str:
    """This function will say in words why two reports are tied, without a value of either: words outlive a purge."""
    rare = "" if shared.reports <= COMMON else f", but it stands in {shared.reports} reports"
    many = ", but many people share this address" if is_shared_address(shared) else ""
    viral = ", passed on by many" if shared.is_passed_on and not rare else ""
    return f"{rule_of(shared).words}{_role_words(shared)}{rare}{many}{viral}"


_ROLE_WORDS = {
    PersonRole.SUSPECT: "reported person",
    PersonRole.VICTIM: "child",
    PersonRole.RECIPIENT: "recipient",
    PersonRole.REPORTER: "reporter",
    PersonRole.CONTACT: "contact found with the suspect",
}
_OF_NOBODY = table.FILES | {_K.PRIOR_REPORT, _K.TEXT}


def _role_words(shared: Shared) -> str:
    if shared.own.kind in _OF_NOBODY:
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


def strongest(facts: Iterable[Shared]) -> tuple[Shared, ...]:
    """This function will give the ties that are told, the strongest first: of one value to one report the best one."""
    best: dict[tuple[int, IdentifierKind, str], tuple[int, Shared]] = {}
    for one in facts:
        weight = weigh(one) if may_tie(one.own, one.other) else 0
        name = (one.other_report_id, one.own.kind, one.own.value)
        if weight >= table.LEAST_TOLD and weight > best.get(name, (0, one))[0]:
            best[name] = (weight, one)
    ranked = sorted(best.values(), key=lambda pair: (pair[1].is_passed_on, -pair[0], -pair[1].other_report_id))
    return tuple(shared for _, shared in ranked[: table.MOST_TIES])


def told(ties: Iterable[Shared]) -> Iterator[Shared]:
    """This function will leave out all but a few ties of a file that many pass on: its event holds them all."""
    seen: Counter[str] = Counter()
    for one in ties:
        seen[one.own.value] += one.is_passed_on
        if not one.is_passed_on or seen[one.own.value] <= table.MOST_VIRAL_TOLD:
            yield one


def together(weights: Mapping[str, int]) -> int:
    """This function will combine the strongest tie of each family to one strength: each leaves less of the doubt."""
    doubt = math.prod(1 - weight / 100 for weight in weights.values())
    return round(100 * (1 - doubt))


def family_of(kind: str) -> str:
    """This function will give the family of a link's kind; an unknown one is a family of its own."""
    return RULES[IdentifierKind(kind)].family if kind in RULES else kind


def decide(head: ReportHead, facts: Sequence[Shared], now: datetime) -> Advance:
    """This function will make a finding of the strongest ties; the rest of a very common value adds nothing."""
    ties = strongest(facts)
    links = sorted({link(shared) for shared in told(ties)}, key=lambda one: (-one.weight, one.other_number, one.value))
    return Advance(
        to_state=ReportState.LINKED,
        findings=tuple(finding(one, now) for one in links),
        code="linked",
        own=tuple(ties),
    )


def mirrored(shared: Shared, head: ReportHead) -> Shared:
    """This function will look at the same tie from the other report's side."""
    return replace(shared, own=shared.other, other=shared.own, other_report_id=head.id, other_number=head.number)


def digest_of_text(text: str) -> str:
    """This function will give the digest under which the same free text is found again; empty for a short one."""
    words = " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest() if len(words) >= table.LEAST_TEXT else ""

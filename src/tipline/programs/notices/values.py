"""What the services of notices take and give: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A web address that came in. `source` is one of rules.words.SOURCES."""

    url: str
    source: str = "DESK"
    report_number: int | None = None
    partner_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The case of an address; `joined` where the case was there already."""

    number: int
    joined: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a person found, and how. Nobody needs to open the address from a machine of ours."""

    classification: str
    detection_method: str
    media_type: str
    how: str


@dataclass(frozen=True, slots=True)
class PoliceHold:
    """An agency asks us to wait: who, why, until when."""

    agency: str
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where the page is hosted, as far as somebody found out. Country: ISO 3166-1 alpha-2."""

    hosting_provider: str = ""
    registrar: str = ""
    asn: int | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody who may get the notice."""

    kind: str
    name: str
    email: str = ""
    source: str = "person"
    certainty: str = "medium"


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What a recipient says. `removed_at` and `account_suspended` with REMOVED, `reason` and `note` with DISPUTED."""

    kind: str
    via: str
    removed_at: datetime | None = None
    account_suspended: bool | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. `held` while the police asked us to wait; `check_due` where somebody should look."""

    number: int
    shown: str  # the address, written so that nothing makes a link of it
    state: str
    state_words: str
    held: bool
    check_due: bool
    entered_at: datetime
    moved_at: datetime
    next_at: datetime | None
    next_act: str
    recipient: str
    origins: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases and how many there are."""

    rows: tuple[CaseLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice, as the desk sees it."""

    id: int
    round: int
    kind: str
    to_name: str
    to_mail: str
    made_at: datetime
    delivery: str
    delivery_words: str
    trouble_words: str
    sent_at: datetime | None
    has_mail: bool
    xarf: dict[str, Any]
    withdrawal_words: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer of a recipient."""

    kind: str
    words: str
    at: datetime
    removed_at: datetime | None
    account_suspended: bool | None
    reason_words: str
    note: str
    via_words: str
    by: str


@dataclass(frozen=True, slots=True)
class JournalView:
    """One line of a case's journal in words."""

    at: datetime
    text: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check in words."""

    at: datetime
    words: str
    status_class: str
    by: str
    by_person: bool
    note: str


@dataclass(frozen=True, slots=True)
class HoldView:
    """One police-first hold; `lives` now."""

    agency: str
    why: str
    until: datetime
    set_at: datetime
    set_by: str
    lives: bool


@dataclass(frozen=True, slots=True)
class OriginView:
    """From where the address came."""

    source_words: str
    report_number: int | None
    partner_id: int | None
    note: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """What a recipient sees of a notice: the address in words, what it is, since when, and what was said."""

    id: int
    reference: int
    shown: str
    classification: str
    media_type: str
    verified_at: datetime
    to_name: str
    sent_at: datetime | None
    first_sent_at: datetime | None
    standing: str
    standing_words: str
    acknowledged_at: datetime | None
    removed_at: datetime | None
    said_back: str
    xarf: dict[str, Any]

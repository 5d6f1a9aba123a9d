"""What reads of victim identification return, and what its writes take. Frozen values; no child's name in any."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from tipline.programs.identification import rules
from tipline.programs.identification.formats.rows import SeizedFile


@dataclass(frozen=True, slots=True)
class NewCollection:
    """The case that a collection belongs to, as the examiner fills it in."""

    kind: str
    case_number: str
    legal_basis: str
    exhibit: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file that was sealed into the store while it came in. `size` in bytes, `sha256` of the plain bytes."""

    name: str
    wrapped_key: bytes
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CollectionLine:
    """One collection: its case, how far it is read, what was found."""

    id: int
    agency: str
    officer: str
    kind: str
    state: str
    case_number: str
    exhibit: str
    legal_basis: str
    device: str
    form: str
    size: int
    sha256: str
    bytes_read: int
    rows_read: int
    rows_bad: int
    identified: int
    recognised: int
    unrecognised: int
    not_relevant: int
    failure: str
    received_at: datetime
    read_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None

    @property
    def is_read(self) -> bool:
        """Whether every row was compared."""
        return self.state in ("READ", "REVIEWED")

    @property
    def is_answered(self) -> bool:
        """Whether there is something to take along: a file that broke off at its first row has no answer."""
        return self.is_read or (self.state == "FAILED" and self.rows_read > 0)

    @property
    def is_waiting(self) -> bool:
        """Whether it is still being read, or about to be."""
        return self.state in ("RECEIVED", "READING")

    @property
    def rows_expected(self) -> int:
        """How many rows the file seems to have; 0 while nothing is known."""
        return self.rows_read if self.is_read else rules.progress_of(self.rows_read, self.bytes_read, self.size)

    @property
    def percent(self) -> int:
        """How far it is read."""
        return 100 if self.is_read else min(99, 100 * self.bytes_read // max(1, self.size))

    @property
    def kind_words(self) -> str:
        """What kind of collection it is."""
        return rules.KINDS.get(self.kind, "Quick check")


@dataclass(frozen=True, slots=True)
class SeriesShown:
    """What a searching agency may know of a series: its name, whether the child is identified, whom to ask."""

    id: int
    name: str
    status: str
    contact_agency: str
    contact: str
    is_distributed: bool | None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One file of a collection and what we say of it."""

    row: int
    file: SeizedFile
    found: str
    how: str
    distance: int
    source: str
    series: SeriesShown | None

    @property
    def words(self) -> str:
        """The class in words."""
        return rules.CLASSES[self.found]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """A page of answers, how many there are in all, and after which row the next page starts."""

    rows: tuple[AnswerLine, ...]
    total: int
    next_after: int | None


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """What was wrong with a field of a row."""

    row: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of a chain of custody."""

    at: datetime
    by: str
    act: str
    detail: str


@dataclass(frozen=True, slots=True)
class FoundLater:
    """Files of a collection that agree with a series which came, or whose child was identified, afterwards."""

    collection: int
    case_number: str
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class SeriesGroup:
    """The files of a collection that belong to one series, and what an analyst said of them ("" is: not yet)."""

    series: SeriesShown
    files: int
    verdict: str
    reviewer: str
    at: datetime | None
    notification: str = ""
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series to be entered. `wish` is how the person wishes to be told; it is sealed."""

    name: str
    status: str = rules.STATUS_UNIDENTIFIED
    contact_agency: str = ""
    contact: str = ""
    relationship: str = ""
    age_band: str = ""
    sex: str = ""
    country: str = ""
    is_distributed: bool | None = None
    notification: str = "UNKNOWN"
    wish: str = ""


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series as the registry holds it, for the desk."""

    id: int
    name: str
    status: str
    contact_agency: str
    contact: str
    relationship: str
    age_band: str
    sex: str
    country: str
    is_distributed: bool | None
    notification: str
    identified_at: datetime | None
    created_at: datetime
    prints: int


@dataclass(frozen=True, slots=True)
class ChildAnnounced:
    """A newly identified child as the agency tells of it; the fingerprints may follow within the ten days."""

    case_number: str
    identified_on: date
    relationship: str = ""
    age_band: str = ""
    sex: str = ""
    country: str = ""
    contact_agency: str = ""
    contact: str = ""
    notification: str = "UNKNOWN"
    wish: str = ""


@dataclass(frozen=True, slots=True)
class NewChildLine:
    """A newly identified child and its clock."""

    id: int
    agency: str
    officer: str
    state: str
    case_number: str
    identified_on: date
    due_on: date
    relationship: str
    age_band: str
    sex: str
    country: str
    contact_agency: str
    contact: str
    notification: str
    announced_at: datetime
    submitted_at: datetime | None
    series: SeriesShown | None
    prints: int

    def is_overdue(self, today: date) -> bool:
        """Whether the ten business days are over and nothing was handed in."""
        return self.state == "ANNOUNCED" and today > self.due_on

    @property
    def was_late(self) -> bool:
        """Whether it was handed in after the ten business days."""
        return self.submitted_at is not None and self.submitted_at.date() > self.due_on

    def days_left(self, today: date) -> int:
        """Business days until it is due; 0 on the last day and after it."""
        return rules.business_days_between(today, self.due_on)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A roster: how many contacts, how many sought, identified, safe, how many stand in reports."""

    id: int
    agency: str
    officer: str
    case_number: str
    rows_total: int
    rows_read: int
    received_at: datetime
    searched_at: datetime | None
    statuses: dict[str, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    in_reports: int = 0


@dataclass(frozen=True, slots=True)
class RosterChildLine:
    """One contact of a roster."""

    id: int
    row: int
    written: str
    kind: str
    problem: str
    status: str
    country: str
    with_agency: str
    sightings: int | None
    reports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CountLine:
    """How many children were identified, as somebody said at a date."""

    value: int
    as_of: date
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an analyst says of the files of a series in a collection, or of one row."""

    verdict: str
    series: int | None = None
    row: int | None = None
    note: str = ""

"""The words of hash lists and the values that reads return. Pure.

Source: NCMEC Hash Sharing API v2 (environments, fingerprint types, classifications), see docs/glossary.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

# Fingerprint types by their name on the wire. PHOTODNA and NETCLEAN are stored, compared and passed on, never computed.
TYPES = (
    "MD5", "SHA1", "SHA256", "PDQ", "PDNA", "NETCLEAN", "VIDENTIFIER", "TMK_PDQF", "SSVH_PDNA", "SSVH_SAFER_HASH",
)  # fmt: skip
LARGE_TYPES = ("VIDENTIFIER", "TMK_PDQF", "SSVH_PDNA", "SSVH_SAFER_HASH")  # served by address, kept as bytes
CLASSIFICATIONS = ("A1", "A2", "B1", "B2")
MEDIA = ("image", "video")
# How an entry comes onto a list: three people who agree, or a survivor's own word (nobody ever sees the picture).
THREE_PEOPLE, SELF_REPORTED, PARTNER = "THREE_PEOPLE", "SELF_REPORTED", "PARTNER"
# PROPOSED waits for judgement; ACTIVE is served and matched; REJECTED was never served; DELETED leaves a tombstone.
PROPOSED, ACTIVE, REJECTED, DELETED = "PROPOSED", "ACTIVE", "REJECTED", "DELETED"
# What a partner said of one fingerprint of somebody's entry. The last three are a platform's answer (StopNCII form).
AFFIRMATIVE, NEGATIVE = "AFFIRMATIVE", "NEGATIVE"
BLOCKED, NOT_BLOCKED, PENDING = "BLOCKED", "NOT_BLOCKED", "PENDING"

# The lists. Two are for trying: made-up entries, admitted at once, never compared with what people report.
LISTS = (
    ("industry", "Industry: child sexual abuse material", THREE_PEOPLE),
    ("industry-exploitative", "Industry: exploitative pictures of children", THREE_PEOPLE),
    ("law-enforcement", "Law enforcement: child sexual abuse material", THREE_PEOPLE),
    ("npo", "Organisations: child sexual abuse material", THREE_PEOPLE),
    ("npo-exploitative", "Organisations: exploitative pictures of children", THREE_PEOPLE),
    ("industry-test", "Industry, for trying", PARTNER),
    ("npo-test", "Organisations, for trying", PARTNER),
)
TEST_LISTS = ("industry-test", "npo-test")
SURVIVORS_LISTS = ("npo", "npo-test")  # where the self-reported hashes go out, as a member of their own
OUR_MEMBER, SURVIVORS_MEMBER = "tipline", "take-it-down"  # slugs in the registry of partners


class Print(NamedTuple):
    """One fingerprint: type of TYPES, value as lowercase hex (PDNA: base64), quality 0-100 of a PDQ.

    `form`: of which form of the picture it is, where several are looked up (`domain.known`); empty as it is.
    A named tuple: comparing a seized collection makes millions of them.
    """

    type: str
    value: str
    quality: int = 0
    form: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What somebody wants on a list.

    `entry_id` is the member's own id, empty to have one made. `source` says where it is from: "report", "survivor",
    "series", "partner"; report_id and file_id name the file of ours that reviewers look at, where there is one.
    """

    list_slug: str
    member_id: int
    media: str
    prints: tuple[Print, ...]
    classification: str = ""
    entry_id: str = ""
    source: str = "report"
    report_id: int | None = None
    file_id: str = ""
    categorizations: tuple[str, ...] = ()
    canary_of: int | None = None  # shown to this partner alone, so that a leaked list names who leaked it
    features: bytes = b""  # of its picture, where that is at hand (`media.features.store`)


@dataclass(frozen=True, slots=True)
class NewVote:
    """What a partner says of one fingerprint of an entry. `reasons` are GUIDs, asked for where it is NEGATIVE."""

    type: str
    partner_id: int
    verdict: str
    reasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list and how many entries it has."""

    id: int
    slug: str
    name: str
    admission: str
    active: int = 0
    proposed: int = 0
    deleted: int = 0

    @property
    def is_test(self) -> bool:
        """A list for trying is never compared with what people report."""
        return self.slug in TEST_LISTS


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry without its judgements. `prints` without the bytes of large ones."""

    id: int
    entry_id: str
    list_slug: str
    list_name: str
    member_id: int
    member_name: str
    media: str
    classification: str
    categorizations: tuple[str, ...]
    state: str
    source: str
    changed_at: datetime
    deleted_at: datetime | None
    canary_of: int | None
    prints: tuple[Print, ...] = ()

    @property
    def is_gone(self) -> bool:
        """A tombstone is what consumers are told: withdrawn once and not (again) on the list."""
        return self.state != ACTIVE and self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Window:
    """Changes asked for: from `since` to `until`, both inclusive, as one member sees them; of one kind of media."""

    list_slug: str
    since: datetime
    until: datetime
    viewer: int
    media: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a window a page begins: after this change. Stable while data changes."""

    changed_at: datetime
    entry: int


START = Place(datetime(1, 1, 1, tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Reason:
    """An allowed reason for a negative vote on a type of fingerprint."""

    guid: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A categorisation that an owner may put on an entry."""

    guid: str
    group: str
    allow_multiple: bool
    name: str


@dataclass(frozen=True, slots=True)
class VoteLine:
    """What one partner last said of one fingerprint of an entry."""

    entry: int
    type: str
    partner_id: int
    partner_name: str
    verdict: str
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """One entry that a file agrees with: how, how near, on which list, of which member, and who judged it.

    `how` is the fingerprint type; `distance` in bits for PDQ, 0 for digests; `judged_by` counts people (0: a
    survivor's own word); `standing` sums up what partners said: "", "confirmed" or "disputed".
    `form`: which form of the file's picture is near, for PDQ and FILM; in which hand it agrees, for FEATURES. There
    `places` is how many agree and `lies` how the known picture lies in the file's (`domain.outline`). `at_ms`,
    `known_ms`: where a film that agrees by its frames (FILM) begins to agree, in the file and in the known film.
    """

    entry: int  # our key of the entry
    entry_id: str
    list_slug: str
    list_name: str
    member_id: int
    member_name: str
    media: str
    classification: str
    how: str
    distance: int
    judged_by: int
    last_judged_at: datetime | None
    standing: str
    source: str
    form: str = ""
    places: int = 0
    lies: tuple[float, ...] = ()
    at_ms: int | None = None
    known_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HitCount:
    """How often the fingerprints of some entries were found since, and how often platforms said that they removed."""

    found: int
    last_found_at: datetime | None
    removed: int
    not_removed: int


@dataclass(frozen=True, slots=True)
class HoldLine:
    """An entry that is held, or was: how many files agreed with it within a day, and what a person said."""

    entry: int
    files: int
    held_at: datetime
    list_name: str
    member_name: str
    released_at: datetime | None = None
    released_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A file of entries and how far it is on its list. `by` is empty where it was read by the command."""

    id: int
    list_slug: str
    list_name: str
    member_name: str
    by: str
    begun_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    failure: str
    size: int
    bytes_read: int
    rows: int
    taken: int
    withdrawn: int
    refused: int
    is_waiting: bool = False

    @property
    def percent(self) -> int:
        """How much of the file was read."""
        return min(100, 100 * self.bytes_read // max(1, self.size))


class RowFault(NamedTuple):
    """What is wrong with one field of one row; an empty field means the whole row."""

    id: int
    row: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NeverLine:
    """A fingerprint that never counts: who said so, and why."""

    id: int
    type: str
    value: str
    reason: str
    by: str
    at: datetime

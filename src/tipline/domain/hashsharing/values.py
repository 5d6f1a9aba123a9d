"""What goes over the wire of the Hash Sharing API v2. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a list. Two members may use the same entry id, so an entry is named by both."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SharedPrint:
    """One fingerprint: its type on the wire; the value, or where a large one can be fetched."""

    type: str
    value: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """An allowed reason for a negative vote on a type of fingerprint."""

    guid: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SharedVote:
    """What a member said of one fingerprint; `reasons` are given with a negative vote alone."""

    type: str
    member: Member
    affirmative: bool
    at: datetime
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedEntry:
    """An entry in its newest state; a deleted one is a tombstone without fingerprints."""

    member: Member
    id: str
    media: str  # "image" or "video"
    at: datetime
    deleted: bool = False
    classification: str = ""
    prints: tuple[SharedPrint, ...] = ()
    votes: tuple[SharedVote, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A categorisation that an owner may put on an entry."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class TagGroup:
    """Categorisations of which one, or several, may be chosen."""

    name: str
    allow_multiple: bool
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A vote as sent: affirmative, or negative with the ids of its reasons."""

    affirmative: bool
    reasons: tuple[str, ...] = ()

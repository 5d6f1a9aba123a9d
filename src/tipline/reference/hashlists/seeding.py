"""The lists that exist, their reasons for a negative vote, their categorisations, and our own members.

GUIDs come from the list's name and the row's, so they stay the same inside a list and differ between lists.
Source: NCMEC Hash Sharing API v2, environments and categorisations.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from tipline.domain.actor import system
from tipline.reference.hashlists.models import Categorization, FeedbackReason, HashList
from tipline.reference.hashlists.values import LISTS, OUR_MEMBER, SURVIVORS_MEMBER, TYPES
from tipline.reference.partners import queries as partners
from tipline.reference.partners import service as registry

_SPACE = UUID("6d0a1c62-9f0e-5f5e-9d0b-1f4b8f0c7a11")
_DIGESTS = ("MD5", "SHA1", "SHA256")
_REASONS = (
    "The picture shows no child",
    "The picture does not meet this list's definition",
    "The classification is wrong",
    "The file cannot be opened",
)
_LOOSE_REASON = "The fingerprint agrees with other pictures"  # only where nearness is compared
_GROUPS = (
    ("Content", False, ("Clothed child", "Unclothed child", "Unconfirmed child sexual abuse material")),
    ("Context", True, ("Known minor", "Potential meme", "Viral")),
    ("Egregious", True, ("Infant or toddler", "Violence", "Animal")),
)
_MEMBERS = (
    (OUR_MEMBER, registry.NewPartner(name="Tipline", kind="CLEARING_HOUSE")),
    (SURVIVORS_MEMBER, registry.NewPartner(name="Take It Down", kind="SURVIVORS")),
)


def seed(now: datetime) -> None:
    """This function will enter what is missing and leave the rest as it is."""
    HashList.objects.bulk_create(
        [HashList(slug=slug, name=name, admission=how, created_at=now) for slug, name, how in LISTS],
        ignore_conflicts=True,
    )
    for row in HashList.objects.order_by("id"):
        FeedbackReason.objects.bulk_create(_reasons(row), ignore_conflicts=True)
        Categorization.objects.bulk_create(_categorizations(row), ignore_conflicts=True)
    for slug, member in _MEMBERS:
        if partners.find_partner_by_slug(slug) is None:
            registry.create_partner(new=member, by=system("hashlists"), now=now)


def _guid(row: HashList, *words: str) -> UUID:
    return uuid5(_SPACE, "\n".join((row.slug, *words)))


def _reasons(row: HashList) -> list[FeedbackReason]:
    return [
        FeedbackReason(guid=_guid(row, "reason", kind, name), hash_list=row, name=name, type=kind)
        for kind in TYPES
        for name in (_REASONS if kind in _DIGESTS else (*_REASONS, _LOOSE_REASON))
    ]


def _categorizations(row: HashList) -> list[Categorization]:
    named = [(group, many, name) for group, many, names in _GROUPS for name in names]
    return [
        Categorization(
            guid=_guid(row, "category", group, name), hash_list=row, group=group, allow_multiple=many, name=name,
            position=at,
        )
        for at, (group, many, name) in enumerate(named, start=1)
    ]  # fmt: skip

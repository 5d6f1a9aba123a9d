"""Known pictures that a picture shows a part of, or is a part of: by local features, then geometry (`media.compare`).

The dearest question, asked only where digests and PDQ found nothing. It finds reasons for a person to look, no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tipline.domain.known import FEATURES, MIRRORED
from tipline.media.candidates import Candidate, FeatureCandidates, Looked
from tipline.media.compare import Seen, Shelf, by_features
from tipline.media.features.store import Features
from tipline.reference.hashlists import adapters
from tipline.reference.hashlists.features import listed_features
from tipline.reference.hashlists.matching import Found, match_of, tell_listed
from tipline.reference.hashlists.never import load_never
from tipline.reference.hashlists.rules import tidied
from tipline.reference.hashlists.values import Match, Print


@dataclass(frozen=True, slots=True)
class Picture:
    """What is asked: its features, its fingerprints, and the entries that were found in it before.

    Those are judged again whatever the index proposes now, so that what was found stays for as long as it is listed.
    """

    features: Features
    prints: Sequence[Print] = ()
    before: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class _Before:
    """Entries that were found before, as candidates."""

    entries: Collection[int]

    def among(self, looked: Looked, most: int) -> list[Candidate]:
        """This function will list all of them, whatever is looked at."""
        return [Candidate(entry, 0.0) for entry in self.entries]


def look_up_depicted(rows: Mapping[int, Picture]) -> dict[int, tuple[Match, ...]]:
    """This function will find the entries whose pictures lie in others, or the other way about; best supported first.

    Rows are the caller's numbers; only those that show something are returned. What never counts is not asked.
    """
    never = load_never()
    asked = {
        row: one
        for row, one in rows.items()
        if len(one.features) and not any(never.holds(each.type, each.value) for each in map(tidied, one.prints))
    }
    return {row: found for row, one in asked.items() if (found := _look_up(one))}


def _look_up(picture: Picture) -> tuple[Match, ...]:
    shelf = Shelf(
        candidates=[FeatureCandidates(adapters.listed_features()), _Before(picture.before)], features=_features_of
    )
    found = by_features(Seen(features=picture.features), shelf)
    told = tell_listed(one.entry for one in found)
    return tuple(
        replace(
            match_of(told[one.entry], Found(one.entry, FEATURES, 0, "")), form=MIRRORED if lies.mirrored else "",
            places=lies.inliers, lies=lies.transform,
        )
        for one in found
        if one.entry in told and (lies := one.geometry) is not None
    )  # fmt: skip


def _features_of(entry: int) -> Features | None:
    return dict(listed_features((entry,))).get(entry)

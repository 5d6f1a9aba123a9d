"""Is this picture known? From the cheapest question to the dearest, and what speaks for each answer.

    shelf = Shelf(digests=table.get, hashes=NearIndex(folder), candidates=[FeatureCandidates(index)], features=read)
    compare(see(luma, digests=[sha256]), shelf)      # [Match(entry=17, tier="features", geometry=...), ...]

1. the same bytes (digests); 2. the same picture re-encoded, resized, turned, mirrored or framed (PDQ within 31 bits, in
eight forms, whole and without its border); 3. a part of it, covered, inside something else (local features: candidates,
then geometry, which alone decides). A tier is asked only where those before it found nothing.

A match is a reason for a person to look, with its evidence; nothing may act on one by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tipline.media.borders import without_borders
from tipline.media.candidates import Candidates
from tipline.media.features.extract import extract
from tipline.media.features.geometry import Geometry, verify
from tipline.media.features.store import Features
from tipline.media.index.port import Finder
from tipline.media.pdq import Pdq, pdq_dihedral
from tipline.media.thresholds import PDQ_LEAST_QUALITY, PDQ_RADIUS

MOST_JUDGED = 12  # candidates that geometry looks at

Tier = Literal["digest", "pdq", "features"]


@dataclass(frozen=True, slots=True)
class Form:
    """One hash of a picture: in which of the eight forms (0 as it is; `pdq.pdq_dihedral`), whether without border."""

    hash: bytes
    form: int
    trimmed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What was computed of a picture. Each part may be missing; then its tier is not asked.

    digests: of the file's bytes. forms: hashes of good quality. embedding: (d,), of the operator's model.
    """

    digests: tuple[bytes, ...] = ()
    forms: tuple[Form, ...] = ()
    features: Features | None = None
    embedding: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A known picture that was recognised, and by what.

    distance, form, trimmed: of a PDQ match. geometry: where the known picture lies in this one.
    """

    entry: int
    tier: Tier
    distance: int | None = None
    form: int | None = None
    trimmed: bool = False
    geometry: Geometry | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The known pictures: how each kind of fingerprint is looked up. What is not there is not asked.

    digests: the entries that have a digest. hashes: of known pictures, whole and (where it differs) without border.
    features: the stored features of a candidate, None where it has none (any more).
    """

    digests: Callable[[bytes], Iterable[int]] | None = None
    hashes: Finder | None = None
    candidates: Sequence[Candidates] = ()
    features: Callable[[int], Features | None] | None = None


def see(luma: NDArray[np.uint8], *, digests: Sequence[bytes] = (), features: bool = True) -> Seen:
    """This function will compute what `compare` needs of a picture: `luma` is (height, width) bytes."""
    return Seen(tuple(digests), forms_of(luma), extract(luma) if features else None)


def forms_of(luma: NDArray[np.uint8]) -> tuple[Form, ...]:
    """This function will hash a picture in its eight forms, whole and, if it has a border, without."""
    made = _hashed(luma, is_trimmed=False)
    inner = without_borders(luma)
    if inner is not None:
        made += _hashed(inner, is_trimmed=True)
    return made


def known_hashes(luma: NDArray[np.uint8]) -> tuple[bytes, ...]:
    """This function will hash a known picture for the shelf: whole and, if it has a border, without."""
    return tuple(one.hash for one in forms_of(luma) if one.form == 0)


def _hashed(luma: NDArray[np.uint8], *, is_trimmed: bool) -> tuple[Form, ...]:
    hashes: tuple[Pdq, ...] = pdq_dihedral(luma)
    if hashes[0].quality < PDQ_LEAST_QUALITY:
        return ()
    return tuple(Form(bytes.fromhex(one.hex), form, is_trimmed) for form, one in enumerate(hashes))


def compare(seen: Seen, shelf: Shelf, *, most_judged: int = MOST_JUDGED) -> list[Match]:
    """This function will list the known pictures that this one shows, the surest first."""
    for ask in (by_digest, by_hash):
        if found := ask(seen, shelf):
            return found
    return by_features(seen, shelf, most_judged=most_judged)


def by_digest(seen: Seen, shelf: Shelf) -> list[Match]:
    """This function will list entries with the same bytes."""
    if shelf.digests is None:
        return []
    entries = {entry for digest in seen.digests for entry in shelf.digests(digest)}
    return [Match(entry, "digest") for entry in sorted(entries)]


def by_hash(seen: Seen, shelf: Shelf, *, radius: int = PDQ_RADIUS) -> list[Match]:
    """This function will list entries with a near hash, each once, by its nearest form."""
    if shelf.hashes is None:
        return []
    found: dict[int, Match] = {}
    for form in seen.forms:
        for near in shelf.hashes.find(form.hash, radius):
            held = found.get(near.entry)
            if held is None or held.distance is None or near.distance < held.distance:
                found[near.entry] = Match(near.entry, "pdq", near.distance, form.form, form.trimmed)
    return sorted(found.values(), key=lambda one: (one.distance, one.entry))


def by_features(seen: Seen, shelf: Shelf, *, most_judged: int = MOST_JUDGED) -> list[Match]:
    """This function will list entries that lie in the picture by geometry, the best supported first."""
    if shelf.features is None or seen.features is None:
        return []
    hands: dict[int, set[bool | None]] = {}
    for each in shelf.candidates:
        for one in each.among(seen, most_judged):
            hands.setdefault(one.entry, set()).add(one.mirrored)
    found = []
    for entry, ways in hands.items():
        known = shelf.features(entry)
        geometry = (
            None if known is None else verify(known, seen.features, mirrored=ways.pop() if len(ways) == 1 else None)
        )
        if geometry is not None:
            found.append(Match(entry, "features", geometry=geometry))
    return sorted(found, key=lambda one: (-_inliers(one), one.entry))


def _inliers(match: Match) -> int:
    return match.geometry.inliers if match.geometry else 0

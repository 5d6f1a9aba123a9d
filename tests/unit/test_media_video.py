"""Votes that line up in time, the packing of frames, and which frames are hashed. Nothing is decoded here."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from tipline.media.video import prints
from tipline.media.video.matching import Vote, count, doubts, has_unseen
from tipline.media.video.prints import MOST_MS, FramePrint, entries_of, entry_of, pack, split, unpack
from tipline.media.video.sides import FAR_MS, MOST_GAP_MS, MOST_KEPT, MOST_MOMENTS, Plan, Query, Reference

_ANY_PRINT = some.builds(
    FramePrint,
    some.integers(0, prints.MOST_MS),
    some.binary(min_size=32, max_size=32),
    some.integers(0, 100),
    some.integers(0, 7),
    some.booleans(),
)


@given(some.lists(_ANY_PRINT, max_size=5))
def test_prints_come_back_as_they_were(made: list[FramePrint]) -> None:
    assert list(unpack(pack(made))) == made


@pytest.mark.parametrize("packed", [b"x", b"\xff" * prints.RECORD_BYTES, bytes(4) + b"\x65" + bytes(34)])
def test_what_is_no_print_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"length|record"):
        unpack(packed)


@given(some.integers(0, prints.MOST_FILM), some.integers(0, prints.MOST_MS))
def test_film_and_time_fit_into_one_number_of_the_index(film: int, ms: int) -> None:
    assert entry_of(film, ms) < 2**63
    assert split(entry_of(film, ms)) == (film, ms)
    assert entries_of(film, np.array([ms], dtype=np.uint32)).tolist() == [entry_of(film, ms)]


def _votes(film: int, pairs: list[tuple[int, int]], form: int = 0) -> list[Vote]:
    return [Vote(at, film, there, form, False, 4) for at, there in pairs]


def test_moments_that_agree_on_one_shift_are_a_match_with_its_stretch_and_share() -> None:
    moments = [0, 1000, 2000, 3000, 4000, 9000]
    (found,) = count(_votes(7, [(1000, 61_200), (2000, 62_100), (4000, 64_000)]), moments)
    assert (found.film, found.begins_ms, found.ends_ms, found.offset_ms) == (7, 1000, 4000, 60_200)
    assert (found.moments, found.share) == (3, 0.75)


def test_moments_that_agree_on_no_shift_are_none() -> None:
    scattered = _votes(7, [(0, 90_000), (1000, 5000), (2000, 70_000), (3000, 20_000)])
    assert count(scattered, [0, 1000, 2000, 3000]) == []


def test_one_moment_is_enough_only_where_there_is_no_other() -> None:
    assert count(_votes(7, [(0, 500)]), [0, 1000, 2000]) == []
    assert [one.film for one in count(_votes(7, [(0, 500)]), [0])] == [7]


def test_a_few_agreements_among_many_frames_between_are_none() -> None:
    assert count(_votes(7, [(0, 0), (9000, 9000)]), list(range(0, 10_000, 1000))) == []


def test_a_glance_leaves_a_doubt_where_something_was_near_and_nothing_lined_up() -> None:
    moments = [0, 4000, 8000]
    assert doubts(_votes(7, [(0, 500), (4000, 4500)]), moments) == []
    assert doubts(_votes(7, [(4000, 4500)]), moments) == [4000]
    assert doubts([], moments) == []


def test_one_moment_alone_is_a_doubt() -> None:
    assert doubts(_votes(7, [(0, 500)]), [0]) == [0]


def test_a_stretch_without_a_moment_is_unseen() -> None:
    assert has_unseen([0, 10_000], 12_000)
    assert not has_unseen([0, 4000, 8000], 12_000)


def test_a_container_that_lies_about_its_length_does_not_hide_key_frames() -> None:
    assert Query().key_gap(Plan((), 0, Fraction(1, 1000), MOST_MS)) == FAR_MS
    assert Query().key_gap(Plan((), 0, Fraction(1, 1000), 2000)) == 500


def test_forms_are_not_mixed_and_the_surest_film_comes_first() -> None:
    moments = list(range(0, 6000, 1000))
    mirrored = _votes(1, [(at, at) for at in moments], form=5)
    half = _votes(2, [(at, at + 100) for at in moments[:3]])
    mixed = _votes(3, [(0, 0)]) + _votes(3, [(1000, 1000)], form=4)
    found = count(mirrored + half + mixed, moments)
    assert [(one.film, one.form) for one in found] == [(1, 5), (2, 0)]


@pytest.mark.parametrize("speed", [0.8, 1.2])
def test_a_film_that_runs_faster_or_slower_agrees_for_a_stretch(speed: float) -> None:
    moments = list(range(0, 60_000, 1000))
    (found,) = count(_votes(1, [(at, int(at * speed)) for at in moments]), moments)
    assert found.moments >= 8
    assert found.share == 1.0


def _noise(seed: int) -> NDArray[np.uint8]:
    small = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    return np.kron(small, np.ones((16, 16), dtype=np.uint8))


def test_the_known_side_keeps_what_changes_and_a_frame_of_what_does_not_every_two_seconds() -> None:
    side = Reference()
    for at in range(0, 6000, 40):
        side.take(at, _noise(1))
    assert [one.ms for one in side.prints] == [0, MOST_GAP_MS, 2 * MOST_GAP_MS]
    side.take(6000, _noise(2))
    side.take(6040, _noise(3))
    assert [one.ms for one in side.prints][3:] == [6000, 6040]


def test_flat_frames_are_not_kept() -> None:
    for side in (Reference(), Query()):
        side.take(0, np.full((90, 90), 128, dtype=np.uint8))
        assert side.prints == []


def test_long_films_are_thinned_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipline.media.video.sides.MOST_KEPT", 20)
    monkeypatch.setattr("tipline.media.video.sides.MOST_MOMENTS", 10)
    for side, most in ((Reference(), 20), (Query(), 16 * 10)):
        for at in range(100):
            side.take(5000 * at, _noise(at))
        assert len(side.prints) <= most
        assert side.prints[-1].ms > 400_000
    assert (MOST_KEPT, MOST_MOMENTS) == (12_000, 600)


def test_the_side_that_asks_hashes_eight_forms_and_again_without_the_border() -> None:
    side = Query()
    framed = np.zeros((220, 128), dtype=np.uint8)
    framed[46:174] = _noise(4)
    side.take(0, framed)
    assert [(one.form, one.is_trimmed) for one in side.prints if one.is_trimmed] == [(form, True) for form in range(8)]
    assert len(side.prints) == 16


def test_between_key_frames_that_are_far_apart_others_are_taken() -> None:
    near = Plan(tuple(range(0, 40_000, 2000)), 0, Fraction(1, 1000), 40_000)
    far = Plan(tuple(range(0, 40_000, FAR_MS + 1000)), 0, Fraction(1, 1000), 40_000)
    assert (Query().skip(near, 4000), Query().skip(far, 5000)) == ("NONKEY", "NONREF")
    few = Plan((0, 2000), 0, Fraction(1, 1000), 3000)
    assert Query().skip(few, 0) == "NONREF"

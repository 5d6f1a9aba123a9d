"""The cascade: the cheapest tier that knows a picture answers, with its evidence; nothing else does."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.bench import edits, pictures

from tipline.media import decode
from tipline.media.candidates import (
    INDEXED,
    Candidate,
    EmbeddingCandidates,
    FeatureCandidates,
    Looked,
    arrays_of,
    rows_of,
)
from tipline.media.compare import Match, Seen, Shelf, compare, known_hashes, see
from tipline.media.embedding import NoRuntime, OnnxEmbedder, Preparation
from tipline.media.features.extract import extract
from tipline.media.features.store import Features
from tipline.media.index.near import NearIndex, Writer

KNOWN = range(3)


@pytest.fixture(scope="module")
def stored() -> dict[int, Features]:
    return {number: extract(pictures.as_luma(number)).first(500) for number in KNOWN}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, stored: dict[int, Features]) -> Shelf:
    folder = tmp_path_factory.mktemp("shelf")
    with Writer(folder / "hashes") as hashes, Writer(folder / "features") as features:
        for number, each in stored.items():
            hashes.add([(hash, number) for hash in known_hashes(pictures.as_luma(number))])
            features.add(rows_of(number, each))
    digests = {b"digest of 2": [2]}
    return Shelf(
        lambda digest: digests.get(digest, []),
        NearIndex(folder / "hashes"),
        [FeatureCandidates(NearIndex(folder / "features"))],
        stored.get,
    )


def _edited(number: int, edit: str) -> Seen:
    return see(decode.luma_of(edits.edited(edit, Image.fromarray(pictures.scene(number)), number)))


def test_the_same_bytes_are_known_by_their_digest_alone(shelf: Shelf) -> None:
    assert compare(Seen(digests=(b"another", b"digest of 2")), shelf) == [Match(2, "digest")]


@pytest.mark.parametrize(
    ("edit", "form", "is_trimmed"),
    [("quality 30", 0, False), ("mirrored", 5, False), ("letterboxed", 0, True)],
)
def test_a_near_hash_tells_form_and_distance(shelf: Shelf, edit: str, form: int, is_trimmed: bool) -> None:
    (match,) = compare(_edited(2, edit), shelf)
    assert (match.entry, match.tier, match.form, match.trimmed) == (2, "pdq", form, is_trimmed)
    assert match.distance is not None
    assert match.distance <= 31


@pytest.mark.parametrize("edit", ["25 % of it", "on a screen", "half of it, mirrored, quality 30"])
def test_what_no_hash_finds_is_found_by_its_features(shelf: Shelf, edit: str) -> None:
    for number in KNOWN:
        (match,) = compare(_edited(number, edit), shelf)
        assert (match.entry, match.tier) == (number, "features")
        assert match.geometry is not None
        assert match.geometry.mirrored == ("mirrored" in edit)


def test_strangers_match_nothing(shelf: Shelf) -> None:
    assert [compare(see(pictures.as_luma(number)), shelf) for number in range(100, 104)] == [[]] * 4


def test_a_picture_added_is_proposed_at_once_and_one_removed_no_more(
    tmp_path: Path, stored: dict[int, Features]
) -> None:
    asked = _edited(1, "50 % of it")
    reader = FeatureCandidates(NearIndex(tmp_path))
    with Writer(tmp_path) as writer:
        assert reader.among(asked, 5) == []
        writer.add(rows_of(1, stored[1]))
        assert [one.entry for one in reader.among(asked, 5)] == [1]
        writer.remove(rows_of(1, stored[1]))
        assert reader.among(asked, 5) == []


def test_many_pictures_at_once_get_what_each_gets(shelf: Shelf) -> None:
    (by_features,) = shelf.candidates
    assert isinstance(by_features, FeatureCandidates)
    nothing = Seen(features=extract(np.zeros((60, 60), np.uint8)))
    asked = [Seen(), *(_edited(number, "50 % of it") for number in KNOWN), nothing, _edited(1, "mirrored"), Seen()]
    each = [by_features.among(one, 5) for one in asked]
    assert by_features.among_each(asked, 5) == each
    assert [bool(one) for one in each] == [False, *([True] * len(KNOWN)), False, True, False]
    assert by_features.among_each([], 5) == []


def test_a_code_that_every_picture_has_proposes_none(tmp_path: Path, stored: dict[int, Features]) -> None:
    with Writer(tmp_path) as writer:
        for number in range(100):
            writer.add(rows_of(number, stored[1]))
    assert FeatureCandidates(NearIndex(tmp_path)).among(_edited(1, "50 % of it"), 5) == []
    every = FeatureCandidates(NearIndex(tmp_path), all_copies=True)
    assert {one.entry for one in every.among(_edited(1, "50 % of it"), 500)} == set(range(100))
    assert every.among(_edited(0, "50 % of it"), 500) == []


def test_entries_hold_the_picture_and_no_more_rows_than_promised(stored: dict[int, Features]) -> None:
    most = (1 << 48) - 1
    codes, entries = arrays_of(most, stored[0])
    assert len(codes) == len(entries) == INDEXED
    assert set((entries >> np.uint64(15)).tolist()) == {most}
    with pytest.raises(ValueError, match="below 2"):
        arrays_of(most + 1, stored[0])


class _Fake:
    """A model for tests: the picture at 8 x 8."""

    name = "eight by eight"

    def embed(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        small = np.asarray(Image.fromarray(rgb).convert("L").resize((8, 8)), dtype=np.float32).reshape(-1)
        return small - small.mean()


def test_a_model_proposes_by_the_same_interface_and_geometry_still_judges(stored: dict[int, Features]) -> None:
    model = _Fake()
    vectors = np.stack([model.embed(pictures.scene(number)) for number in KNOWN])
    candidates = EmbeddingCandidates(list(KNOWN)[:-1], vectors[:-1])
    candidates.add(KNOWN[-1], vectors[-1])
    asked = see(pictures.as_luma(2))
    asked = Seen(features=asked.features, embedding=model.embed(pictures.scene(2)))
    assert candidates.among(asked, 3)[0].entry == 2
    found = compare(asked, Shelf(candidates=[candidates], features=stored.get), most_judged=len(KNOWN))
    assert [one.entry for one in found] == [2]


class _Everything:
    def among(self, looked: Looked, most: int) -> list[Candidate]:
        return [Candidate(99, 1.0), *(Candidate(number, 1.0) for number in KNOWN)]


def test_an_entry_whose_features_are_gone_is_passed_over(stored: dict[int, Features]) -> None:
    found = compare(see(pictures.as_luma(2)), Shelf(candidates=[_Everything()], features=stored.get))
    assert [one.entry for one in found] == [2]


def test_a_model_without_its_runtime_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(NoRuntime):
        OnnxEmbedder(Path("model.onnx"))


@pytest.mark.parametrize(
    ("preparation", "shape", "kind"),
    [
        (Preparation(side=32), (1, 3, 32, 32), np.float32),
        (Preparation(side=24, is_planar=False, as_bytes=True), (1, 24, 24, 3), np.uint8),
    ],
)
def test_a_model_gets_the_picture_as_it_wants_it(
    monkeypatch: pytest.MonkeyPatch, preparation: Preparation, shape: tuple[int, ...], kind: type
) -> None:
    given: list[Any] = []

    class Session:
        def __init__(self, path: str, options: object, providers: list[str]) -> None:
            assert path == "a/model.onnx"

        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="picture")]

        def run(self, outputs: None, feed: dict[str, Any]) -> list[NDArray[np.float16]]:
            given.append(feed["picture"])
            return [np.ones((1, 4), dtype=np.float16)]

    fake = SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=Session)
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    model = OnnxEmbedder(Path("a/model.onnx"), preparation)
    vector = model.embed(pictures.scene(0))
    assert (model.name, vector.tolist(), vector.dtype) == ("model", [1, 1, 1, 1], np.float32)
    assert given[0].shape == shape
    assert given[0].dtype == kind

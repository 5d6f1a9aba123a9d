"""The port for a copy-detection model that the operator supplies. None comes with Tipline, none is ever fetched.

A model turns a picture into a vector that stays nearly the same when the picture is edited (SSCD and others, as ONNX).
Its vectors propose candidates (`candidates.EmbeddingCandidates`); geometry judges them as it judges all others.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class NoRuntime(Exception):
    """A model was named but onnxruntime is not installed: `pip install onnxruntime`."""


class Embedder(Protocol):
    """A model: `name` goes with every stored vector, since vectors of two models cannot be compared."""

    name: str

    def embed(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """This function will turn a picture, (height, width, 3) bytes, into a vector, (d,)."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a model wants to see. The defaults are those of Meta's SSCD.

    side: the picture is stretched to a square of so many pixels. mean, deviation: taken off and divided by, of values
    0 to 1. is_planar: colours first, (1, 3, side, side), or last. as_bytes: 0 to 255 instead, untouched.
    """

    side: int = 288
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    deviation: tuple[float, float, float] = (0.229, 0.224, 0.225)
    is_planar: bool = True
    as_bytes: bool = False

    def prepared(self, rgb: NDArray[np.uint8]) -> NDArray[Any]:
        """This function will turn (height, width, 3) bytes into what the model takes, one picture in the batch."""
        square = Image.fromarray(rgb).resize((self.side, self.side), Image.Resampling.BILINEAR)
        values: NDArray[Any] = np.asarray(square)
        if not self.as_bytes:
            shares = values.astype(np.float32) / 255
            values = (shares - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1) if self.is_planar else values)[None]


class OnnxEmbedder:
    """A model in an ONNX file with one input and the vector as its first output."""

    def __init__(self, path: Path, preparation: Preparation | None = None) -> None:
        """This function will load the model, on one core. Raises NoRuntime, and what onnxruntime raises."""
        try:
            runtime = importlib.import_module("onnxruntime")
        except ImportError as error:
            raise NoRuntime(str(error)) from error
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._preparation = preparation or Preparation()
        self.name = path.stem

    def embed(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """This function will turn a picture, (height, width, 3) bytes, into the model's vector, (d,)."""
        given = self._preparation.prepared(rgb)
        vector = np.asarray(self._session.run(None, {self._input: given})[0], dtype=np.float32)
        return vector.reshape(-1)

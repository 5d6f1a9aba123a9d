"""One measured figure. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: the value, over how many things, in how many seconds."""

    ours: float
    n: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Peer:
    """What a figure is compared with: measured in the same run, or a published number."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a bench or a fault run.

    at_least: what `ratio` must reach where there is a peer, else `ours`; None where nothing is promised yet.
    ok: whether the figure holds, with everything the run checks beside it.
    """

    name: str
    figure: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str | None
    ratio: float | None
    at_least: float | None
    ok: bool
    n: int
    seconds: float

    def as_json(self) -> str:
        """This function will write the figure as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_form(cls, form: dict[str, Any]) -> Figure:
        """This function will read a figure back from its JSON form."""
        return cls(**form)


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one run share its name and whether what it checked beside them held."""

    name: str
    sound: bool = True

    def figure(
        self,
        figure: str,
        unit: str,
        measured: Measured,
        *,
        peer: Peer | None = None,
        at_least: float | None = None,
    ) -> Figure:
        """This function will make one figure, rounded to what can be meant."""
        ratio = measured.ours / peer.value if peer and peer.value else None
        reached = ratio if peer else measured.ours
        holds = at_least is None or (reached is not None and reached >= at_least)
        return Figure(
            name=self.name,
            figure=figure,
            unit=unit,
            ours=_rounded(measured.ours),
            peer=_rounded(peer.value) if peer else None,
            peer_name=peer.name if peer else None,
            ratio=_rounded(ratio) if ratio is not None else None,
            at_least=at_least,
            ok=self.sound and holds,
            n=measured.n,
            seconds=round(measured.seconds, 3),
        )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def percentile(values: list[float], share: float) -> float:
    """This function will give the value below which `share` (0 to 1) of the values lie; the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

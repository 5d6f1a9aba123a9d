"""Which frames of a film are hashed, and how: densely on the known side, few and in all forms on the side that asks."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tipline.media.borders import without_borders
from tipline.media.pdq import Pdq, pdq, pdq_dihedral
from tipline.media.thresholds import PDQ_LEAST_QUALITY
from tipline.media.video.prints import MOST_MS, FramePrint

FAR_MS, STEP_MS = 4000, 1000  # key frames farther apart have one frame a second between them
KEY_GAP_MS, KEY_STEP_MS = 400, 900  # key frames nearer than that are left out: of a close look, of a glance
LEAST_MOMENTS = 4
ENOUGH = 2  # moments of a glance that had to take other frames than key frames
NEAR_STEP_MS, NEAR_MS = 400, 1200  # what is looked at after a key frame that was near to something
MOST_MOMENTS = 600  # of the side that asks; more are thinned out
ALIKE, MOST_GAP_MS = 7, 2000  # bits from the last kept frame, within which another is left out for so long
MOST_KEPT = 12_000  # of the known side


@dataclass(frozen=True, slots=True)
class Plan:
    """Where key frames are, in milliseconds from the first frame; the film's begin in its own units; its length."""

    keys: tuple[int, ...]
    begins: int
    unit: Fraction
    length: int

    def ms(self, stamp: int | None) -> int | None:
        """This function will turn a time stamp into milliseconds from the beginning."""
        return None if stamp is None else min(MOST_MS, max(0, int((stamp - self.begins) * self.unit * 1000)))


class Reference:
    """The known side: every frame, but those that are like the last one kept."""

    is_enough = False

    def __init__(self) -> None:
        self.prints: list[FramePrint] = []
        self._last: dict[bool, tuple[int, int]] = {}
        self._least_gap = 0

    def skip(self, plan: Plan, ms: int) -> str:
        """Which frames the decoder may leave out from here on."""
        return "DEFAULT"

    def wants(self, plan: Plan, ms: int, is_key: bool) -> bool:
        """Whether this frame is to be hashed."""
        return True

    def take(self, ms: int, luma: NDArray[np.uint8]) -> None:
        """This function will hash a frame, and again without its border."""
        self._keep(ms, pdq(luma), is_trimmed=False)
        inside = without_borders(luma)
        if inside is not None:
            self._keep(ms, pdq(inside), is_trimmed=True)
        if len(self.prints) > MOST_KEPT:
            self.prints = self.prints[::2]
            self._least_gap = 2 * self._least_gap or 100

    def _keep(self, ms: int, found: Pdq, *, is_trimmed: bool) -> None:
        if found.quality < PDQ_LEAST_QUALITY:
            return
        bits = int(found.hex, 16)
        kept, kept_ms = self._last.get(is_trimmed, (bits, -MOST_GAP_MS))
        gap = ms - kept_ms
        if gap >= MOST_GAP_MS or (gap >= self._least_gap and (bits ^ kept).bit_count() > ALIKE):
            self._last[is_trimmed] = bits, ms
            self.prints.append(FramePrint(ms, bytes.fromhex(found.hex), found.quality, 0, is_trimmed))


class Query:
    """The side that asks: key frames, and some between where they are far apart; each in all forms.

    step: not so, but a frame every so many milliseconds. enough: so many moments that show something will do.
    """

    def __init__(self, *, step: int = 0, enough: int = MOST_MOMENTS + 1) -> None:
        self.prints: list[FramePrint] = []
        self._moments: set[int] = set()
        self._step, self._enough = step, enough
        self._last = -MOST_MS
        self._least_gap = 0

    @property
    def moments(self) -> int:
        """How many frames showed something."""
        return len(self._moments)

    @property
    def is_enough(self) -> bool:
        """Whether no more frames are wanted."""
        return len(self._moments) >= self._enough

    def key_gap(self, plan: Plan) -> int:
        """How far apart key frames are at least, in a glance."""
        # The length is what the container says, true or not: it does not thin them out beyond what is far.
        return max(min(KEY_STEP_MS, plan.length // LEAST_MOMENTS), min(FAR_MS, plan.length // MOST_MOMENTS))

    def skip(self, plan: Plan, ms: int) -> str:
        """Which frames the decoder may leave out from here on."""
        return "NONREF" if self._is_far(plan, ms) else "NONKEY"

    def wants(self, plan: Plan, ms: int, is_key: bool) -> bool:
        """Whether this frame is to be hashed."""
        gap = ms - self._last
        if gap < self._least_gap:
            return False
        if self._step:
            return gap >= self._step
        return (is_key and gap >= KEY_GAP_MS) or (
            self._is_far(plan, ms) and gap >= min(STEP_MS, plan.length // LEAST_MOMENTS)
        )

    def _is_far(self, plan: Plan, ms: int) -> bool:
        if len(plan.keys) < LEAST_MOMENTS:
            return True
        place = bisect.bisect_right(plan.keys, ms)
        before = plan.keys[place - 1] if place else 0
        after = plan.keys[place] if place < len(plan.keys) else plan.length
        return after - before > FAR_MS

    def take(self, ms: int, luma: NDArray[np.uint8]) -> None:
        """This function will hash a frame in its eight forms, and again without its border."""
        self._last = ms
        inside = without_borders(luma)
        for part, is_trimmed in ((luma, False), (inside, True)):
            if part is None:
                continue
            forms = pdq_dihedral(part)
            if forms[0].quality >= PDQ_LEAST_QUALITY:
                self._moments.add(ms)
                self.prints += [
                    FramePrint(ms, bytes.fromhex(each.hex), each.quality, form, is_trimmed)
                    for form, each in enumerate(forms)
                ]
        if len(self._moments) > MOST_MOMENTS:
            self._moments = set(sorted(self._moments)[::2])
            self.prints = [one for one in self.prints if one.ms in self._moments]
            self._least_gap = 2 * self._least_gap or 2 * STEP_MS

"""How many reports a second one core places: clues, look-ups in the offline data, and their combination.

The reports are the synthetic world's, with addresses of the city table where it is installed, else of documentation,
which no source but the registry of reserved ranges answers; a figure says which. No database and no vault are asked:
what the stage writes is part of the way's own benches.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

from tipline.commands.simulate import printed_tables
from tipline.figures.figure import Figure, Measured, Series, percentile
from tipline.simulation.world import World
from tipline.simulation.world.atlas import AtlasMissing, city_atlas

from . import judging

ABOUT = "reports placed a second of one core: clues, look-ups in the offline data, combination; and memory"
SEED = 77
FULL, SMALL, WARM = 50_000, 1_500, 200


def run(full: bool) -> Iterator[Figure]:
    """This function will place the world's reports one after the other, by processor time."""
    size = FULL if full else SMALL
    try:
        atlas, whose = city_atlas(judging.BLOCKS), "addresses of a city table"
    except AtlasMissing:
        atlas, whose = None, "documentation addresses"
    world = World(size=size + WARM, seed=SEED, tables=printed_tables(), atlas=atlas)
    made = [one.report for one in world.reports()]
    for report in made[:WARM]:
        judging.places_of(report)
    before = _peak_mb()
    spent, placed, began = [], 0, time.process_time()
    for report in made[WARM:]:
        start = time.process_time()
        placed += bool(judging.places_of(report).best)
        spent.append(time.process_time() - start)
    seconds = time.process_time() - began
    series = Series("enrichment", sound=placed > 0)
    yield series.figure(f"reports placed ({whose})", "reports/s", Measured(size / seconds, size, seconds))
    slow = Measured(1000 * percentile(spent, 0.99), size, seconds)
    yield series.figure("one report, 99 of 100 within", "ms", slow)
    yield series.figure("memory at the peak, process", "MB", Measured(_peak_mb(), size, seconds))
    yield series.figure("memory gained while placing", "MB", Measured(_peak_mb() - before, size, seconds))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""The synthetic world: who lives where, who does what, which reports come of it, and the truth, kept apart.

The same seed gives the same bytes on every machine. Nothing here knows a rule, word or weight of the stages.
"""

from tipline.simulation.world.population import World
from tipline.simulation.world.values import Made, MadeReport, Truth

__all__ = ["Made", "MadeReport", "Truth", "World"]

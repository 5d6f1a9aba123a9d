"""When two PDQ hashes are compared, and when they are near. Numbers alone: doors that hash nothing read them too."""

from __future__ import annotations

PDQ_RADIUS = 31  # bits of 256; the distance at which PDQ's authors call two pictures the same
PDQ_LEAST_QUALITY = 50  # a hash of a flat picture is near everything: not compared loosely

"""The published tables of 2023 that the world follows: by type, company and country, and how many were urgent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Published:
    """A year as printed. The country "" is "no country listed"; `public` is the reports that no company sent."""

    public: int
    urgent: int
    by_type: Mapping[str, int]
    by_esp: Mapping[str, int]
    by_country: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many reports the year had."""
        return sum(self.by_type.values())


@cache
def published() -> Published:
    """This function will read the tables."""
    text = resources.files("tipline.simulation").joinpath("data", "published_2023.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return Published(read["public"], read["urgent"], read["by_type"], read["by_esp"], read["by_country"])

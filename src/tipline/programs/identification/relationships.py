"""How an offender may be related to a child: the kinds of NCMEC's published table of 2023, as data. Pure but for the
packaged file that it is read from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType


def _load() -> Mapping[str, str]:
    file = resources.files("tipline.programs.identification").joinpath("data", "relationships.csv")
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return MappingProxyType({row["code"]: row["label"] for row in rows})


RELATIONSHIPS = _load()

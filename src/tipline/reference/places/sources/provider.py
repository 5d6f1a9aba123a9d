"""The network that announces an address, by RouteViews and DB-IP (CC-BY 4.0): whom to serve process on.

The table is sorted text of 65 MB; it is searched where it lies, so that no process holds it in memory.
"""

from __future__ import annotations

import csv
import json
from mmap import mmap
from pathlib import Path

from tipline.reference.places import files
from tipline.reference.places.addresses import Address, range_of
from tipline.reference.places.tables import anycast_ranges, provider_hints
from tipline.reference.places.values import Answer, Caution, NoAnswer, ProviderAnswer, Reason

SOURCE = "network table"
PACKAGE = "asn"


def look_up(address: Address, root: Path) -> Answer:
    """This function will name the network that announces an address."""
    table = files.map_file(root, PACKAGE, f"asn-ipv{address.version}-num.csv")
    if table is None:
        return NoAnswer(SOURCE, Reason.NOT_INSTALLED)
    first, last, number, name = _row_before(table, int(address))
    if not first <= int(address) <= last:
        return NoAnswer(SOURCE, Reason.NOT_IN_DATA)
    return ProviderAnswer(SOURCE, _edition(root), number, name, (*_anycast(address), *hints_of(name)))


def _anycast(address: Address) -> tuple[str, ...]:
    return (Caution.ANYCAST,) if range_of(address, anycast_ranges()) else ()


def hints_of(name: str) -> tuple[str, ...]:
    """This function will tell what a network's name hints at: hosting, relay, VPN, mobile."""
    lowered = name.casefold()
    return tuple(dict.fromkeys(caution for word, caution in provider_hints() if word in lowered))


def _row_before(table: mmap, wanted: int) -> tuple[int, int, int, str]:
    """The last row that begins at or before the wanted number (or the first row), by bisection over bytes."""
    low, high = 0, len(table)
    while low < high:
        middle = table.rfind(b"\n", 0, (low + high) // 2) + 1
        if int(table[middle : table.find(b",", middle)]) <= wanted:
            low = table.find(b"\n", (low + high) // 2) + 1 or len(table)
        else:
            high = middle
    start = table.rfind(b"\n", 0, max(low - 1, 0)) + 1
    end = table.find(b"\n", start)
    cells = next(csv.reader([table[start : end if end >= 0 else len(table)].decode("utf-8", "replace")]))
    return int(cells[0]), int(cells[1]), int(cells[2]), cells[3]


def _edition(root: Path) -> str:
    """The package's version ends with the day of the data: 2.3.2026061719."""
    stated = json.loads((root / files.PACKAGES / PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    day = str(stated).rsplit(".", 1)[-1]
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}"

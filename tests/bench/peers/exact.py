"""The peer of the bench `exact`: threatexchange's dict of digests, a million keys, one core.

In: {"digests": path of .npy (n, 16), "queries": path}. Out: bytes a key, look-ups a second, how many were found.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from threatexchange.signal_type.signal_base import TrivialSignalTypeIndex


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main():
    asked = json.load(sys.stdin)
    digests = np.load(asked["digests"], mmap_mode="r")
    queries = [row.tobytes().hex() for row in np.load(asked["queries"])]
    before = resident()
    index = TrivialSignalTypeIndex.build((row.tobytes().hex(), at) for at, row in enumerate(digests))
    grown = resident() - before
    begun, found = time.perf_counter(), 0
    for query in queries:
        found += bool(index.query(query))
    seconds = time.perf_counter() - begun
    json.dump({"bytes": grown / len(digests), "rate": len(queries) / seconds, "found": found}, sys.stdout)


main()

"""The peers of the bench `index`, one at a time in a process of its own, one core.

In: {"peer": "threatexchange" | "flat" | "multihash", "hashes": path of .npy (n, 32), "queries": path, "radius",
"count": how many queries, "rounds": how often, "adds": hashes to add}. Out: build seconds, a list of [entry, distance]
for each query, of each round the mean of seconds that a query took, the seconds of each add, and resident bytes.
"""

import json
import sys
import time
from pathlib import Path

import faiss
import numpy as np


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Threatexchange:
    def __init__(self, hashes):
        from threatexchange.signal_type.pdq.pdq_index import PDQIndex

        self.index = PDQIndex((row.tobytes().hex(), at) for at, row in enumerate(hashes))

    def find(self, query, radius):
        return [[one.metadata, one.similarity_info.distance] for one in self.index.query(query.tobytes().hex())]

    def add(self, hash, entry):
        self.index.add(hash.tobytes().hex(), entry)


class Faiss:
    def __init__(self, hashes):
        self.index = self.make()
        self.index.add(hashes)

    def find(self, query, radius):
        _, distances, found = self.index.range_search(query.reshape(1, 32), radius + 1)
        return [[int(entry), int(apart)] for entry, apart in zip(found, distances, strict=True)]

    def add(self, hash, entry):
        self.index.add(hash.reshape(1, 32))


class Flat(Faiss):
    def make(self):
        return faiss.IndexBinaryFlat(256)


class Multihash(Faiss):
    # 16 maps of 16 bits, one flip: exact at 31, and what threatexchange uses. Tuned as faiss's own page says.
    def make(self):
        index = faiss.IndexBinaryMultiHash(256, 16, 16)
        index.nflip = 1
        return index


def main():
    asked = json.load(sys.stdin)
    faiss.omp_set_num_threads(1)
    hashes, queries = np.load(asked["hashes"], mmap_mode="r"), np.load(asked["queries"])
    hashes = np.ascontiguousarray(hashes[: asked.get("most", len(hashes))])
    before, begun = resident(), time.perf_counter()
    index = {"threatexchange": Threatexchange, "flat": Flat, "multihash": Multihash}[asked["peer"]](hashes)
    built = time.perf_counter() - begun
    grown = resident() - before
    rounds = []
    for _ in range(asked["rounds"]):
        found, seconds = [], 0.0
        for query in queries[: asked["count"]]:
            begun = time.perf_counter()
            near = index.find(query, asked["radius"])
            seconds += time.perf_counter() - begun
            found.append(sorted(near))
        rounds.append(seconds / asked["count"])
    adding = []
    for at in range(asked.get("adds", 0)):
        begun = time.perf_counter()
        index.add(queries[-1 - at], len(hashes) + at)
        assert index.find(queries[-1 - at], 0)
        adding.append(time.perf_counter() - begun)
    json.dump({"built": built, "found": found, "rounds": rounds, "adding": adding, "resident": grown}, sys.stdout)


main()

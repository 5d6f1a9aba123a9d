"""vpdq on files: one hash a second on both sides, matched as its authors do (31 bits, 80 % of the frames)."""

import json
import sys
import time

import vpdq

RADIUS, LEAST_QUALITY, LEAST_SHARE = 31, 50, 0.8


def hashed(path):
    made = vpdq.computeHash(path, seconds_per_hash=1)
    return {int(str(one.hex), 16) for one in made if one.quality >= LEAST_QUALITY}


def share(query, known):
    near = sum(any((one ^ other).bit_count() <= RADIUS for other in known) for one in query)
    return near / len(query) if query else 0.0


given = json.load(sys.stdin)
known = [hashed(path) for path in given["known"]]
seconds, found = {}, {}
for name, paths in given["copies"].items():
    begun = time.process_time()
    queries = [hashed(path) for path in paths]
    seconds[name] = time.process_time() - begun
    found[name] = sum(share(query, known[at]) >= LEAST_SHARE for at, query in enumerate(queries))
json.dump({"seconds": seconds, "found": found}, sys.stdout)

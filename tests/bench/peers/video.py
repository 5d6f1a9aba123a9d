"""vpdq on files: one hash a second on both sides, matched as its authors do (31 bits, 80 % of the frames)."""

import json
import sys
import time

import vpdq

RADIUS, LEAST_QUALITY, LEAST_SHARE = 31, 50, 0.8
SMALL = {"downsample_width": 128, "downsample_height": 128}


def hashed(path, **how):
    made = vpdq.computeHash(path, seconds_per_hash=1, **how)
    return {int(str(one.hex), 16) for one in made if one.quality >= LEAST_QUALITY}, len(made)


def share(query, known):
    near = sum(any((one ^ other).bit_count() <= RADIUS for other in known) for one in query)
    return near / len(query) if query else 0.0


given = json.load(sys.stdin)
known = [hashed(path)[0] for path in given["known"]]
seconds, small, found, hashes = {}, {}, {}, {}
for name, paths in given["copies"].items():
    begun = time.process_time()
    queries = [hashed(path) for path in paths]
    seconds[name] = time.process_time() - begun
    hashes[name] = [count for _, count in queries]
    found[name] = sum(share(query, one) >= LEAST_SHARE for (query, _), one in zip(queries, known, strict=False))
    begun = time.process_time()
    for path in paths:
        hashed(path, **SMALL)
    small[name] = time.process_time() - begun
json.dump({"seconds": seconds, "small": small, "found": found, "hashes": hashes}, sys.stdout)

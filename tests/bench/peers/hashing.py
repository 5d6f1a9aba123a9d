"""The peers of the bench `hashing`: threatexchange from JPEG bytes, pdqhash from pixels. One core.

In: {"jpegs": [paths], "pixels": [paths of .npy, RGB], "rounds"}. Out: for each the median seconds and the hashes.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pdqhash
from threatexchange.signal_type.pdq.signal import PdqSignal


def timed(work, given, rounds):
    found, seconds = None, []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = work(given)
        seconds.append(time.perf_counter() - begun)
    return found, statistics.median(seconds)


def hexed(bits):
    return np.packbits(bits.astype(np.uint8)).tobytes().hex()


def main():
    asked = json.load(sys.stdin)
    told = {"jpeg": [], "pixels": []}
    for path in asked["jpegs"]:
        found, seconds = timed(PdqSignal.hash_from_bytes, Path(path).read_bytes(), asked["rounds"])
        told["jpeg"].append([found, seconds])
    for path in asked["pixels"]:
        rgb = np.load(path)
        (bits, _), seconds = timed(pdqhash.compute, rgb, asked["rounds"])
        (eight, _), all_forms = timed(pdqhash.compute_dihedral, rgb, asked["rounds"])
        told["pixels"].append([hexed(bits), seconds, [hexed(each) for each in eight], all_forms])
    json.dump(told, sys.stdout)


main()

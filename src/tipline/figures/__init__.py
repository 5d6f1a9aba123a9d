"""The frame of benches and fault runs: finds them in `tests/`, runs one, prints and records its figures.

Promises one form for every figure, an exit code that tells whether one misses, and a performance page that is
generated from what was recorded and from nothing else.
"""

"""Indexes of known files: all hashes within a distance (`near`), and digests (`exact`). Nothing within reach is missed.

A folder holds immutable segments that all processes map, and a log of what came since; one process at a time writes.
The database is the truth: an index can be made anew at any time.
"""

"""Open statistics, rebuilt from findings and journals alone.

Owns: daily counts, numbered snapshots, briefs. Promises: an old snapshot gives the same figures for ever; no small
cell can be read or worked out.
"""

"""Stage 3, look up: where the people of a report may be, and which of its files are known.

Owns the look-ups, kept as dated evidence. Promises that suspect and child are never mixed, that every place
names its sources and how sure they are, and that a source without an answer is noted and stops nothing.
"""

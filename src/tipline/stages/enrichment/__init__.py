"""Stage 3, look up: where the people of a report may be, and which of its files are known.

Owns the look-ups, kept as dated evidence, the research journal and the clues that people note. Promises that suspect
and child are never mixed, that every place names its sources, how sure it is and what speaks against it, and that a
source without an answer is noted and stops nothing.
"""

"""Victim identification (CVIP): which seized files show a child who is already identified, and which are new.

Owns: collections and their rows, reports on them, the series registry, rosters of suspects, newly identified children.
Promises: a child's name is never part of an answer; an agency sees its own collections alone.
"""

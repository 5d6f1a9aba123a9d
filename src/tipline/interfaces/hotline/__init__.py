"""The telephone desk: a call taker writes while listening; the same record as from every other door.

Owns drafts, sealed, so that a crash loses no word. Promises a number to read out and a code for the caller.
"""

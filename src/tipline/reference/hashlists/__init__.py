"""Hash lists: known pictures and videos by fingerprint, and who judged them.

Owns: lists, entries with all their fingerprints, judgements, votes, tombstones, hits. Promises: an entry counts only
after the people that its list asks for agreed, blind to each other; what is withdrawn leaves a tombstone for ever.
"""

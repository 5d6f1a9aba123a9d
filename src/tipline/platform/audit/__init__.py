"""The audit: who did what, when, from where, on what, with what outcome and on what basis.

Owns the entries, the tree over them and its signed checkpoints. Promises that an act and its entry are one
commit, and that no later change of an entry escapes whoever holds a handed-out checkpoint and the public key.
"""

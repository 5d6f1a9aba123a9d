"""The vault: sealed fields and sealed objects, so that a stolen disk or database tells nothing of what they
hold.

Owns the stored objects and the wrapped keys to them. Promises that sealing needs public keys alone, that what
is read is what was written or an error, and that an object's name cannot be compared with a hash list.
"""

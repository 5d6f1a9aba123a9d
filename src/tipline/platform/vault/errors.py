"""What can go wrong in the vault. None of these is the caller's doing: outages are retried, damage is
told.
"""

from __future__ import annotations


class StoreOutage(Exception):
    """The evidence store cannot be reached, or failed; nothing was left half-written. Retry later."""


class StoreFull(StoreOutage):
    """The evidence store has no room left; nothing was left half-written. Retry when there is room."""


class ObjectMissing(Exception):
    """The store holds no object of that name."""


class NameTaken(Exception):
    """The store already holds another object of that name; stored objects are never overwritten."""


class Damaged(Exception):
    """Stored or sealed bytes are not those that were written, or belong to another context."""


class KeyUnavailable(Exception):
    """This process was not given the private key that would open this; by design most are not."""

"""The vault's store of a test run: what a test leaves there is no business of the next."""

from __future__ import annotations

from tipline.platform.vault.store import configured_store


def empty_store() -> None:
    """Delete every file, sealed or on its way."""
    store = configured_store()
    for folder in ("incoming", "blobs"):
        for name in list(store.names(folder)):
            store.delete(name)

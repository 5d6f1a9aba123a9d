"""What the vault does: take contents in, give access, read, destroy.

Every content has its own key. A holder's access is one wrapped copy of that key; destroying the copy destroys
that access and no other, and the last one takes the content with it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction

from tipline.domain.errors import Refusal
from tipline.platform.vault import sealing
from tipline.platform.vault.chunks import open_chunks
from tipline.platform.vault.errors import ObjectMissing
from tipline.platform.vault.incoming import FOLDER, Incoming, IncomingWriter, key_context
from tipline.platform.vault.keyring import keyring
from tipline.platform.vault.models import Blob, BlobKey
from tipline.platform.vault.store import Store, configured_store

_TRIES = 5
_SWEEP = 500


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A content in the vault. `address` is its keyed digest, `size` the bytes of the plain content."""

    id: int
    address: str
    size: int


def address_of(sha256: str) -> str:
    """This function will return the address of a content: a keyed digest, of no use to compare with a hash
    list.

    `sha256` is lowercase hex. Raises KeyUnavailable in a process without the address key.
    """
    return hmac.new(keyring().need_address_key(), bytes.fromhex(sha256), hashlib.sha256).hexdigest()


def _context(address: str, holder: str) -> str:
    return f"blob:{address}:{holder}"


def adopt(*, incoming: Incoming, holder: str, now: datetime) -> StoredBlob:
    """This function will take an incoming object into the vault and give `holder` a key to it.

    A content that is there already is not stored twice: the holder gets the first one's key, and the caller
    sees no difference. The incoming object goes when the transaction commits; before that a repetition is
    harmless.
    Raises KeyUnavailable, ObjectMissing, StoreOutage.
    """
    with transaction.atomic():
        key = keyring().unseal(incoming.wrapped_key, key_context(incoming.name))
        blob, is_new = _blob_for(incoming, now)
        if is_new:
            configured_store().promote(incoming.name, blob.object_name)
        else:
            key = _any_key(blob)
        _wrap(blob, key, holder=holder, agency="", now=now)
        discard_incoming(incoming.name)
    return _value(blob)


def _blob_for(incoming: Incoming, now: datetime) -> tuple[Blob, bool]:
    """Return the content's row, locked, and whether this transaction made it."""
    address = address_of(incoming.sha256)
    name = f"blobs/{address[:2]}/{address}.{incoming.name.rpartition('/')[2]}"
    for _ in range(_TRIES):
        # Two workers with the same content: the second waits here for the first one's commit.
        Blob.objects.bulk_create(
            [Blob(address=address, object_name=name, size=incoming.size, created_at=now)],
            ignore_conflicts=True,
        )
        blob = Blob.objects.select_for_update().filter(address=address).first()
        if blob is None:
            continue  # The last holder was purged between the two statements.
        is_new = blob.object_name == name and not blob.keys.exists()
        return blob, is_new
    raise RuntimeError("a content was taken in and purged again and again")


def _any_key(blob: Blob) -> bytes:
    held = blob.keys.order_by("id").first()
    if held is None:
        raise ObjectMissing("a content without any key")
    return keyring().unseal(bytes(held.wrapped_key), _context(blob.address, held.holder))


def _wrap(blob: Blob, key: bytes, *, holder: str, agency: str, now: datetime) -> None:
    wrapped = keyring().seal(key, _context(blob.address, holder))
    row = BlobKey(
        blob=blob,
        holder=holder,
        agency=agency,
        wrapped_key=wrapped,
        kek_version=sealing.version_of(wrapped),
        granted_at=now,
    )
    BlobKey.objects.bulk_create([row], ignore_conflicts=True)


def _value(blob: Blob) -> StoredBlob:
    return StoredBlob(blob.pk, blob.address, blob.size)


def store_bytes(*, data: bytes, holder: str, now: datetime) -> StoredBlob:
    """This function will put bytes made by the house (a preview, a package) into the vault for `holder`."""
    return store_stream(pieces=[data], holder=holder, now=now)


def store_stream(*, pieces: Iterable[bytes], holder: str, now: datetime) -> StoredBlob:
    """This function will put bytes that come in pieces into the vault for `holder`."""
    with IncomingWriter.begin() as writer:
        for piece in pieces:
            writer.write(piece)
        incoming = writer.finish()
    return adopt(incoming=incoming, holder=holder, now=now)


@dataclass(frozen=True, slots=True)
class Access:
    """Who is given a key: a holder, and the agency whose officers may use it (empty: none)."""

    holder: str
    agency: str = ""


def grant(*, blob_id: int, from_holder: str, to: Access, now: datetime) -> None:
    """This function will wrap a content's key for one more holder; doing it again changes nothing.

    Raises Refusal where `from_holder` has no access itself.
    """
    with transaction.atomic():
        held = _held(blob_id, from_holder)
        key = keyring().unseal(bytes(held.wrapped_key), _context(held.blob.address, held.holder))
        _wrap(held.blob, key, holder=to.holder, agency=to.agency, now=now)


def _held(blob_id: int, holder: str) -> BlobKey:
    held = BlobKey.objects.select_related("blob").filter(blob_id=blob_id, holder=holder).first()
    if held is None:
        raise Refusal("no_such_file", "There is no such file, or it is not yours to open.")
    return held


def read(*, blob_id: int, holder: str) -> Iterator[bytes]:
    """This function will check the access and then yield a content's bytes, each chunk verified.

    Raises Refusal at once where the holder has no key; ObjectMissing at once; Damaged or StoreOutage while
    reading.
    """
    held = _held(blob_id, holder)
    key = keyring().unseal(bytes(held.wrapped_key), _context(held.blob.address, holder))
    return open_chunks(key, configured_store().get(held.blob.object_name))


def read_incoming(*, name: str, wrapped_key: bytes) -> Iterator[bytes]:
    """This function will yield the bytes of an object that was not adopted yet. Raises as read()."""
    key = keyring().unseal(bytes(wrapped_key), key_context(name))
    return open_chunks(key, configured_store().get(name))


def discard_incoming(name: str) -> None:
    """This function will remove an incoming object when the transaction commits (now, outside of one)."""
    _remove_later(name)


def _remove_later(name: str) -> None:
    transaction.on_commit(partial(configured_store().delete, name))


def shred(*, holder: str) -> int:
    """This function will destroy a holder's access to all it holds, and each content that nobody else holds.

    Returns the number of contents that are gone. Objects are removed after the commit: without their keys
    they are noise already.
    """
    gone = 0
    with transaction.atomic():
        ids = BlobKey.objects.filter(holder=holder).values("blob_id")
        # Always in the order of ids, so that two purges never wait for each other.
        for blob in Blob.objects.select_for_update().filter(pk__in=ids).order_by("id"):
            blob.keys.filter(holder=holder).delete()
            if not blob.keys.exists():
                _remove_later(blob.object_name)
                blob.delete()
                gone += 1
    return gone


def rewrap(*, limit: int = 500) -> int:
    """This function will wrap up to `limit` keys anew under the newest master key; contents are not touched.

    Returns how many were wrapped: call it until that is 0, then the old private key can be destroyed. Safe to
    stop at any point and to run beside everything else.
    """
    ring = keyring()
    with transaction.atomic():
        old = (
            BlobKey.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("blob")
            .exclude(kek_version=ring.newest)
            .order_by("id")[:limit]
        )
        rows = list(old)
        for row in rows:
            context = _context(row.blob.address, row.holder)
            row.wrapped_key = ring.seal(ring.unseal(bytes(row.wrapped_key), context), context)
            row.kek_version = ring.newest
        BlobKey.objects.bulk_update(rows, ["wrapped_key", "kek_version"])
    return len(rows)


def sweep(*, before: datetime, expected: Callable[[Sequence[str]], Collection[str]]) -> int:
    """This function will remove objects written before then that no record points to, and return how many.

    Such strays come from processes that were killed, or transactions that were rolled back, between writing an
    object and its row; nobody has a key to them. `expected` tells which of the given incoming names are still
    awaited.
    """
    gone = 0
    store = configured_store()
    for names in _batches(store.older(FOLDER, before)):
        gone += _delete(store, set(names) - set(expected(names)))
    for names in _batches(store.older("blobs", before)):
        held = Blob.objects.filter(object_name__in=names).values_list("object_name", flat=True)
        gone += _delete(store, set(names) - set(held))
    return gone


def _delete(store: Store, names: Collection[str]) -> int:
    for name in names:
        store.delete(name)
    return len(names)


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, _SWEEP)):
        yield batch

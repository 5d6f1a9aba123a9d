"""The vault on a real database: one content once, one key per holder, and who can reach which."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from pytest_django.plugin import DjangoDbBlocker
from tests.integration.kept_files import empty_store

from tipline.domain.errors import Refusal
from tipline.platform.config import settings
from tipline.platform.vault import keyring as rings
from tipline.platform.vault import service
from tipline.platform.vault.errors import Damaged, KeyUnavailable, ObjectMissing
from tipline.platform.vault.fields import open_field, seal_field
from tipline.platform.vault.incoming import Incoming, IncomingWriter
from tipline.platform.vault.models import Blob, BlobKey
from tipline.platform.vault.store import configured_store

pytestmark = pytest.mark.django_db

_CONTENT = b"a benign content " * 100_000


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    yield
    empty_store()


def _arrive(content: bytes = _CONTENT) -> Incoming:
    with IncomingWriter.begin() as writer:
        for at in range(0, len(content), 70_001):
            writer.write(content[at : at + 70_001])
        return writer.finish()


def _commit_hooks() -> None:
    hooks = connection.run_on_commit
    connection.run_on_commit = []
    for _, hook, _ in hooks:
        hook()


def _read(blob_id: int, holder: str) -> bytes:
    return b"".join(service.read(blob_id=blob_id, holder=holder))


def test_digests_are_counted_in_one_pass_and_the_bytes_come_back() -> None:
    incoming = _arrive(b"abc")
    assert incoming.md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert incoming.sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert incoming.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert incoming.size == 3
    assert b"".join(service.read_incoming(name=incoming.name, wrapped_key=incoming.wrapped_key)) == b"abc"


def test_a_writer_that_is_left_early_leaves_nothing() -> None:
    with IncomingWriter.begin() as writer:
        writer.write(b"half")
    assert list(configured_store().names("incoming")) == []


def test_an_adopted_content_is_read_and_its_incoming_object_goes_with_the_commit(fixed_now: datetime) -> None:
    incoming = _arrive()
    blob = service.adopt(incoming=incoming, holder="report:1", now=fixed_now)
    assert configured_store().exists(incoming.name)
    _commit_hooks()
    assert not configured_store().exists(incoming.name)
    assert _read(blob.id, "report:1") == _CONTENT


def test_a_duplicate_is_stored_once_and_both_holders_read_it(fixed_now: datetime) -> None:
    first = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    second = service.adopt(incoming=_arrive(), holder="report:2", now=fixed_now)
    _commit_hooks()
    assert first == second
    assert len(list(configured_store().names("blobs"))) == 1
    assert _read(first.id, "report:1") == _read(first.id, "report:2") == _CONTENT


def test_adopting_again_after_a_rollback_works(fixed_now: datetime) -> None:
    incoming = _arrive()
    with pytest.raises(ConnectionError), transaction.atomic():  # noqa: PT012
        service.adopt(incoming=incoming, holder="report:1", now=fixed_now)
        raise ConnectionError
    other = service.adopt(incoming=_arrive(), holder="report:2", now=fixed_now)
    again = service.adopt(incoming=incoming, holder="report:1", now=fixed_now)
    _commit_hooks()
    assert other == again
    assert _read(again.id, "report:1") == _CONTENT


def test_who_has_no_key_is_refused(fixed_now: datetime) -> None:
    blob = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    with pytest.raises(Refusal, match="no_such_file"):
        service.read(blob_id=blob.id, holder="report:2")
    with pytest.raises(Refusal, match="no_such_file"):
        service.grant(blob_id=blob.id, from_holder="report:2", to=service.Access("referral:1"), now=fixed_now)


def test_a_wrapped_key_moved_to_another_holder_does_not_open(fixed_now: datetime) -> None:
    blob = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    BlobKey.objects.filter(blob_id=blob.id).update(holder="report:2")
    with pytest.raises(Damaged):
        service.read(blob_id=blob.id, holder="report:2")


def test_shredding_takes_one_holder_s_access_and_the_last_one_s_content(fixed_now: datetime) -> None:
    blob = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    service.adopt(incoming=_arrive(), holder="report:2", now=fixed_now)
    assert service.shred(holder="report:1") == 0
    with pytest.raises(Refusal):
        service.read(blob_id=blob.id, holder="report:1")
    assert _read(blob.id, "report:2") == _CONTENT
    assert service.shred(holder="report:2") == 1
    _commit_hooks()
    assert not Blob.objects.exists()
    assert list(configured_store().names("blobs")) == []


def test_a_lost_object_is_told_at_once(fixed_now: datetime) -> None:
    blob = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    configured_store().delete(Blob.objects.get(pk=blob.id).object_name)
    with pytest.raises(ObjectMissing):
        service.read(blob_id=blob.id, holder="report:1")


def test_the_store_shows_neither_content_nor_digest(fixed_now: datetime) -> None:
    incoming = _arrive()
    service.adopt(incoming=incoming, holder="report:1", now=fixed_now)
    _commit_hooks()
    root = settings().evidence
    seen = b"".join(
        path.relative_to(root).as_posix().encode() + path.read_bytes() for path in root.rglob("*") if path.is_file()
    )
    for digest in (incoming.md5, incoming.sha1, incoming.sha256):
        assert digest.encode() not in seen
        assert bytes.fromhex(digest) not in seen
    assert b"a benign content" not in seen


def test_an_agency_reaches_only_the_keys_given_to_it(as_role, fixed_now: datetime) -> None:  # type: ignore[no-untyped-def]
    mine = service.adopt(incoming=_arrive(b"mine"), holder="report:1", now=fixed_now)
    theirs = service.adopt(incoming=_arrive(b"theirs"), holder="report:1", now=fixed_now)
    service.grant(blob_id=mine.id, from_holder="report:1", to=service.Access("referral:1", "a"), now=fixed_now)
    service.grant(blob_id=theirs.id, from_holder="report:1", to=service.Access("referral:2", "b"), now=fixed_now)
    with as_role("portal", agency="a"):
        assert _read(mine.id, "referral:1") == b"mine"
        assert list(Blob.objects.values_list("id", flat=True)) == [mine.id]
        assert BlobKey.objects.count() == 1
        with pytest.raises(Refusal):
            service.read(blob_id=theirs.id, holder="referral:2")
        with pytest.raises(Refusal):
            service.read(blob_id=mine.id, holder="report:1")
    with as_role("portal"):
        assert Blob.objects.count() + BlobKey.objects.count() == 0


@pytest.mark.parametrize("role", ["public", "esp_api", "esp_web"])
@pytest.mark.parametrize("table", ["vault_blob", "vault_blobkey"])
def test_the_doors_cannot_read_the_vault_at_all(as_role, role: str, table: str) -> None:  # type: ignore[no-untyped-def]
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("role", ["desk", "portal"])
def test_readers_cannot_give_or_destroy_keys(as_role, role: str, fixed_now: datetime) -> None:  # type: ignore[no-untyped-def]
    blob = service.adopt(incoming=_arrive(b"x"), holder="report:1", now=fixed_now)
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role, agency="a"):
        BlobKey.objects.filter(blob_id=blob.id).update(agency="a")


def test_the_worker_s_role_does_all_of_it(as_role, fixed_now: datetime) -> None:  # type: ignore[no-untyped-def]
    incoming, twice = _arrive(), _arrive()
    with as_role("worker"):
        blob = service.adopt(incoming=incoming, holder="report:1", now=fixed_now)
        service.adopt(incoming=twice, holder="report:2", now=fixed_now)
        service.grant(blob_id=blob.id, from_holder="report:1", to=service.Access("referral:1", "a"), now=fixed_now)
        assert _read(blob.id, "referral:1") == _CONTENT
        assert [service.shred(holder=holder) for holder in ("report:1", "referral:1", "report:2")] == [
            0,
            0,
            1,
        ]


@pytest.fixture
def second_version() -> Iterator[Path]:
    """A second master key beside the first one."""
    from cryptography.hazmat.primitives import serialization as form

    folder, made = settings().keys, ec.generate_private_key(ec.SECP256R1())
    private = made.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = made.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    files = {folder / "vault_private_v2.pem": private, folder / "vault_public_v2.pem": public}
    for path, text in files.items():
        path.write_bytes(text)
    rings.keyring.cache_clear()
    yield folder
    for path in files:
        path.unlink()
    rings.keyring.cache_clear()


def test_a_new_master_key_rewraps_keys_and_leaves_contents_alone(
    fixed_now: datetime, request: pytest.FixtureRequest
) -> None:
    blob = service.adopt(incoming=_arrive(), holder="report:1", now=fixed_now)
    service.grant(blob_id=blob.id, from_holder="report:1", to=service.Access("referral:1", "a"), now=fixed_now)
    name = Blob.objects.get(pk=blob.id).object_name
    before = b"".join(configured_store().get(name))
    request.getfixturevalue("second_version")
    assert [service.rewrap(limit=1) for _ in range(3)] == [1, 1, 0]
    assert set(BlobKey.objects.values_list("kek_version", flat=True)) == {2}
    assert b"".join(configured_store().get(name)) == before
    assert _read(blob.id, "referral:1") == _CONTENT


def test_a_process_without_the_private_key_can_seal_and_not_open(tmp_path: Path) -> None:
    from tipline.platform import keys

    keys.hand_out(source=settings().keys, to=tmp_path / "keys", names=keys.KEYS_OF_ROLE["public"])
    ring = rings.load_ring(tmp_path / "keys")
    sealed = ring.seal(b"a reporter", "report:1:reporter")
    with pytest.raises(KeyUnavailable):
        ring.unseal(sealed, "report:1:reporter")
    assert open_field(sealed, "report:1:reporter") == b"a reporter"
    assert open_field(seal_field(b"x", "c"), "c") == b"x"


def test_a_sweep_takes_old_strays_and_leaves_what_somebody_holds(fixed_now: datetime) -> None:
    awaited, stray = _arrive(b"awaited"), _arrive(b"stray")
    held = service.adopt(incoming=_arrive(b"held"), holder="report:1", now=fixed_now)
    _commit_hooks()
    configured_store().promote(stray.name, "blobs/ff/stray")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert service.sweep(before=tomorrow - timedelta(days=2), expected=lambda _: []) == 0
    assert service.sweep(before=tomorrow, expected=lambda _: [awaited.name]) == 2
    assert list(configured_store().names("incoming")) == [awaited.name]
    assert _read(held.id, "report:1") == b"held"


@pytest.mark.django_db(transaction=True)
def test_the_same_content_from_many_workers_at_once_is_stored_once(
    fixed_now: datetime, django_db_blocker: DjangoDbBlocker
) -> None:
    kept_before = set(configured_store().names("blobs"))
    arrived = [_arrive() for _ in range(6)]
    start, failed = threading.Barrier(6), []

    def adopt(number: int) -> None:
        try:
            start.wait(10)
            service.adopt(incoming=arrived[number], holder=f"report:{number}", now=fixed_now)
        except Exception as error:  # Whatever it is, the test has to say it.
            failed.append(error)
        finally:
            connections.close_all()

    with django_db_blocker.unblock():
        workers = [threading.Thread(target=adopt, args=(number,)) for number in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
    assert failed == []
    blob = Blob.objects.get()
    assert [_read(blob.pk, f"report:{number}") for number in range(6)] == [_CONTENT] * 6
    assert not set(configured_store().names("incoming")) & {one.name for one in arrived}
    for number in range(6):
        service.shred(holder=f"report:{number}")
    assert set(configured_store().names("blobs")) <= kept_before

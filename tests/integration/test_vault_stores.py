"""Both evidence stores keep the same promises; the local one also those of the disk under it."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tipline.platform.config import Settings
from tipline.platform.vault.errors import NameTaken, ObjectMissing, StoreFull, StoreOutage
from tipline.platform.vault.local import LocalStore
from tipline.platform.vault.store import Store, put

_NAME = "incoming/00ff"
_BIG = os.urandom(9 * 1024 * 1024)


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """An S3 server of the test's own."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    client = session.client("s3", endpoint_url=address)
    client.create_bucket(Bucket="evidence")
    client.close()
    yield address
    server.stop()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """One store of each kind, empty."""
    if request.param == "local":
        return LocalStore(tmp_path / "evidence")
    from tipline.platform.vault.s3 import S3Store

    house = Settings(
        evidence_store=f"s3://evidence/{tmp_path.name.replace('_', '-')}",
        s3_endpoint=request.getfixturevalue("s3_address"),
        s3_access_key="a",
        s3_secret_key="b",
    )
    return S3Store.from_settings(house)


def _read(store: Store, name: str) -> bytes:
    return b"".join(store.get(name))


@pytest.mark.parametrize("data", [b"", b"small", _BIG], ids=["empty", "small", "in parts"])
def test_what_is_put_is_got(store: Store, data: bytes) -> None:
    put(store, _NAME, [data[at : at + 1_000_003] for at in range(0, len(data), 1_000_003)])
    assert _read(store, _NAME) == data
    assert store.exists(_NAME)


@pytest.mark.parametrize("data", [b"small", _BIG], ids=["small", "in parts"])
def test_nothing_exists_before_commit_and_nothing_after_abort(store: Store, data: bytes) -> None:
    writing = store.begin(_NAME)
    writing.write(data)
    assert not store.exists(_NAME)
    writing.abort()
    writing.abort()
    assert not store.exists(_NAME)
    assert list(store.names("incoming")) == []


def test_a_broken_source_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        put(store, _NAME, broken())
    assert not store.exists(_NAME)


def test_objects_are_never_overwritten(store: Store) -> None:
    put(store, _NAME, [b"first"])
    with pytest.raises(NameTaken):
        put(store, _NAME, [b"second"])
    assert _read(store, _NAME) == b"first"


def test_a_missing_object_is_told_at_once(store: Store) -> None:
    with pytest.raises(ObjectMissing):
        store.get("blobs/aa/none")
    with pytest.raises(ObjectMissing):
        store.promote("incoming/none", "blobs/aa/x")
    store.delete("blobs/aa/none")


def test_promotion_gives_a_second_name_and_can_be_repeated(store: Store) -> None:
    put(store, _NAME, [b"content"])
    store.promote(_NAME, "blobs/aa/content.1")
    store.promote(_NAME, "blobs/aa/content.1")
    store.delete(_NAME)
    store.promote(_NAME, "blobs/aa/content.1")
    assert _read(store, "blobs/aa/content.1") == b"content"
    assert list(store.names("blobs")) == ["blobs/aa/content.1"]


def test_promotion_does_not_replace_another_object(store: Store) -> None:
    put(store, _NAME, [b"content"])
    put(store, "blobs/aa/other", [b"another content"])
    with pytest.raises(NameTaken):
        store.promote(_NAME, "blobs/aa/other")


@pytest.mark.parametrize("name", ["../x/y", "/etc/passwd", "a/../b", "incoming/", "incoming/x\n", "x", "a/.hidden"])
def test_names_that_leave_the_store_are_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="not an object name"):
        store.get(name)


def test_an_s3_server_that_is_away_is_an_outage() -> None:
    from tipline.platform.vault.s3 import S3Store

    house = Settings(
        evidence_store="s3://evidence/x",
        s3_endpoint="http://127.0.0.1:9",
        s3_access_key="a",
        s3_secret_key="b",
    )
    store = S3Store.from_settings(house, retry_seconds=0)
    with pytest.raises(StoreOutage):
        store.exists(_NAME)


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
@pytest.mark.parametrize(
    ("code", "kind"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreOutage)]
)
def test_a_failing_disk_is_an_outage_and_leaves_nothing(
    call: str, code: int, kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path / "evidence")
    put(store, "incoming/before", [b"x"])

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, "disk", str(tmp_path))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        with pytest.raises(kind) as caught:
            put(store, _NAME, [b"x" * 100])
    assert type(caught.value) is kind
    assert str(tmp_path) not in str(caught.value)
    assert [path.name for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == ["before"]
    put(store, _NAME, [b"again"])


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    put(LocalStore(tmp_path / "evidence"), _NAME, [b"x"])
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "evidence").rglob("*")}
    assert modes == {0}


def test_an_object_is_synced_before_it_has_a_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    put(store, "incoming/first", [b"x"])
    order: list[str] = []
    for call in ("fsync", "link"):
        real = getattr(os, call)
        monkeypatch.setattr(os, call, lambda *given, _call=call, _real=real: (order.append(_call), _real(*given))[1])
    put(store, "incoming/second", [b"x"])
    assert order == ["fsync", "link", "fsync"]


def test_only_objects_older_than_asked_are_named(store: Store) -> None:
    put(store, _NAME, [b"x"])
    now = datetime.now(UTC)
    assert list(store.older("incoming", now - timedelta(hours=1))) == []
    assert list(store.older("incoming", now + timedelta(hours=1))) == [_NAME]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, where this machine lets us have one."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(tmp_path)], check=False)
    if made.returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_really_full_disk_is_an_outage_leaves_nothing_and_heals(small_disk: Path) -> None:
    store = LocalStore(small_disk)
    with pytest.raises(StoreFull):
        put(store, _NAME, [bytes(100_000)] * 30)
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []
    put(store, _NAME, [bytes(100_000)] * 10)
    assert len(_read(store, _NAME)) == 1_000_000

"""A supervisor hands in a member's file: brought onto its list, wrong rows told, and what was cut off goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from tests.integration import desk_world
from tests.integration import hashlists_world as world

from tipline import beside, upkeep
from tipline.platform import clock, jobs
from tipline.platform.accounts.roles import Role
from tipline.platform.vault.incoming import IncomingWriter
from tipline.platform.vault.store import configured_store
from tipline.programs.identification.formats.list_rows import rows_of
from tipline.reference.hashlists import importing, imports, queries, service
from tipline.reference.hashlists.models import ListImport
from tipline.reference.hashlists.values import OUR_MEMBER, Print

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tipline.interfaces.desk.urls")]
AsRole = Callable[..., AbstractContextManager[None]]
NEW = "/hash-imports/new/"


@pytest.fixture(autouse=True)
def prepared(settings: Any, monkeypatch: pytest.MonkeyPatch, fixed_now: datetime) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(clock, "now", lambda: fixed_now)
    service.ensure_lists(now=fixed_now)
    _empty_store()  # what other tests left
    yield
    _empty_store()


@pytest.fixture
def member(fixed_now: datetime) -> int:
    return world.partner("Example Hotline", fixed_now, "HOTLINE")


class Desk:
    """One person at the desk, with the desk's rights in the database."""

    def __init__(self, as_role: AsRole, role: Role, now: datetime) -> None:
        self._as_role, self._client = as_role, Client()
        name = desk_world.make_person(f"robin-{role.lower()}", role, now)
        with as_role("desk"):
            desk_world.log_in(self._client, name, now)

    def see(self, path: str) -> Any:
        with self._as_role("desk"):
            return self._client.get(path)

    def hand_in(self, data: bytes, of: int, **more: str) -> Any:
        given = {"list": "npo", "member": str(of), "classification": "A2", **more}
        with self._as_role("desk"), TestCase.captureOnCommitCallbacks(execute=True):
            return self._client.post(NEW, {**given, "file": SimpleUploadedFile("list.csv", data)})


@pytest.fixture
def desk(as_role: AsRole, fixed_now: datetime) -> Desk:
    return Desk(as_role, Role.SUPERVISOR, fixed_now)


def _empty_store() -> None:
    for name in _sealed():
        configured_store().delete(name)


def _sealed() -> list[str]:
    return list(configured_store().names("incoming"))


def _text(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(data.decode().split())


def _csv(first: int, last: int, *wrong: str) -> bytes:
    rows = [f"{number};{world.digest(number, 'md5')}" for number in range(first, last + 1)]
    return "\n".join(["Image ID;MD5", *rows, *wrong]).encode()


def _read(as_role: AsRole, number: int) -> None:
    with as_role("worker"), TestCase.captureOnCommitCallbacks(execute=True):
        beside.bring_in_list(number)


def test_a_file_is_brought_in_and_its_wrong_rows_are_told_on_the_page_and_as_csv(
    desk: Desk, member: int, as_role: AsRole
) -> None:
    answer = desk.hand_in(_csv(1, 3, "x;12", "=1;zz"), member)
    assert answer.status_code == 302
    path = answer.headers["Location"]
    assert "Being brought in." in _text(desk.see(path))
    number = imports.list_imports()[0].id
    _read(as_role, number)
    page = _text(desk.see(path))
    assert "Done" in page
    assert "It must be 32 hexadecimal digits." in page
    assert _text(desk.see(f"{path}rows.csv")).split(" 4,")[0] == "row,field,what is wrong"
    assert "5,MD5,It must be 32 hexadecimal digits." in _text(desk.see(f"{path}rows.csv"))
    assert "Example Hotline" in _text(desk.see("/hash-imports/"))
    (match,) = queries.look_up([Print("MD5", world.digest(2, "md5"))])
    assert (match.member_name, match.classification) == ("Example Hotline", "A2")
    assert _sealed() == []
    line = imports.find_import(number)
    assert line is not None
    assert (line.rows, line.taken, line.refused, line.is_waiting, line.failure) == (5, 3, 2, False, "")


def test_the_same_file_is_refused_while_it_waits_and_when_it_is_done_and_leaves_nothing_sealed(
    desk: Desk, member: int, as_role: AsRole
) -> None:
    desk.hand_in(_csv(1, 2), member)
    first = _sealed()
    assert "being brought in already" in _text(desk.hand_in(_csv(1, 2), member))
    assert _sealed() == first
    _read(as_role, imports.list_imports()[0].id)
    assert "brought in already: 2 entries" in _text(desk.hand_in(_csv(1, 2), member))
    assert _sealed() == []


def test_a_worker_that_is_killed_goes_on_where_it_was_and_a_second_job_does_nothing(
    desk: Desk, member: int, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    desk.hand_in(_csv(1, 5, "6;12"), member)
    number = imports.list_imports()[0].id

    def killed(pieces: Any, classification: str) -> Iterator[importing.Row]:
        for row in rows_of(pieces, classification):
            if row.number == 4:
                raise KeyboardInterrupt
            yield row

    with as_role("worker"), pytest.raises(KeyboardInterrupt):
        imports.read(import_id=number, rows_of=killed, clock=clock.now)
    assert ListImport.objects.get().rows_done == 2
    assert imports.find_awaited(_sealed()) == set(_sealed())
    _read(as_role, number)
    _read(as_role, number)
    line = imports.find_import(number)
    assert line is not None
    assert (line.rows, line.taken, line.refused) == (6, 5, 1)
    assert [fault.row for fault in imports.walk_faults(number)] == [6]


def test_a_file_that_breaks_keeps_what_stands_before_and_says_where(desk: Desk, member: int, as_role: AsRole) -> None:
    whole = b"<queryResult><images><image><id>1</id><fingerprints><md5>%s</md5></fingerprints></image>"
    desk.hand_in(whole % world.digest(9, "md5").encode(), member)
    number = imports.list_imports()[0].id
    _read(as_role, number)
    page = _text(desk.see(f"/hash-imports/{number}/"))
    assert "It broke off after row 1." in page
    assert "no whole XML document" in page
    assert queries.look_up([Print("MD5", world.digest(9, "md5"))])
    assert _sealed() == []
    desk.hand_in(whole % world.digest(9, "md5").encode(), member)  # may be tried again
    assert "Being brought in." in _text(desk.see(f"/hash-imports/{number}/"))


def test_one_that_fails_again_and_again_is_given_up_and_stands_still_no_longer(
    desk: Desk, member: int, as_role: AsRole, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hand_in(_csv(1, 2), member)
    number, asked = imports.list_imports()[0].id, list[int]()
    monkeypatch.setattr(jobs, "defer", lambda task, **given: asked.append(given["import_id"]))
    beside.wake_collections(fixed_now + timedelta(minutes=1))
    assert asked == []
    beside.wake_collections(fixed_now + timedelta(minutes=3))
    assert asked == [number]

    def broken(pieces: Any, classification: str) -> Iterator[importing.Row]:
        next(iter(pieces))
        raise OSError("the store is away")

    for _ in range(imports.MOST_TRIES):
        with as_role("worker"), pytest.raises(OSError, match="away"):
            imports.read(import_id=number, rows_of=broken, clock=clock.now)
    _read(as_role, number)
    assert "several tries" in _text(desk.see(f"/hash-imports/{number}/"))
    assert beside.wake_collections(fixed_now + timedelta(hours=1)) == 0


def test_what_may_not_be_handed_in_is_refused_beside_its_field(desk: Desk, member: int, fixed_now: datetime) -> None:
    ours = world.member(OUR_MEMBER)
    for data, more, said in (
        (b"", {}, "The file is empty."),
        (b"PK\x03\x04", {}, "This is an archive."),
        (_csv(1, 1), {"member": ""}, "This field is required"),
        (_csv(1, 1), {"member": str(ours)}, "Select a valid choice"),
        (_csv(1, 1), {"list": "nowhere"}, "Select a valid choice"),
    ):
        answer = desk.hand_in(data, member, **more)
        assert answer.status_code == 422
        assert said in _text(answer), said
    assert _sealed() == []
    assert imports.list_imports() == ()


def test_an_analyst_sees_imports_and_hands_nothing_in(as_role: AsRole, member: int, fixed_now: datetime) -> None:
    analyst = Desk(as_role, Role.ANALYST, fixed_now)
    assert "Hand in a file" not in _text(analyst.see("/hash-imports/"))
    assert analyst.see(NEW).status_code in (403, 404)
    assert analyst.hand_in(_csv(1, 1), member).status_code in (403, 404)
    assert _sealed() == []
    for path in ("/hash-imports/1/", "/hash-imports/1/rows.csv", f"/hash-imports/{2**70}/"):
        assert analyst.see(path).status_code == 404


def test_the_sweep_leaves_what_waits_and_takes_strays(desk: Desk, member: int, fixed_now: datetime) -> None:
    desk.hand_in(_csv(1, 1), member)
    (waiting,) = _sealed()
    with IncomingWriter.begin() as writer:
        writer.write(b"nobody waits for it")
        writer.finish()
    with TestCase.captureOnCommitCallbacks(execute=True):
        upkeep.sweep(fixed_now + timedelta(days=3650))
    assert _sealed() == [waiting]

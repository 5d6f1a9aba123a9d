"""The audit on a real server: one commit with its act, closed to changes, and every later change found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from tipline.domain.actor import Actor, ActorKind, system
from tipline.platform.audit import queries, service
from tipline.platform.audit.command import main
from tipline.platform.audit.faults import Kind
from tipline.platform.audit.keyring import public_key
from tipline.platform.audit.notes import split_notes
from tipline.platform.audit.service import Act, NoTransaction, hand_out, record, seal, tend
from tipline.platform.audit.verbs import UndeclaredAct
from tipline.platform.audit.verification import Report, verify
from tipline.platform.config import settings

pytestmark = pytest.mark.django_db
WRITERS = ("public", "esp_api", "esp_web", "desk", "portal", "worker")


def an_act(now: datetime, number: int = 1) -> Act:
    actor = Actor(ActorKind.USER, f"analyst-{number % 5}", role="ANALYST", session="s", origin="192.0.2.7")
    return Act(now, actor, "report.viewed", "report", str(number), details={"page": "story"})


def sql(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("role", WRITERS)
def test_every_role_can_add_an_entry_and_change_none(
    role: str, as_role: Callable[..., Any], fixed_now: datetime
) -> None:
    with as_role(role):
        record(an_act(fixed_now))
    for query in ("UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            sql(query)
    assert queries.count_entries(verb="report.viewed") == 1


@pytest.mark.parametrize("role", ["public", "esp_api", "esp_web", "portal"])
def test_the_doors_cannot_read_the_audit(role: str, as_role: Callable[..., Any]) -> None:
    for table in ("audit_entry", "audit_leaf", "audit_checkpoint"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            sql(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("role", ["public", "desk", "worker"])
def test_no_role_chooses_the_place_of_its_entry(role: str, as_role: Callable[..., Any]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        sql("INSERT INTO audit_entry (id, verb) VALUES (1, 'x')")


@pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_checkpoint"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_and_the_superuser_are_refused(table: str, change: str) -> None:
    query = change.format(table).replace("at = at", "seq = seq" if table == "audit_leaf" else "at = at")
    for role in ("tipline_owner", "postgres"):
        point = transaction.savepoint()
        sql(f"SET LOCAL ROLE {role}")
        with pytest.raises(DatabaseError, match="append-only"):
            sql(query)
        transaction.savepoint_rollback(point)


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused(fixed_now: datetime) -> None:
    with pytest.raises(NoTransaction):
        record(an_act(fixed_now))


def test_an_act_whose_entry_cannot_be_written_fails_with_it(fixed_now: datetime) -> None:
    def an_act_with_two_entries() -> None:
        record(an_act(fixed_now))
        record(replace(an_act(fixed_now), verb="report.gossiped"))

    with pytest.raises(UndeclaredAct), transaction.atomic():
        an_act_with_two_entries()
    assert queries.list_entries(queries.Wanted()) == ()


def test_entries_are_listed_newest_first_with_their_sentence(fixed_now: datetime) -> None:
    for number in range(3):
        record(an_act(fixed_now, number))
    found = queries.list_entries(queries.Wanted(object_kind="report"))
    assert [entry.object_id for entry in found] == ["2", "1", "0"]
    assert (found[0].actor, found[0].sentence) == ("user:analyst-2", "opened a report's page")
    assert queries.list_entries(queries.Wanted(actor_ident="analyst-1", before=found[0].id))[0].object_id == "1"


def test_the_sequencer_runs_with_the_workers_rights_alone(as_role: Callable[..., Any], fixed_now: datetime) -> None:
    record(an_act(fixed_now))
    with as_role("worker"):
        checkpoint = seal(now=fixed_now)
    assert checkpoint is not None
    assert checkpoint.size == 1


def test_an_entry_of_a_lower_id_that_comes_later_gets_its_place(fixed_now: datetime, tmp_path: Path) -> None:
    record(an_act(fixed_now, 1))
    (late,) = sql("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")[0]
    record(an_act(fixed_now, 2))
    assert seal(now=fixed_now) is not None
    record(an_act(fixed_now, 3))
    with superuser():
        sql("UPDATE audit_entry SET id = %s WHERE object_id = '3'", late)  # as if its transaction had begun first
    assert seal(now=fixed_now + timedelta(seconds=5)) is not None
    assert [row[0] for row in sql("SELECT entry_id FROM audit_leaf ORDER BY seq")][-1] == late
    assert check(tmp_path, fixed_now).ok


@pytest.mark.parametrize("phase", [0, 25, 55])
@pytest.mark.parametrize("age", [5, 50, 55, 110, 365, 595])
def test_an_entry_that_comes_very_late_is_found_within_a_minute(fixed_now: datetime, age: int, phase: int) -> None:
    late, runs, fixed_now = 0, 130, fixed_now + timedelta(seconds=phase)
    for number in range(runs):  # as the clock does it
        if 5 * (runs - number) == age:
            (late,) = sql("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")[0]
        record(an_act(fixed_now, number))
        assert tend(now=fixed_now + timedelta(seconds=5 * number)) is not None
    record(an_act(fixed_now, runs))
    with superuser():  # its transaction began before theirs
        sql("UPDATE audit_entry SET id = %s WHERE object_id = %s", late, str(runs))
    found = [tend(now=fixed_now + timedelta(seconds=5 * number)) for number in range(runs, runs + 13)]
    assert sum(one is not None for one in found) == 1
    assert sql("SELECT max(seq) FROM audit_leaf WHERE entry_id = %s", late) == [(runs,)]


def test_where_runs_were_left_out_their_pieces_are_looked_at_in_the_next(fixed_now: datetime) -> None:
    record(an_act(fixed_now))
    assert tend(now=fixed_now) is not None
    (late,) = sql("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")[0]
    for number in range(1, 24):
        record(an_act(fixed_now, number))
        assert tend(now=fixed_now + timedelta(seconds=15 * number)) is not None
    record(an_act(fixed_now, 99))
    with superuser():
        sql("UPDATE audit_entry SET id = %s WHERE object_id = '99'", late)
    found = [tend(now=fixed_now + timedelta(seconds=15 * number)) for number in range(24, 29)]
    assert sum(one is not None for one in found) == 1


def test_nothing_new_makes_no_checkpoint(fixed_now: datetime) -> None:
    record(an_act(fixed_now))
    assert seal(now=fixed_now) is not None
    assert seal(now=fixed_now) is None
    assert seal(now=fixed_now) is None


def test_two_sequencers_do_not_work_at_once(fixed_now: datetime) -> None:
    from tipline.platform.audit.sequencer import LOCK

    record(an_act(fixed_now))
    with psycopg.connect(settings().database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert seal(now=fixed_now) is None
    assert seal(now=fixed_now) is not None


def test_leaves_without_a_checkpoint_stop_the_sequencer(fixed_now: datetime) -> None:
    record(an_act(fixed_now))
    seal(now=fixed_now)
    with superuser():
        sql("DELETE FROM audit_checkpoint")
    record(an_act(fixed_now, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        seal(now=fixed_now)


def test_a_checkpoint_is_handed_out_once_and_after_a_crash_still(fixed_now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "held" / "checkpoints"
    for number in range(3):
        record(an_act(fixed_now, number))
        seal(now=fixed_now)
        if number != 1:  # the worker died between sealing and handing out
            hand_out(path=path)
    assert hand_out(path=path) == 0
    with path.open("ab") as handle:
        handle.write(b"tipline/audit\n9")  # half-written, the power went
    record(an_act(fixed_now, 4))
    seal(now=fixed_now)
    assert hand_out(path=path) == 1
    notes, rest = split_notes(path.read_bytes())
    assert (len(notes), bool(rest)) == (4, True)
    assert check(tmp_path, fixed_now, notes).ok


# What a superuser of the database can do, and that all of it is found.

FORGED = b'{"at":"2026-01-13T15:04:05.678901Z","forged":true}'


def superuser() -> transaction.Atomic:
    """This function will open a block in which triggers are asleep, as for whoever owns the server."""
    block = transaction.atomic()
    sql("SET LOCAL session_replication_role = replica")
    return block


@pytest.fixture
def sealed(fixed_now: datetime) -> Iterator[list[bytes]]:
    """Sixty entries under five checkpoints, all handed out; then ten that no witness has seen."""
    for number in range(60):
        record(an_act(fixed_now + timedelta(seconds=number), number))
        if number % 12 == 11:
            seal(now=fixed_now + timedelta(seconds=number))
    notes = [bytes(note) for (note,) in sql("SELECT note FROM audit_checkpoint ORDER BY tree_size")]
    for number in range(60, 70):
        record(an_act(fixed_now + timedelta(seconds=number), number))
    return notes


def check(folder: Path, now: datetime, notes: list[bytes] | None = None) -> Report:
    del folder
    if notes is None:
        notes = [bytes(note) for (note,) in sql("SELECT note FROM audit_checkpoint ORDER BY tree_size")]
    return verify(notes=notes, public=public_key(), now=now + timedelta(seconds=90))


def entry_of(seq: int) -> int:
    return int(sql("SELECT entry_id FROM audit_leaf WHERE seq = %s", seq)[0][0])


def edit(chance: random.Random) -> str:
    seq = chance.randrange(60)
    column = chance.choice(["verb", "object_id", "actor_ident", "agency", "outcome", "entry", "at", "canonical"])
    if column == "canonical":
        sql(
            "UPDATE audit_entry SET canonical = set_byte(canonical, %s, 33) WHERE id = %s",
            chance.randrange(200),
            entry_of(seq),
        )
    elif column == "at":
        sql("UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE id = %s", entry_of(seq))
    else:
        sql(f"UPDATE audit_entry SET {column} = 'x' WHERE id = %s", entry_of(seq))
    return f"leaf {seq}, entry {entry_of(seq)}"


def delete(chance: random.Random) -> str:
    seq = chance.randrange(60)
    if chance.random() < 0.5:
        sql("DELETE FROM audit_entry WHERE id = %s", entry_of(seq))
        return f"leaf {seq}, entry {entry_of(seq)}"
    sql("DELETE FROM audit_leaf WHERE seq = %s", seq)
    return f"leaf {seq}" if seq < 59 else "leaf 59"


def insert(chance: random.Random) -> str:
    """A forged entry, dated long before the checkpoint that lacks it, as if it had always been there."""
    old = an_act(datetime.fromisoformat("2026-01-02T00:00:00+00:00"), chance.randrange(1000))
    record(old)
    (forged,) = sql("SELECT max(id) FROM audit_entry")[0]
    if chance.random() < 0.5:
        seal(now=datetime.fromisoformat("2026-01-13T15:06:00+00:00"))
    return f"entry {forged}"


def swap(chance: random.Random) -> str:
    first, second = sorted(chance.sample(range(60), 2))
    a, b = entry_of(first), entry_of(second)
    if chance.random() < 0.5:
        for old, new in ((a, -1), (b, a), (-1, b)):
            sql("UPDATE audit_entry SET id = %s WHERE id = %s", new, old)
        return f"leaf {first}, entry {a}"
    for old, new in ((first, -1), (second, first), (-1, second)):
        sql("UPDATE audit_leaf SET seq = %s WHERE seq = %s", new, old)
    return f"leaf {first}"


def truncate(chance: random.Random) -> str:
    """The newest stretch goes, its leaves and checkpoints with it: all that is left is in perfect order."""
    keep = chance.choice([12, 24, 36, 48])
    sql("DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE seq >= %s)", keep)
    sql("DELETE FROM audit_leaf WHERE seq >= %s", keep)
    sql("DELETE FROM audit_checkpoint WHERE tree_size > %s", keep)
    return f"leaves {keep} to 59"


def duplicate(chance: random.Random) -> str:
    entry = entry_of(chance.randrange(60))
    columns = "entry, at, actor_kind, actor_ident, agency, verb, object_kind, object_id, outcome, canonical"
    sql(f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE id = %s", entry)
    (copy,) = sql("SELECT max(id) FROM audit_entry")[0]
    return f"entries {entry} and {copy}"


def rewrite(chance: random.Random) -> str:
    """The careful one: changes an entry and recomputes everything; only the signing key is missing."""
    from tipline.platform.audit.tree import CHAIN_START, Frontier, chain_hash, leaf_hash

    seq = chance.randrange(60)
    sql(
        "UPDATE audit_entry SET canonical = replace(encode(canonical, 'escape'), 'story', 'other')::bytea"
        " WHERE id = %s",
        entry_of(seq),
    )
    chain, tree = CHAIN_START, Frontier()
    for number, canonical in sql(
        "SELECT seq, canonical FROM audit_leaf JOIN audit_entry ON id = entry_id ORDER BY seq"
    ):
        leaf = leaf_hash(canonical)
        chain = chain_hash(chain, leaf)
        tree.append(leaf)
        sql("UPDATE audit_leaf SET leaf_hash = %s, chain_hash = %s WHERE seq = %s", leaf, chain, number)
        sql(
            "UPDATE audit_checkpoint SET root = %s, frontier = %s WHERE tree_size = %s",
            tree.root(),
            tree.to_bytes(),
            number + 1,
        )
    start = seq - seq % 12
    return f"leaves {start} to {start + 11}"


def meddle_with_checkpoint(chance: random.Random) -> str:
    size = chance.choice([12, 24, 36, 48])
    change = chance.choice(
        [
            "root = leaf_hash FROM audit_leaf WHERE seq = 0 AND",
            "note = set_byte(note, 20, 33) WHERE",
            "at = at - interval '1 hour' WHERE",
            "entry_mark = entry_mark + 1 WHERE",
            "frontier = set_byte(frontier, 0, get_byte(frontier, 0) # 1) WHERE",
        ]
    )
    if chance.random() < 0.3:
        sql("DELETE FROM audit_checkpoint WHERE tree_size = %s", size)
    else:
        sql(f"UPDATE audit_checkpoint SET {change} tree_size = %s", size)
    return f"checkpoint {size}"


MUTATIONS = (edit, delete, insert, swap, truncate, duplicate, rewrite, meddle_with_checkpoint)


def test_each_of_a_hundred_mutations_by_a_superuser_is_found_and_located(
    sealed: list[bytes], fixed_now: datetime, tmp_path: Path
) -> None:
    chance = random.Random(20260113)
    assert check(tmp_path, fixed_now, sealed).ok  # the negative control: nothing done, nothing found
    for number in range(100):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        point = transaction.savepoint()
        sql("SET LOCAL session_replication_role = replica")
        where = mutation(chance)
        report = check(tmp_path, fixed_now, sealed)
        places = [fault.where for fault in report.faults]
        assert not report.ok, (number, mutation.__name__)
        assert any(place == where or place.endswith(f", {where}") for place in places), (
            mutation.__name__,
            where,
            places,
        )
        transaction.savepoint_rollback(point)
    assert check(tmp_path, fixed_now, sealed).ok


def test_without_a_witness_a_truncation_escapes(sealed: list[bytes], fixed_now: datetime, tmp_path: Path) -> None:
    """Why checkpoints are handed out: the database alone cannot tell that its end was cut off."""
    with superuser():
        truncate(random.Random(1))
        assert check(tmp_path, fixed_now, []).ok
        assert not check(tmp_path, fixed_now, sealed).ok


def test_entries_that_wait_long_are_a_notice_and_no_fault(sealed: list[bytes], fixed_now: datetime) -> None:
    report = verify(notes=sealed, public=public_key(), now=fixed_now + timedelta(minutes=7))
    assert report.ok
    assert [notice.kind for notice in report.notices] == [Kind.UNSEALED] * 10


def test_the_command_says_what_is_wrong_and_where(
    sealed: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = tmp_path / "checkpoints"
    assert main(["verify", "--witness", str(witness)]) == 2
    witness.write_bytes(b"".join(note + b"\n" for note in sealed))
    assert main(["verify", "--witness", str(witness)]) == 0
    assert "nothing was meddled with" in capsys.readouterr().out
    with superuser():
        where = edit(random.Random(3))
    assert main(["verify", "--witness", str(witness)]) == 1
    assert where in capsys.readouterr().out
    assert queries.count_entries(verb="audit.verified") == 2


def test_an_entry_of_a_part_of_the_house_names_it(fixed_now: datetime) -> None:
    service.record(
        Act(fixed_now, system("worker"), "report.scored", "report", "1", details={"score": 7, "priority": 1})
    )
    assert queries.list_entries(queries.Wanted())[0].actor == "system:worker"

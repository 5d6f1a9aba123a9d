"""How fast the audit is verified: the goal is a million entries verified in a minute."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from tests import stack

from tipline.domain.actor import Actor, ActorKind
from tipline.figures.figure import Figure, Measured, Series
from tipline.platform.audit.act import Act, canonical

ABOUT = "entries of the audit verified a second"
GOAL_PER_SECOND = 16_667  # a million in a minute
_COPY = """
COPY audit_entry
  (entry, at, actor_kind, actor_ident, agency, verb, object_kind, object_id, outcome, canonical) FROM STDIN
"""
# The worker seals too, so only the verification is timed.
_MEASURE = """
import time
from django.db import connection
from tipline.platform import clock
from tipline.platform.audit.keyring import public_key
from tipline.platform.audit.notes import split_notes
from tipline.platform.audit.service import hand_out, seal
from tipline.platform.audit.verification import verify
from tipline.platform.config import settings

def sealed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_leaf")
        return cursor.fetchone()[0]

while sealed() < COUNT:
    seal(now=clock.now()) or time.sleep(0.1)
while hand_out(path=settings().witness):
    pass
notes, _ = split_notes(settings().witness.read_bytes())
report = verify(notes=notes, public=public_key(), now=clock.now())
answer = [report.seconds, report.leaves, report.ok and report.witnessed >= COUNT]
"""


def run(full: bool) -> Iterator[Figure]:
    """This function will fill the audit of a house of its own and verify it there."""
    count = 1_000_000 if full else 20_000
    with tempfile.TemporaryDirectory(prefix="tipline-audit-") as folder, stack.start(Path(folder)) as house:
        _fill(house, count)
        seconds, leaves, sound = house.ask(f"COUNT = {count}\n{_MEASURE}", seconds=900)
    rate = Measured(leaves / seconds, leaves, seconds)
    yield Series("audit", sound).figure("verified", "entries/s", rate, at_least=GOAL_PER_SECOND)


def _fill(house: stack.Stack, count: int) -> None:
    actor = Actor(ActorKind.USER, "analyst-1", role="ANALYST", session="s", origin="192.0.2.7")
    with psycopg.connect(house.database_url()) as connection, connection.cursor().copy(_COPY) as rows:
        for number in range(count):
            now, entry = datetime.now(UTC), secrets.token_hex(16)
            act = Act(now, actor, "report.viewed", "report", str(number), details={"page": "story"})
            columns = (str(actor.kind), actor.ident, actor.agency, act.verb, act.object_kind, act.object_id)
            rows.write_row((entry, now, *columns, str(act.outcome), canonical(act, entry)))

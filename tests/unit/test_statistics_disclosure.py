"""No withheld cell can be worked out: an attacker who has every published number and knows the rules finds nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tipline.programs.statistics.disclosure import LEAST, UNDER, Sum, System, changed_little, withhold
from tipline.programs.statistics.publication import Counted, DoesNotAddUp, Earlier, key_of, publish, system_of
from tipline.programs.statistics.tables import Line, Table

TYPES, DOORS, MONTHS, PLACES = ("a", "b", "c", "d"), ("company", "public"), ("01", "02", "03"), ("AA", "BB", "CC", "DD")
TYPE = Line("type", "Type", dict.fromkeys(TYPES, ""))
DOOR = Line("door", "Door", dict.fromkeys(DOORS, ""))
MONTH = Line("month", "Month", dict.fromkeys(MONTHS, ""))
PLACE = Line("place", "Place", open=True)
# Like the published ones: two tables share the totals of the types, one shows a part of a whole.
LINKED = (
    Table("types", "", "", "reports", TYPE, DOOR),
    Table("months", "", "", "reports", TYPE, MONTH),
    Table("places", "", "", "reports", PLACE),
    Table("marked", "", "", "reports", MONTH, where=(("mark", "yes"),), rest=True),
    Table("a_places", "", "", "reports", PLACE, where=(("type", "a"),), rest=True),
)
# Found cases are not made smaller: each looks at a whole system, and the seed names it.
FAST = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    database=None,
)


def records(seed: int, size: int, flat: float) -> list[dict[str, str]]:
    """Made-up reports whose lines are skewed, so that small and empty cells are common."""
    chance = random.Random(seed)

    def pick(codes: tuple[str, ...]) -> str:
        return codes[min(int(chance.expovariate(flat)), len(codes) - 1)]

    lines = {"type": TYPES, "door": DOORS, "month": MONTHS, "place": PLACES, "mark": ("no", "yes")}
    return [{name: pick(codes) for name, codes in lines.items()} for _ in range(size)]


def counted(made: list[dict[str, str]]) -> list[Counted]:
    found = []
    for table in LINKED:
        fits = [one for one in made if all(one[name] == value for name, value in table.where)]
        cols = table.cols.name if table.cols else ""
        pairs = Counter((one[table.rows.name], one[cols] if cols else "") for one in fits)
        found.append(Counted(table, dict(pairs)))
    return found


class Attacker:
    """Knows every shown cell, every sum, which cells are withheld, and what each mark says of a cell's size."""

    def __init__(self, system: System, marks: Mapping[str, str]) -> None:
        self.system, self.marks = system, marks
        self.unknown = sorted(set(marks) | system.unseen)
        top = max(system.values.values(), default=0) + 1000
        self.low = {
            name: 1 if marks.get(name) == UNDER else 0 if name in system.unseen else LEAST for name in self.unknown
        }
        self.high = {name: LEAST - 1 if marks.get(name) == UNDER else top for name in self.unknown}
        self.rows = [self._row(one) for one in system.sums]
        self.rows = [row for row in self.rows if row[0]]

    def _row(self, one: Sum) -> tuple[dict[str, int], int]:
        """What a sum says of the unknown cells: their signed sum is a known number."""
        signs = dict.fromkeys(one.parts, 1) | {one.whole: -1}
        known = sum(sign * self.system.values[name] for name, sign in signs.items() if name not in self.low)
        return {name: sign for name, sign in signs.items() if name in self.low}, -known

    def pinned_by_algebra(self) -> set[str]:
        at = {name: number for number, name in enumerate(self.unknown)}
        matrix = np.zeros((len(self.rows), len(at)))
        for number, (signs, _) in enumerate(self.rows):
            for name, sign in signs.items():
                matrix[number, at[name]] = sign
        rank = np.linalg.matrix_rank(matrix) if self.rows else 0
        unit = np.eye(len(at))
        return {
            name
            for name in self.unknown
            if self.rows and np.linalg.matrix_rank(np.vstack([matrix, unit[at[name]]])) == rank
        }

    def narrowed(self, low: dict[str, int], high: dict[str, int]) -> bool:
        """Tightens all bounds until nothing moves; False where they contradict each other."""
        moved = True
        while moved:
            moved = False
            for signs, total in self.rows:
                ends = {
                    name: (low[name], high[name]) if sign > 0 else (-high[name], -low[name])
                    for name, sign in signs.items()
                }
                least, most = sum(end[0] for end in ends.values()), sum(end[1] for end in ends.values())
                for name, sign in signs.items():
                    bottom = total - (most - ends[name][1])
                    ceiling = total - (least - ends[name][0])
                    new = (bottom, ceiling) if sign > 0 else (-ceiling, -bottom)
                    if new[0] > low[name] or new[1] < high[name]:
                        low[name], high[name] = max(low[name], new[0]), min(high[name], new[1])
                        moved = True
                    if low[name] > high[name]:
                        return False
        return True

    def pinned_by_bounds(self) -> set[str]:
        low, high = dict(self.low), dict(self.high)
        assert self.narrowed(low, high)
        return {name for name in self.unknown if low[name] == high[name]}

    def other_world(self, name: str) -> bool:
        """Whether whole numbers exist that agree with all that is published and give the cell another value."""
        true = self.system.values[name]
        for value in (true + 1, true - 1, true + 2, true - 2):
            self.tries = 300
            if self._solve({**self.low, name: value}, {**self.high, name: value}):
                return True
        return False

    def _solve(self, low: dict[str, int], high: dict[str, int]) -> bool:
        self.tries -= 1
        if self.tries < 0 or any(low[name] > high[name] for name in low) or not self.narrowed(low, high):
            return False
        free = [name for name in self.unknown if low[name] < high[name]]
        if not free:
            return True
        name = min(free, key=lambda one: high[one] - low[one])
        true = self.system.values[name]
        values = sorted(range(max(low[name], true - 1), min(high[name], true + 1) + 1), key=lambda one: abs(one - true))
        return any(self._solve({**low, name: value}, {**high, name: value}) for value in values)


def secrets_of(system: System, marks: Mapping[str, str]) -> set[str]:
    """What must not be known: every withheld cell, and the small rests that no table shows."""
    return set(marks) | {name for name in system.unseen if 0 < system.values[name] < LEAST}


@FAST
@given(st.integers(0, 10**6), st.integers(1, 900), st.sampled_from((0.3, 0.7, 1.2, 2.0)))
def test_no_withheld_cell_can_be_derived_from_all_tables_together(seed: int, size: int, flat: float) -> None:
    system = system_of(counted(records(seed, size, flat)))
    marks = withhold(system)
    attacker = Attacker(system, marks)
    hidden = secrets_of(system, marks)
    assert not attacker.pinned_by_algebra() & hidden
    assert not attacker.pinned_by_bounds() & hidden
    for name in hidden:
        assert attacker.other_world(name), name


@FAST
@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5))
def test_a_table_of_any_numbers_keeps_its_small_cells(rows: list[list[int]]) -> None:
    line = Line("row", "", {str(at): "" for at in range(len(rows))})
    table = Table("t", "", "", "n", line, Line("col", "", {"0": "", "1": "", "2": ""}))
    counts = {(str(at), str(other)): value for at, row in enumerate(rows) for other, value in enumerate(row)}
    system = system_of([Counted(table, counts)])
    marks = withhold(system)
    small = {name for name, value in system.values.items() if 0 < value < LEAST}
    assert small <= set(marks)
    attacker = Attacker(system, marks)
    assert not attacker.pinned_by_algebra() & set(marks)
    assert not attacker.pinned_by_bounds() & set(marks)
    assert all(attacker.other_world(name) for name in marks)


@pytest.mark.parametrize("counts", [(1, 10), (1, 1), (9, 9), (1,), (5, 200), (9, 10, 11), (1, 1, 10)])
def test_the_corners_where_bounds_alone_would_give_a_cell_away(counts: tuple[int, ...]) -> None:
    values = {str(at): count for at, count in enumerate(counts)} | {"all": sum(counts)}
    system = System(values, (Sum("all", tuple(str(at) for at in range(len(counts)))),))
    marks = withhold(system)
    assert not Attacker(system, marks).pinned_by_bounds() & set(marks)
    assert all(Attacker(system, marks).other_world(name) for name in marks)


def test_a_bridge_between_two_blocks_is_seen() -> None:
    """Two withheld cells in each line are not enough: the one between two blocks is their difference."""
    rows = [[3, 4, 50, 60], [5, 6, 70, 80], [90, 7, 8, 95], [96, 97, 3, 4], [98, 99, 5, 6]]
    line, cols = (Line(name, "", {str(at): "" for at in range(size)}) for name, size in (("r", 5), ("c", 4)))
    pairs = {(str(r), str(c)): value for r, row in enumerate(rows) for c, value in enumerate(row)}
    system = system_of([Counted(Table("t", "", "", "n", line, cols), pairs)])
    naive = {name: UNDER for name, value in system.values.items() if 0 < value < LEAST}
    bridge = key_of("n", (("r", "2"), ("c", "1")))
    assert bridge in Attacker(system, naive).pinned_by_algebra() | {bridge}
    marks = withhold(system)
    assert not Attacker(system, marks).pinned_by_algebra() & set(marks)


def test_the_attacker_finds_what_is_withheld_without_care() -> None:
    system = System({"x": 4, "y": 20, "all": 24}, (Sum("all", ("x", "y")),))
    careless = Attacker(system, {"x": UNDER})
    assert careless.pinned_by_algebra() == {"x"}
    assert not careless.other_world("x")


def test_zero_is_shown_and_large_cells_stay_where_nothing_small_is_near() -> None:
    system = System({"x": 0, "y": 20, "z": 30, "all": 50}, (Sum("all", ("x", "y", "z")),))
    assert withhold(system) == {}


@FAST
@given(st.integers(0, 10**6), st.integers(20, 600), st.integers(0, 60))
def test_two_snapshots_of_a_year_give_nothing_away_by_their_difference(seed: int, size: int, more: int) -> None:
    made = records(seed, size + more, 0.7)
    first = counted(made[:size])
    old = publish(first)
    earlier = Earlier({"tables": old.tables}, old.withheld)
    before, now = system_of(first), system_of(counted(made), [earlier])
    marks = withhold(now)
    assert not Attacker(now, marks).pinned_by_algebra() & set(marks)
    for name in now.values.keys() & before.values.keys() - set(marks) - now.unseen - before.unseen:
        if name not in old.withheld and now.values[name]:
            difference = abs(now.values[name] - before.values[name])
            assert difference == 0 or difference >= LEAST, name
        elif now.values[name]:
            assert abs(now.values[name] - before.values[name]) >= LEAST, name


def test_a_change_too_small_to_show_is_named() -> None:
    before = {"same": (50, True), "little": (50, True), "much": (50, True), "hidden": (12, False), "grown": (12, False)}
    now = {"same": 50, "little": 53, "much": 70, "hidden": 12, "grown": 30}
    assert changed_little(now, before) == {"little", "hidden"}


def test_the_order_of_rows_tells_nothing_of_withheld_ones() -> None:
    """Two cells that are 3 together are 2 and 1 to whoever knows which one is larger."""
    counts = {("QQ", ""): 2, ("DD", ""): 1, ("AA", ""): 40, ("MM", ""): 60, ("ZZ", ""): 30}
    (table,) = publish([Counted(LINKED[2], counts)]).tables
    shown = [one["code"] for one in table["rows"]["codes"]]
    withheld = [cell["row"] for cell in table["cells"] if cell["value"] is None]
    assert {"QQ", "DD"} <= set(withheld)
    assert shown[-len(withheld) :] == sorted(withheld)
    assert [cell["row"] for cell in table["cells"]] == [*shown, "*"]


def test_tables_that_disagree_are_not_published() -> None:
    with pytest.raises(DoesNotAddUp):
        system_of([Counted(LINKED[0], {("a", "public"): 20}), Counted(LINKED[2], {("AA", ""): 21})])

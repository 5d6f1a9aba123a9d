"""No small cell can be read or worked out: which cells of a publication are withheld. Pure.

All tables of a snapshot are one system of sums over named cells. A cell of 1 to 9 is withheld. That alone gives
nothing away only if the sums leave room: so for every withheld cell a *move* must exist, other values of withheld
cells that satisfy every published sum and everything that is known of their size. A move is the proof; whatever it
takes is withheld too. Since each withheld cell lies in a move, each could as well be one more or one less, and no
algebra, no bounds and no two tables together give its value.

Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4: complementary suppression.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LEAST = 10
UNDER, WITHHELD = "under_10", "withheld"
# A search that has looked at so many partial moves gives up, and more is withheld instead.
_BUDGET = 1_000
_DEPTHS = (2, 3, 4, 6, 8, 24)


@dataclass(frozen=True, slots=True)
class Sum:
    """One published sum: the whole is the parts together."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """All cells with their true values, all sums, and the cells that no table shows (the rest of a whole).

    `anchors` are withheld only where nothing else helps. `secret`: cells that are withheld for another reason than
    their size, because an earlier snapshot and this one together would say too much.
    """

    values: Mapping[str, int]
    sums: Sequence[Sum]
    unseen: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Search:
    """One hunt for a move: what changes so far, which sums are out of balance, how much may still be looked at."""

    system: System
    hidden: set[str]
    sums_of: Mapping[str, list[tuple[int, int]]]
    open_cells: frozenset[str]
    left: int = _BUDGET
    change: dict[str, int] = field(default_factory=dict)
    balance: dict[int, int] = field(default_factory=dict)


def withhold(system: System) -> dict[str, str]:
    """This function will say which cells are withheld and how each is marked: UNDER or WITHHELD.

    Cells of 0 are shown: that nothing was counted tells of nobody. The rest of a whole, which no table shows, is
    protected like a cell where it is small.
    """
    small = {name for name, value in system.values.items() if 0 < value < LEAST}
    hidden = small | system.secret | system.unseen
    needy = sorted((small | system.secret) - _outside(system), key=lambda name: (system.values[name], name))
    safe: set[str] = set()
    sums_of = _sums_of(system)
    for name in needy:
        if name in safe:
            continue
        move = _find_move(system, hidden, sums_of, name)
        hidden |= set(move)
        safe |= set(move)
    return {name: UNDER if name in small else WITHHELD for name in sorted(hidden - system.unseen)}


def _outside(system: System) -> set[str]:
    # A cell in no sum can only be read, never worked out.
    inside = {name for one in system.sums for name in (one.whole, *one.parts)}
    return set(system.values) - inside


def _sums_of(system: System) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, one in enumerate(system.sums):
        found[one.whole].append((number, -1))
        for part in one.parts:
            found[part].append((number, 1))
    return found


def _find_move(
    system: System, hidden: set[str], sums_of: Mapping[str, list[tuple[int, int]]], name: str
) -> dict[str, int]:
    """The cheapest kind of move that exists: of withheld cells; of others too; of totals too; of all of them."""
    others = frozenset(cell for cell, value in system.values.items() if value >= LEAST)
    wholes = frozenset(one.whole for one in system.sums) | system.anchors
    for allowed in (frozenset(), others - wholes, others - system.anchors, others):
        for depth in _DEPTHS:
            for step in (1, -1):
                search = _Search(system, hidden, sums_of, allowed)
                if _is_possible(search, name, step) and _extend(search, name, step, depth):
                    return search.change
    # Nothing balances: every sum that the cell stands in is withheld whole.
    touched = [system.sums[number] for number, _ in sums_of[name]]
    return {cell: 0 for one in touched for cell in (one.whole, *one.parts) if system.values[cell] > 0}


def _is_possible(search: _Search, name: str, step: int) -> bool:
    """Whether a cell may be one more or less, by all that a reader knows of it."""
    value = search.system.values[name]
    if name in search.system.unseen:
        return value + step >= 0
    if 0 < value < LEAST:
        return 0 < value + step < LEAST
    return value > 0 and value + step >= LEAST


def _extend(search: _Search, name: str, step: int, depth: int) -> bool:
    """Changes one cell and then whatever brings each touched sum back into balance."""
    if search.left <= 0 or depth <= 0:
        return False
    search.left -= 1
    search.change[name] = step
    _shift(search, name, step)
    # The sum with the fewest ways out first: it fails soonest.
    unbalanced = [number for number, off in search.balance.items() if off]
    if not unbalanced or _settle(search, unbalanced[-1], depth):
        return True
    _shift(search, name, -step)
    del search.change[name]
    return False


def _shift(search: _Search, name: str, step: int) -> None:
    for number, sign in search.sums_of.get(name, ()):
        search.balance[number] = search.balance.get(number, 0) + sign * step


def _settle(search: _Search, number: int, depth: int) -> bool:
    off = search.balance[number]
    one = search.system.sums[number]
    ways = [(cell, 1 if off < 0 else -1) for cell in one.parts] + [(one.whole, 1 if off > 0 else -1)]
    possible = [
        (cell, step)
        for cell, step in ways
        if cell not in search.change
        and (cell in search.hidden or cell in search.open_cells)
        and _is_possible(search, cell, step)
    ]
    ranked = sorted(possible, key=lambda way: _cost(search, *way))
    return any(_extend(search, cell, step, depth - 1) for cell, step in ranked)


def _cost(search: _Search, cell: str, step: int) -> tuple[int, bool, int, str]:
    # Fewest new imbalances first, then what is withheld anyway, then the smallest loss for the reader.
    new = sum(
        1 if search.balance.get(number, 0) * sign * step >= 0 else -1 for number, sign in search.sums_of.get(cell, ())
    )
    return new, cell not in search.hidden, search.system.values[cell], cell


def changed_little(now: Mapping[str, int], before: Mapping[str, tuple[int, bool]]) -> set[str]:
    """This function will name the cells whose change since an earlier snapshot of the year must not be read.

    before: each cell's true value then, and whether it was shown. A shown cell that changed by 1 to 9 would give a
    small cell by subtraction. A withheld one that has hardly changed would give the old value away to anybody who
    guesses that it did not change.
    """
    found = set()
    for name in now.keys() & before.keys():
        old, was_shown = before[name]
        change = abs(now[name] - old)
        if now[name] and change < LEAST and (change or not was_shown):
            found.add(name)
    return found


def sums_hold(values: Mapping[str, int], sums: Iterable[Sum]) -> Iterator[Sum]:
    """This function will give the sums that do not add up; there is none in a sound publication."""
    return (one for one in sums if values[one.whole] != sum(values[part] for part in one.parts))

"""Clusters: who joins what, what is only proposed, and that what a person takes back is exactly as before."""

from __future__ import annotations

import copy
import itertools

from hypothesis import given
from hypothesis import strategies as st

from tipline.stages.linking.clusters import Book, ClusterKind, Merged, Node, Proposed, Tie

S = ClusterKind.SUSPECT


def tie(own: int, other: int, weight: int = 90, value: str = "mail", kind: ClusterKind = S, family: str = "") -> Tie:
    return Tie(
        Node(kind, own), Node(kind, other), family or value, value, weight, f"the same {value}", "the same there"
    )


def groups(book: Book, kind: ClusterKind = S) -> set[frozenset[int]]:
    return {frozenset(node.report_id for node in several) for several in book.groups(kind).values() if several}


def grown(*members: int, value: str = "mail") -> Book:
    book = Book()
    for before, now in itertools.pairwise(members):
        book.place(now, [tie(now, before, value=value)])
    return book


def test_two_reports_with_a_strong_tie_open_a_cluster_and_a_third_joins_it() -> None:
    assert groups(grown(1, 2, 3)) == {frozenset({1, 2, 3})}


def test_a_weak_tie_opens_nothing_and_several_weak_ones_of_different_kinds_do() -> None:
    book = Book()
    assert book.place(2, [tie(2, 1, 50, "address")]) == ()
    book.place(2, [tie(2, 1, 50, "address"), tie(2, 1, 50, "handle form")])
    assert groups(book) == {frozenset({1, 2})}


def test_two_witnesses_of_one_family_are_one() -> None:
    book = Book()
    assert book.place(2, [tie(2, 1, 50, "a", family="account"), tie(2, 1, 50, "b", family="account")]) == ()


def bridged(weight: int) -> tuple[Book, tuple[object, ...]]:
    book = grown(1, 2, 3)
    for before, now in ((11, 12), (12, 13)):
        book.place(now, [tie(now, before, value="phone")])
    return book, book.place(20, [tie(20, 1, 90), tie(20, 11, weight, "handle")])


def test_a_single_weak_bridge_between_two_clusters_is_only_proposed() -> None:
    book, steps = bridged(70)
    assert any(isinstance(step, Proposed) for step in steps)
    assert groups(book) == {frozenset({1, 2, 3, 20}), frozenset({11, 12, 13})}


def test_a_strong_bridge_merges_and_a_second_weak_one_adds_to_the_first() -> None:
    _, steps = bridged(90)
    assert any(isinstance(step, Merged) for step in steps)
    book, _ = bridged(70)
    book.place(21, [tie(21, 2, 90), tie(21, 12, 70, "other handle")])
    assert len(groups(book)) == 1


def test_the_machine_never_makes_a_cluster_larger_than_its_cap_by_merging() -> None:
    book, _ = bridged(70)
    one, other = sorted(book.groups(S))
    book.size[one] = 2_999
    book.place(21, [tie(21, 2, 90), tie(21, 12, 95, "phone")])
    assert book.top(one) != book.top(other)


def test_a_viral_event_never_ties_suspects() -> None:
    book = Book()
    viral = ClusterKind.VIRAL
    for now in range(2, 6):
        book.place(now, [tie(now, now - 1, 90, "file", viral)])
    assert groups(book, viral) == {frozenset(range(1, 6))}
    assert not groups(book)


def test_what_a_person_took_out_is_not_put_back_and_is_no_bridge() -> None:
    book = grown(1, 2, 3)
    node = Node(S, 3)
    book.out.add((node, book.leaf[node]))
    book.leave(node)
    book.place(3, [tie(3, 1, 95)])
    book.place(4, [tie(4, 3, 95, "phone")])  # opens a cluster of its own with 3
    book.place(5, [tie(5, 1, 95), tie(5, 4, 95, "phone")])
    assert frozenset({1, 2}) <= next(one for one in groups(book) if 1 in one)
    assert not any({1, 3} <= one for one in groups(book))


_TIES = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([50, 70, 90, 95]), st.sampled_from("abc")),
    max_size=40,
)


def played(ties: list[tuple[int, int, int, str]], book: Book | None = None) -> Book:
    book = book or Book()
    for own, other, weight, value in ties:
        book.place(own, [tie(own, other, weight, value)])
    return book


@given(_TIES, st.data())
def test_unmerge_restores_exactly(ties: list[tuple[int, int, int, str]], data: st.DataObject) -> None:
    book = played(ties)
    tops = sorted(book.groups(S))
    if len(tops) < 2:
        return
    into, child = data.draw(st.permutations(tops))[:2]
    before, sizes = copy.deepcopy(book.groups(S)), dict(book.size)
    book.apply(Merged(child, into, 100, ""))
    assert len(book.groups(S)) == len(tops) - 1
    book.unmerge(child)
    assert book.groups(S) == before
    assert {top: book.size[top] for top in before} == {top: sizes[top] for top in before}


@given(_TIES, _TIES)
def test_what_a_person_parted_the_machine_never_joins_again(
    ties: list[tuple[int, int, int, str]], later: list[tuple[int, int, int, str]]
) -> None:
    book = played(ties)
    merged = sorted(book.parent)
    if not merged:
        return
    child = merged[0]
    above = book.unmerge(child)
    played(later, book)
    assert book.top(child) != book.top(above)


@given(_TIES)
def test_sizes_agree_with_members_and_a_second_look_changes_no_member(ties: list[tuple[int, int, int, str]]) -> None:
    book = played(ties)
    for top, members in book.groups(S).items():
        assert book.size[top] == len(members)
    before = copy.deepcopy(book.leaf)
    played(ties[-1:], book)
    assert book.leaf == before

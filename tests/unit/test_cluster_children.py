"""One roster of a cluster's children: each once, the better news counts, nothing of a contact is made up."""

from __future__ import annotations

from datetime import date

from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.interfaces.desk.clusters.children import (
    Child,
    ReportFacts,
    Roster,
    by_country,
    of_list,
    of_reports,
    unnamed,
)
from tipline.interfaces.desk.clusters.growth import WEEKS, growth
from tipline.programs.identification.values import RosterChildLine

K = IdentifierKind


def seen(
    kind: IdentifierKind, value: str, role: PersonRole = PersonRole.VICTIM, path: str = "/report/victim[1]"
) -> Identifier:
    return Identifier(kind, role, value, value, path=path)


def collected(found: list[tuple[int, Identifier]], facts: dict[int, ReportFacts]) -> tuple[Child, ...]:
    roster = Roster()
    of_reports(roster, found, facts)
    return roster.children()


def test_a_child_of_two_reports_is_one_by_any_identifier_that_they_share() -> None:
    found = [(1, seen(K.HANDLE, "kid_1")), (2, seen(K.EMAIL, "kid@example.org")), (3, seen(K.HANDLE, "kid_1")),
             (3, seen(K.EMAIL, "kid@example.org"))]  # fmt: skip
    facts = {one: ReportFacts(1000 + one, agencies=(f"agency {one}",)) for one in (1, 2, 3)}
    (child,) = collected(found, facts)
    assert set(child.reports) == {1001, 1002, 1003}
    assert set(child.agencies) == {"agency 1", "agency 2", "agency 3"}


def test_two_children_of_one_report_stay_two_and_a_name_alone_joins_nobody() -> None:
    found = [(1, seen(K.HANDLE, "kid_1")), (1, seen(K.HANDLE, "kid_2", path="/report/victim[2]")),
             (1, seen(K.NAME, "sam example")), (2, seen(K.NAME, "sam example"))]  # fmt: skip
    assert len(collected(found, {1: ReportFacts(1001), 2: ReportFacts(1002)})) == 3


def test_a_child_without_a_name_is_one_of_its_report_and_joins_nobody() -> None:
    roster, facts = Roster(), {1: ReportFacts(1001), 2: ReportFacts(1002, "US", "CO"), 3: ReportFacts(1003)}
    contact = seen(K.HANDLE, "kid_9", PersonRole.CONTACT, "seized list 3 row 5")
    of_reports(roster, [(1, seen(K.HANDLE, "kid_1")), (3, contact)], facts)
    unnamed(roster, {1: 14, 2: 14, 3: None, 4: 9}, facts)
    known = {child.shown[0]: child for child in roster.children()}
    assert set(known) == {"kid_1", "kid_9", "not named, aged 14", "not named"}
    assert (known["not named, aged 14"].state, [*known["not named, aged 14"].reports]) == ("CO", [1002])
    assert [*known["not named"].reports] == [1003]  # a contact that may be a child is not the child of the report


def test_an_address_is_no_child() -> None:
    assert collected([(1, seen(K.IP, "192.0.2.1"))], {1: ReportFacts(1001)}) == ()


def test_the_better_news_counts_and_a_seized_contact_takes_no_place_from_the_report() -> None:
    contact = seen(K.HANDLE, "kid_9", PersonRole.CONTACT, "seized list 3 row 5")
    roster = Roster()
    of_reports(roster, [(1, seen(K.HANDLE, "kid_1")), (1, contact)], {1: ReportFacts(1001, "US", "AZ")})
    of_list(roster, 7, [RosterChildLine(1, 1, "@Kid_1", "HANDLE", "", "SAFE", "CA", "Example Police", 1),
                        RosterChildLine(2, 2, "??", "", "not readable", "SOUGHT", "", "", None)])  # fmt: skip
    known = {child.shown[0]: child for child in roster.children()}
    assert (known["kid_1"].status, known["kid_1"].country, known["kid_1"].state) == ("SAFE", "US", "AZ")
    assert set(known["kid_1"].rosters) == {7}
    assert (known["kid_9"].country, known["kid_9"].is_contact) == ("", True)
    assert len(known) == 2


def test_countries_count_who_stands_how_and_of_whom_nobody_was_told() -> None:
    children = [Child(country="US", state="AZ"), Child(country="US", status="SAFE"), Child(country=""),
                Child(country="CA", agencies={"Example Police": None})]  # fmt: skip
    us, ca, unknown = by_country(children)
    assert (us.country, us.total, us.sought, us.safe, us.untold, us.states) == ("US", 2, 1, 1, 1, (("AZ", 1),))
    assert (ca.untold, ca.agencies) == (0, ("Example Police",))
    assert unknown.country == ""


def test_growth_shows_every_week_and_those_without_reports_too() -> None:
    drawn = growth([(date(2026, 1, 12), 4), (date(2025, 12, 29), 2)], date(2026, 1, 13))
    assert len(drawn.columns) == WEEKS
    assert drawn.columns[-1].says == "12 January: 4"
    assert drawn.columns[-2].says == "5 January: 0"
    assert drawn.peak == 4

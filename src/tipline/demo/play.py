"""The story, told through the doors: three reports about one account, one case, one arrest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tipline.demo import accounts, figures, identification, notices, review, sharing, survivor
from tipline.demo.company import Company, Upload
from tipline.demo.people import Analyst, CallTaker, Officer, Teen
from tipline.demo.visitor import Lost
from tipline.domain.report import Identifier, IdentifierKind, PersonRole
from tipline.domain.states import ReportState, has_reached
from tipline.platform import clock
from tipline.platform.processes.addresses import Addresses
from tipline.reports import queries as reports
from tipline.reports import sightings
from tipline.simulation import story
from tipline.stages.intake import queries as intake

PATIENCE_SECONDS = 120.0
STORY_REPORTS = 3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: the doors, the companies' credentials, the authenticator secrets."""

    where: Addresses
    credentials: dict[str, accounts.Credential]
    secrets: dict[str, str]


def play(where: Addresses, say: Say) -> None:
    """This function will make the demo's accounts and tell the whole story; it reports each step in words."""
    now = clock.now()
    say("Playing the demo, a made-up story, through the real doors ...")
    cast = Cast(where, accounts.create_companies(now), accounts.create_users(now))
    _fill_the_queue(cast)
    say(f"  {len(story.PASSING)} companies' reports came in")
    CallTaker(where.desk, cast.secrets["calltaker"]).write_down(story.PARENT)
    say("  a mother in Arizona called; her report has a number")
    teen = Teen(where.public)
    teen.tell(story.TEEN, harms=("pictures_wanted", "pictures_threat"), ongoing="week")
    say("  a teen in Colorado wrote through the web form and keeps a receipt code")
    reported = _company_reports(cast)
    say("  a company's program reported the same account, with two files")
    numbers = _await_three(say)
    _judge(cast, numbers, say)
    _await(numbers, ReportState.MADE_AVAILABLE, say)
    _investigate(cast, reported, say)
    _await_outcomes(numbers)
    _await_receipts(numbers)
    say(f"  the teen comes back with the code and reads: {teen.come_back()}")
    say(f"  an examiner handed in a seized collection: {identification.play(where, cast.secrets)}")
    review.play(where, say)
    survivor.play(where, lambda: _send_a_copy(cast), say)
    sharing.play(where, say)
    notices.play(where, say)
    figures.play(where, cast.secrets["supervisor"], say)
    _leave_an_urgent_one(cast, say)


def _leave_an_urgent_one(cast: Cast, say: Say) -> None:
    """This function will leave a report in the urgent list, for whoever looks at the desk next."""
    Teen(cast.where.public).tell(story.URGENT, harms=("meeting", "pictures_wanted"), ongoing="today")
    (number,) = _await_sightings(story.URGENT.handle.strip("@").lower(), 1)
    _await((number,), ReportState.SCORED, say)
    say("  a child in Florida wrote that somebody wants to meet today: this urgent report is left for you to decide")


def _fill_the_queue(cast: Cast) -> None:
    for one in story.PASSING:
        company = Company(cast.where.esp_api, cast.credentials[one.company])
        marks = ("viral",) if one.viral else ()
        uploads = tuple(Upload(number, viewed=True, annotations=marks) for number in one.pictures)
        company.report(story.passing_document(one, clock.now()), uploads, clock.now())
        company.close()


def _send_a_copy(cast: Cast) -> None:
    """This function will have a company report a picture that a survivor is looking for."""
    one = story.PASSING[0]
    company = Company(cast.where.esp_api, cast.credentials[one.company])
    uploads = (Upload(survivor.PICTURE, viewed=False),)
    company.report(story.passing_document(one, clock.now()), uploads, clock.now())
    company.close()


def _company_reports(cast: Cast) -> int:
    company = Company(cast.where.esp_api, cast.credentials[story.COMPANY])
    uploads = (Upload(11, viewed=True), Upload(12, viewed=False))
    number = company.report(story.company_document(clock.now()), uploads, clock.now())
    company.close()
    return number


def _await_three(say: Say) -> tuple[int, ...]:
    """This function will wait until the three reports carry the same handle in the index and are in the queue."""
    numbers = _await_sightings(story.HANDLE, STORY_REPORTS)
    _await(numbers, ReportState.SCORED, say)
    return numbers


def _await_sightings(value: str, many: int) -> tuple[int, ...]:
    """This function will wait until so many reports carry a handle in the index, and return their numbers."""
    handle = Identifier(IdentifierKind.HANDLE, PersonRole.SUSPECT, value, value)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := sightings.find_sightings(handle, besides=0)) < many and time.monotonic() < deadline:
        time.sleep(0.5)
    return tuple(sorted({sighting.number for sighting in found}))


def _await_receipts(numbers: tuple[int, ...]) -> None:
    """This function will wait until the arrest has reached the pages of those who hold a receipt."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    ids = [reports.require_head(number).id for number in numbers]
    while intake.statuses_of(ids) != {"arrest"} and time.monotonic() < deadline:
        time.sleep(0.5)


def _await_outcomes(numbers: tuple[int, ...]) -> None:
    """This function will wait until what came of it stands in every report of the story."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    ids = [reports.require_head(number).id for number in numbers]
    while not all(reports.current_findings(each, "outcome_recorded") for each in ids) and time.monotonic() < deadline:
        time.sleep(0.5)


def _await(numbers: tuple[int, ...], state: ReportState, say: Say) -> None:
    """This function will wait until all reports have reached a state. Raises Lost when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        heads = [reports.require_head(number) for number in numbers]
        if all(has_reached(head.state, state) for head in heads):
            if len(numbers) > 1:
                say(f"  all {len(numbers)} reports are {_WORDS[state]}")
            return
        time.sleep(0.5)
    raise Lost(f"a report did not become {state} in time; look at the worker's log")


_WORDS = {
    ReportState.SCORED: "sealed, located, linked with each other, scored and in the queue",
    ReportState.MADE_AVAILABLE: "with the agencies",
}


def _judge(cast: Cast, numbers: tuple[int, ...], say: Say) -> None:
    analyst = Analyst(cast.where.desk, cast.secrets["analyst"])
    for number in numbers:
        analyst.refer(number)
    say("  the analyst opened them and sent them to the task forces; each decision can be undone for some seconds")


def _investigate(cast: Cast, number: int, say: Say) -> None:
    officer = Officer(cast.where.portal, cast.secrets["officer-florida"])
    size = officer.download(number)
    say(f"  the officer in Florida downloaded the package ({size // 1024} KiB)")
    officer.hand_in(number, story.SEIZED)
    officer.record_arrest(number, further_victims=len(story.SEIZED.rows), linked=STORY_REPORTS - 1)
    say("  the officer recorded an arrest and handed in a seized contact list: more children must be found")

"""Puts together what the portal's pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from tipline.domain.referral import Part
from tipline.domain.report import Document
from tipline.domain.states import ReferralState
from tipline.domain.vocabulary import PRIORITY_LABELS, Priority
from tipline.stages.feedback import queries as feedback
from tipline.stages.referral import queries as referrals
from tipline.stages.referral.queries import InboxFilter, ReferralLine

SIZE = 50
STATE_WORDS = {
    ReferralState.PREPARED: "being prepared",
    ReferralState.MADE_AVAILABLE: "new",
    ReferralState.OPENED: "opened",
    ReferralState.ANSWERED: "answered",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a line."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line of the inbox, as the queue component shows it."""

    url: str
    score: int | None
    headline: str
    line: str
    at: datetime
    tags: tuple[Tag, ...]
    is_current: bool = False


def inbox(agency: str, filters: InboxFilter, offset: int, query: str) -> dict[str, Any]:
    """This function will load a page of the inbox."""
    page = referrals.list_inbox(agency=agency, filters=filters, offset=offset, size=SIZE)
    counts = referrals.count_inbox(agency)
    turned = {
        "total": page.total,
        "first": min(offset + 1, page.total),
        "last": min(offset + SIZE, page.total),
        "newer_url": _turn(query, max(0, offset - SIZE)) if offset else None,
        "older_url": _turn(query, page.next_offset) if page.next_offset else None,
    }
    return {"items": [item(row) for row in page.rows], "page": turned, "counts": counts, "total": page.total}


def _turn(query: str, offset: int) -> str:
    return f"{reverse('portal:inbox')}?{query}&from={offset}" if query else f"{reverse('portal:inbox')}?from={offset}"


def item(row: ReferralLine) -> InboxItem:
    """This function will make a line of the inbox of one referral."""
    known = row.has_content
    headline = row.headline if known else "A report exists. Another agency has it."
    # The headline names the incident; the line says where, or how it came to this agency.
    line = (row.place or row.why) if known else f"Ask: {row.primary_agency}"
    return InboxItem(
        url=reverse("portal:report", args=[row.report_number]),
        score=row.score if known else None,
        headline=headline,
        line=line,
        at=row.news_at,
        tags=_tags(row),
    )


def _tags(row: ReferralLine) -> tuple[Tag, ...]:
    found = [Tag(STATE_WORDS[row.state], "info" if row.state is ReferralState.MADE_AVAILABLE else "")]
    if row.priority == Priority.URGENT and row.has_content:
        found.insert(0, Tag(PRIORITY_LABELS[Priority.URGENT].lower(), "urgent"))
    if row.part is Part.COPY:
        found.append(Tag("for information"))
    if row.early:
        found.append(Tag("early", "caution"))
    if row.version > 1:
        found.append(Tag(f"version {row.version}", "caution"))
    return (*found, *(Tag(tag) for tag in row.tags[:3]))


def report(line: ReferralLine) -> dict[str, Any]:
    """This function will load everything that the report page shows."""
    document = referrals.read_package_document(referral_id=line.id) if line.has_content else None
    return {
        "line": line,
        "state": STATE_WORDS[line.state],
        "document": timed(document) if document else None,
        "packages": referrals.list_packages(line.id) if line.has_content else (),
        "outcome": feedback.find_outcome(line.id),
        "outcomes": feedback.list_outcomes(line.report_id),
        "lists": [(one, feedback.list_contact_problems(one.id)) for one in _lists(line)],
    }


def _lists(line: ReferralLine) -> tuple[feedback.ContactListLine, ...]:
    return feedback.list_contact_lists(line.report_id)


def linked_lines(line: ReferralLine) -> list[ReferralLine]:
    """This function will find the linked reports that the agency has too, with their content."""
    document = referrals.read_package_document(referral_id=line.id) if line.has_content else None
    numbers = [one["number"] for one in document["links"]["named"]] if document else []
    found = [referrals.find_referral(agency=line.agency, number=number) for number in numbers]
    return [one for one in found if one is not None and one.has_content]


def timed(document: Document) -> Document:
    """This function will turn the document's times, ISO text, into moments that templates can show."""
    made = dict(document)
    made["received_at"] = moment(document["received_at"])
    made["as_of"] = moment(document["as_of"])
    made["timeline"] = [{**event, "at": moment(event["at"])} for event in document["timeline"]]
    made["ip_events"] = [{**event, "at": moment(event["at"])} for event in document["ip_events"]]
    made["preservation"] = {**document["preservation"], "until": moment(document["preservation"]["until"])}
    return made


def moment(text: str | None) -> datetime | None:
    """This function will read a time of the document."""
    return datetime.fromisoformat(text) if text else None

"""Puts together what the portal's pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from tipline.domain.referral import Part
from tipline.domain.states import ReferralState
from tipline.domain.vocabulary import CASE_STATUSES, PRIORITY_LABELS, Priority
from tipline.interfaces.ui import officer
from tipline.interfaces.ui.paging import turns
from tipline.stages.feedback import keeping
from tipline.stages.feedback import queries as feedback
from tipline.stages.referral import queries as referrals
from tipline.stages.referral import service as referral
from tipline.stages.referral.queries import InboxFilter, ReferralLine
from tipline.stages.referral.service import Seen

SIZE = 50
NEW_LINE = "\n"
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
    number: int
    score: int | None
    headline: str
    line: str
    at: datetime
    tags: tuple[Tag, ...]
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: what is new to one officer is not to another of the same agency."""

    agency: str
    name: str


def inbox(reader: Reader, filters: InboxFilter, offset: int, query: str) -> dict[str, Any]:
    """This function will load a page of the inbox."""
    page = referrals.list_inbox(agency=reader.agency, filters=filters, offset=offset, size=SIZE)
    counts = referrals.count_inbox(reader.agency)
    seen = referrals.find_versions_seen(reader=reader.name, referral_ids=[row.id for row in page.rows])
    address = reverse("portal:inbox") + (f"?{query}" if query else "")
    turned = turns(address, total=page.total, offset=offset, size=SIZE)
    items = [item(row, seen.get(row.id)) for row in page.rows]
    return {"items": items, "page": turned, "at": {filters.state or "inbox": True}, **_rail(counts)}


def _rail(counts: dict[str, int]) -> dict[str, Any]:
    return {"counts": counts, "total": sum(counts.values())}


def item(row: ReferralLine, seen: int | None) -> InboxItem:
    """This function will make a line of the inbox of one referral; `seen` is the version that the reader knows."""
    known = row.has_content
    headline = row.headline if known else "A report exists. Another agency has it."
    # The headline names the incident; the line says where, or how it came to this agency.
    line = (
        f"{(row.place or row.why.partition(NEW_LINE)[0]).rstrip('.')}."
        if known
        else ", ".join(filter(None, (f"Ask: {row.primary_agency}", row.primary_contact))) + "."
    )
    return InboxItem(
        url=reverse("portal:report", args=[row.report_number]),
        number=row.report_number,
        score=row.score if known else None,
        headline=headline,
        line=line,
        at=row.news_at,
        tags=_tags(row, seen),
    )


def _tags(row: ReferralLine, seen: int | None) -> tuple[Tag, ...]:
    found = [Tag(STATE_WORDS[row.state], "info" if row.state is ReferralState.MADE_AVAILABLE else "")]
    if row.priority == Priority.URGENT and row.has_content:
        found.insert(0, Tag(PRIORITY_LABELS[Priority.URGENT].lower(), "urgent"))
    if row.part is Part.COPY:
        found.append(Tag("for information"))
    if row.early:
        found.append(Tag("early", "caution"))
    if seen is not None and seen < row.version:
        found.append(Tag("new since you looked", "caution"))
    return (*found, *(Tag(tag) for tag in row.tags[:3]))


def report(line: ReferralLine, seen: Seen | None) -> dict[str, Any]:
    """This function will load everything that the report page shows; `seen` is what the reader knew before."""
    document = referrals.read_package_document(referral_id=line.id) if line.has_content else None
    packages = referrals.list_packages(line.id) if document else ()
    return {
        "line": line,
        "state": STATE_WORDS[line.state],
        "document": officer.timed(document) if document else None,
        "packages": packages,
        "members": _members(packages[0]) if packages else (),
        "news": [one for one in packages if seen and one.version > seen.version],
        "seen": seen,
        **_rail(referrals.count_inbox(line.agency)),
        "outcomes": _own_outcomes(line),
        "statuses": CASE_STATUSES,
        "asked": keeping.list_asked_of_report(line.report_id),
        "lists": [(one, feedback.list_contact_problems(one.id)) for one in _lists(line)],
    }


def _own_outcomes(line: ReferralLine) -> list[feedback.OutcomeLine]:
    # The database filters by agency too; the page does not lean on it alone.
    return [one for one in feedback.list_outcomes(line.report_id) if one.agency == line.agency]


def _lists(line: ReferralLine) -> list[feedback.ContactListLine]:
    return [one for one in feedback.list_contact_lists(line.report_id) if one.agency == line.agency]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the package: what it is, and whether it can be had alone as a document."""

    name: str
    about: str
    size: int
    sha256: str
    is_document: bool


_ABOUT = {
    "README.txt": "What is in the package",
    "report.pdf": "The report, for reading",
    "report.json": "The report in the shape of the ICAC Data System",
    "tipline.json": "Everything on this page, for programs",
    "submission.xml": "What the company sent, byte for byte",
    "submission-rendered.xml": "What a person told, written as XML by us",
}


def _members(package: referrals.PackageLine) -> list[Member]:
    found = [
        Member(name, _about(name), said["bytes"], said["sha256"], referral.is_document(name))
        for name, said in package.manifest.items()
    ]
    return sorted(found, key=_rank)


def _rank(member: Member) -> tuple[int, str]:
    # What is read first stands first; the database keeps the manifest in no order of ours.
    first = list(_ABOUT)[1:]
    place = first.index(member.name) if member.name in first else len(first) if member.is_document else len(first) + 1
    return place, member.name


def _about(name: str) -> str:
    if name.startswith("files/"):
        return "A file that you may open"
    if name.startswith("file-details-"):
        return "What the company says about a file"
    fallback = "Told later" if name.startswith("submission-part") else "A list of the members and their digests"
    return _ABOUT.get(name, fallback)


def linked_lines(line: ReferralLine) -> list[ReferralLine]:
    """This function will find the linked reports that the agency has too, with their content."""
    document = referrals.read_package_document(referral_id=line.id) if line.has_content else None
    numbers = [one["number"] for one in document["links"]["named"]] if document else []
    found = [referrals.find_referral(agency=line.agency, number=number) for number in numbers]
    return [one for one in found if one is not None and one.has_content]

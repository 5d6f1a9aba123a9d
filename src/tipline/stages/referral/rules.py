"""Which agency gets which package, and what is new in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tipline.domain.findings import Finding, ReferralMade
from tipline.domain.referral import Part
from tipline.domain.report import Document, ReportHead
from tipline.domain.states import ReportState
from tipline.domain.steps import Advance
from tipline.stages.referral.document import build_document, content_digest
from tipline.stages.referral.material import Known, Material, Recipient

TOOL = "referral 1"
BY = "system:referral"
FULL, EARLY, SUPPLEMENT = "FULL", "EARLY", "SUPPLEMENT"


@dataclass(frozen=True, slots=True)
class Plan:
    """One agency's next version: its document, whose digest differs from that of the last one."""

    recipient: Recipient
    version: int
    kind: str
    document: Document
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Built:
    """A package that lies in the vault's incoming folder (platform.vault.incoming.Incoming), and its manifest."""

    incoming: Any
    manifest: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the stage gathered: who is to get the report, what each was given last, the packages built for it."""

    recipients: tuple[Recipient, ...]
    plans: tuple[Plan, ...]
    built: Mapping[str, Built]


def plan(material: Material, recipient: Recipient, known: Known | None) -> Plan | None:
    """This function will plan the next version for an agency; None where it would say nothing new."""
    if known is not None and recipient.part is Part.EXISTENCE_ONLY:
        return None  # there is nothing more to learn, and what was handed over is not taken back here
    document = build_document(material, recipient)
    digest = content_digest(document)
    if known is not None and known.content_sha256 == digest:
        return None
    version = known.version + 1 if known else 1
    kind = _kind(recipient, known)
    said = {
        "version": version,
        "kind": kind,
        "news": _news(known, document),
    }
    return Plan(recipient, version, kind, {**document, **said}, digest)


def _news(known: Known | None, document: Document) -> list[str]:
    if known is None:
        return []
    return [str(document["part_words"])] if _knew_existence(known) else list(changes(known.document, document))


def _kind(recipient: Recipient, known: Known | None) -> str:
    if recipient.early:
        return EARLY
    # After an early referral, or after mere existence, the first ordinary package is the full one.
    return FULL if known is None or known.early or _knew_existence(known) else SUPPLEMENT


def _knew_existence(known: Known) -> bool:
    return bool(known.document.get("part") == Part.EXISTENCE_ONLY)


def decide(head: ReportHead, facts: Facts, now: datetime) -> Advance:
    """This function will make the report available to every agency that was chosen for it."""
    return Advance(
        to_state=ReportState.MADE_AVAILABLE,
        findings=findings(facts.plans, now),
        code="made_available",
        own=facts,
    )


def findings(plans: tuple[Plan, ...], now: datetime) -> tuple[Finding, ...]:
    """This function will word what each agency was given; the agency is the subject, so the last one counts."""
    return tuple(
        Finding(
            one.recipient.agency,
            ReferralMade(one.recipient.agency, str(one.recipient.part), one.version, early=one.kind == EARLY),
            by=BY,
            tool=TOOL,
            at=now,
            basis=one.recipient.why[:300],
        )
        for one in plans
    )


def changes(old: Document, new: Document) -> tuple[str, ...]:
    """This function will say in words what the new document knows that the old one did not."""
    said = [words for compare in _COMPARISONS for words in compare(old, new)]
    if said or content_digest(old) == content_digest(new):
        return tuple(said)
    return ("Details were corrected",)


def _added(key: str, one: str, many: str) -> Callable[[Document, Document], list[str]]:
    def compare(old: Document, new: Document) -> list[str]:
        before = old.get(key) or []
        count = sum(1 for row in new.get(key) or [] if row not in before)
        return [f"{count} {one if count == 1 else many}"] if count else []

    return compare


def _part(old: Document, new: Document) -> list[str]:
    return [str(new["part_words"])] if old.get("part") != new.get("part") else []


def _decided(old: Document, new: Document) -> list[str]:
    return ["An analyst decided about it"] if old.get("early") and not new.get("early") else []


def _links(old: Document, new: Document) -> list[str]:
    before, after = old.get("links") or {}, new.get("links") or {}
    count, came = _ties(after) - _ties(before), len(after.get("named", ())) - len(before.get("named", ()))
    said = [f"{count} more {'report is' if count == 1 else 'reports are'} linked with this one"] if count > 0 else []
    if came > max(count, 0):
        said.append(f"{came} linked {'report is' if came == 1 else 'reports are'} in your inbox now")
    return said


def _known(old: Document, new: Document) -> list[str]:
    before = {row["file_id"]: row.get("known") or [] for row in old.get("files") or []}
    count = sum(1 for row in new.get("files") or [] if (row.get("known") or []) != before.get(row["file_id"], []))
    return [f"Hash lists say something new of {count} {'file' if count == 1 else 'files'}"] if count else []


def _ties(links: Document) -> int:
    return len(links.get("named", ())) + int(links.get("others", 0))


def _places(old: Document, new: Document) -> list[str]:
    before = {row["whose"]: row["label"] for row in old.get("places") or [] if row.get("is_best")}
    after = {row["whose"]: row["label"] for row in new.get("places") or [] if row.get("is_best")}
    return [f"Place of the {who}: {where}" for who, where in after.items() if before.get(who) != where]


def _score(old: Document, new: Document) -> list[str]:
    before, after = old.get("priority"), new.get("priority")
    return [f"Priority is now: {new['priority_label']}"] if before and after and before != after else []


def _opened(old: Document, new: Document) -> list[str]:
    before = {row["file_id"] for row in old.get("files") or [] if row["member"]}
    count = sum(1 for row in new.get("files") or [] if row["member"] and row["file_id"] not in before)
    return [f"{count} {'file is' if count == 1 else 'files are'} new in the package"] if count else []


_COMPARISONS: tuple[Callable[[Document, Document], list[str]], ...] = (
    _part,
    _decided,
    _score,
    _added("story", "new account in words", "new accounts in words"),
    _added("people", "new or changed person", "new or changed people"),
    _added("ip_events", "new or changed IP event", "new or changed IP events"),
    _places,
    _opened,
    _known,
    _links,
    _added("contacts", "list of seized contacts", "lists of seized contacts"),
)

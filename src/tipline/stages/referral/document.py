"""The document of one agency's report page: everything it may know, and nothing of other agencies' matters. Pure.

The portal's page, the PDF and tipline.json are made from this one value.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tipline.domain.cybertip import codes, reading
from tipline.domain.cybertip.reading_people import phone_text
from tipline.domain.findings import ContactsSeized, Escalated, LinkFound, Scored
from tipline.domain.referral import Part
from tipline.domain.report import Document, Source
from tipline.domain.statutes import PRESERVATION_RULE, WARRANT_RULE
from tipline.domain.vocabulary import PRIORITY_LABELS, Priority
from tipline.stages.referral import sections, words
from tipline.stages.referral.files import VIEWED_MEANING, file_lines
from tipline.stages.referral.material import Material, Recipient
from tipline.stages.referral.sections import fact

FORM = "tipline referral document 1"
PART_WORDS = {
    Part.PRIMARY: "The matter is referred to you.",
    Part.COPY: "You get a copy; another agency has the matter.",
    Part.EXISTENCE_ONLY: "You learn that this report exists and who has it, and nothing of its content.",
}
# What says how the package was made, and what follows from the rest: neither makes a supplement by itself.
NOT_CONTENT = frozenset({"version", "kind", "news", "as_of", "score", "points", "tags", "received"})
# A viral event ties thousands of reports: past this many an agency is told that there are more, and no supplement
# is sent to everybody for each further one.
MOST_LINKS = 20
_ESPS = frozenset({Source.ESP_API, Source.ESP_FORM})


def build_document(material: Material, recipient: Recipient) -> Document:
    """This function will build the document of a recipient's page; existence-only recipients get their own."""
    if recipient.part is Part.EXISTENCE_ONLY:
        return _head(material, recipient)
    return {
        **_head(material, recipient),
        **_weight(material),
        "early": _early(material) if recipient.early else None,
        "answers": sections.answers(material),
        "story": sections.story(material),
        "people": sections.people(material),
        "ip_events": sections.address_events(material),
        "ip_caution": sections.ADDRESS_CAUTION,
        "places": sections.places(material),
        "timeline": sections.timeline(material),
        "files": file_lines(material),
        "viewed_meaning": VIEWED_MEANING,
        "warrant_rule": {"cite": WARRANT_RULE.cite, "says": WARRANT_RULE.says},
        "links": links(material, recipient.shares),
        "contacts": _contacts(material),
        "reporter": reporter(material),
        "preservation": _preservation(material),
        "received": sections.received(material),
    }


def _head(material: Material, recipient: Recipient) -> Document:
    return {
        "form": FORM,
        "number": material.head.number,
        "as_of": words.iso(material.as_of),
        "received_at": words.iso(material.head.received_at),
        "agency": {"id": recipient.agency, "name": recipient.agency_name},
        "part": str(recipient.part),
        "part_words": PART_WORDS[recipient.part],
        "why": recipient.why if recipient.part is not Part.EXISTENCE_ONLY else "",
        "certainty": recipient.certainty,
        "primary": {"name": recipient.primary_name, "contact": recipient.primary_contact},
    }


def _weight(material: Material) -> Document:
    scored: Scored | None = next(material.bodies(Scored), None)
    points = [{"value": point.points, "sentence": point.sentence} for point in scored.points] if scored else []
    flags = reading.annotation_flags(material.document)
    return {
        "headline": reading.headline(material.document, material.answers),
        "incident": reading.incident_label(material.document, material.answers),
        "source": words.SOURCE_WORDS.get(material.head.source, str(material.head.source)),
        "priority": scored.priority if scored else material.head.priority,
        "priority_label": PRIORITY_LABELS[Priority(scored.priority if scored else material.head.priority)],
        "score": scored.score if scored else material.head.score,
        "points": points,
        "tags": list(scored.tags) if scored else [],
        "flags": [codes.REPORT_FLAGS.get(flag, flag) for flag in flags],
    }


def _early(material: Material) -> Document:
    """Why the report went out before anybody decided about it: the reason of the last escalation."""
    told = [one.why for one in material.bodies(Escalated)]
    return {"why": told[-1] if told else ""}


def links(material: Material, shares: frozenset[int]) -> Document:
    """This function will tell of other reports: by number where the agency has them, else how many and by what."""
    named: dict[int, tuple[int, set[str]]] = {}
    others: dict[int, set[str]] = {}
    for body in material.bodies(LinkFound):
        if body.other_report_id in shares:
            whys = named.setdefault(body.other_report_id, (body.other_number, set()))[1]
            whys.add(f"{body.why}: {body.value}")
        else:
            # What part the value plays there is the other matter's content: only what is shared is said.
            others.setdefault(body.other_report_id, set()).add(f"{body.why.split(' (')[0]}: {body.value}")
    oldest = [named[report_id] for report_id in sorted(named)][:MOST_LINKS]
    return {
        "named": [{"number": number, "whys": sorted(whys)} for number, whys in oldest],
        "named_more": len(named) > MOST_LINKS,
        "others": min(len(others), MOST_LINKS),
        "others_more": len(others) > MOST_LINKS,
        "others_whys": sorted({why for whys in others.values() for why in whys})[:MOST_LINKS],
    }


def _contacts(material: Material) -> list[Document]:
    found = material.bodies(ContactsSeized)
    return [{"rows": one.rows, "known_in_reports": one.known_in_reports, "sought": one.sought} for one in found]


def reporter(material: Material) -> Document:
    """This function will say who reports and how to reach them: the company, or the person as far as they said."""
    person = material.reporter.get("reportingPerson", {})
    lines = [fact("Name", f"{person.get('firstName', '')} {person.get('lastName', '')}".strip())]
    lines += [fact("E-mail", one["#"]) for one in person.get("email", ())]
    lines += [fact("Telephone", phone_text(one)) for one in person.get("phone", ())]
    company = material.head.source in _ESPS
    if company:
        lines.insert(0, fact("Company", material.head.esp_name))
    contact = material.reporter.get("contactPerson", {})
    lines += [fact("Contact for police, e-mail", one["#"]) for one in contact.get("email", ())]
    lines += [fact("Contact for police, telephone", phone_text(one)) for one in contact.get("phone", ())]
    return {
        "kind": "company" if company else "person",
        "anonymous": not company and not any(line["text"] for line in lines),
        "lines": [line for line in lines if line["text"]],
        "standing": _standing(material.reporter),
    }


def _standing(element: Document) -> list[Document]:
    labels = {
        "companyTemplate": "The company's note",
        "termsOfService": "Terms of service",
        "legalURL": "Legal page",
    }
    return [fact(label, element[name]) for name, label in labels.items() if element.get(name)]


def _preservation(material: Material) -> Document:
    return {
        "until": words.iso(material.head.preserve_until if material.head.esp_id is not None else None),
        "cite": PRESERVATION_RULE.cite,
        "says": PRESERVATION_RULE.says,
    }


def canonical(value: Any) -> bytes:
    """This function will write a JSON value in one way only: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_digest(document: Document) -> str:
    """This function will give the SHA-256 of what the document says, leaving out how it was made."""
    return hashlib.sha256(canonical({k: v for k, v in document.items() if k not in NOT_CONTENT})).hexdigest()

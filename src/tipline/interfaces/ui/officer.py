"""The document of an officer's page made ready for templates: for the portal, and for the sandbox of a sender.

The parts of that page stand in `templates/ui/includes/officer/`.
"""

from __future__ import annotations

from datetime import datetime

from tipline.domain.report import Document


def timed(document: Document) -> Document:
    """This function will turn the document's times, ISO text, into moments that templates can show."""
    made = dict(document)
    made["whys"] = document["why"].splitlines()
    made["best_places"] = [row for row in document["places"] if row["is_best"]]
    made["clues"] = [row for row in document["places"] if not row["is_best"]]
    made["received_at"] = moment(document["received_at"])
    made["as_of"] = moment(document["as_of"])
    made["timeline"] = [{**event, "at": moment(event["at"])} for event in document["timeline"]]
    made["ip_events"] = [_event(event) for event in document["ip_events"]]
    made["preservation"] = {**document["preservation"], "until": moment(document["preservation"]["until"])}
    return made


def _event(event: Document) -> Document:
    first, second = (*event["sources"], "", "")[:2]
    return {**event, "at": moment(event["at"]), "first": first, "second": second}


def moment(text: str | None) -> datetime | None:
    """This function will read a time of the document."""
    return datetime.fromisoformat(text) if text else None

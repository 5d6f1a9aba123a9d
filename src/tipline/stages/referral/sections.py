"""The parts of an agency's page that say who, when and where. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tipline.domain.answers import HARMS, ONGOING, REPORTER_IS
from tipline.domain.cybertip.fields import fields_of, rows_of
from tipline.domain.cybertip.reading import TIME_NOT_TOLD, TimedFact, file_times, narratives, times, type_note
from tipline.domain.cybertip.reading_people import (
    IpEvent,
    PersonView,
    file_ip_event,
    ip_events,
    join_reporter,
    persons,
)
from tipline.domain.cybertip.tables_file import FILE_DETAILS
from tipline.domain.findings import BestPlace, FactsAdded, PlaceFound
from tipline.domain.report import Document, PersonRole
from tipline.domain.vocabulary import BY_CODE
from tipline.reference.places.values import CAUTION_SENTENCES, Caution
from tipline.stages.referral import words
from tipline.stages.referral.files import details_member
from tipline.stages.referral.material import Material

Row = dict[str, Any]
MOST_FIELDS = 1500  # of one part; a page of more is read by nobody
NO_PLACE = "No place known"
ADDRESS_CAUTION = (
    "An address names a subscriber's line, not a person. Give the provider address, port and the exact time with zone."
)


def fact(label: str, text: object, note: str = "") -> Row:
    """This function will make one labelled line."""
    return {"label": label, "text": str(text), "note": note}


def answers(material: Material) -> list[Row]:
    """This function will give the answers of a human door in words; those that were not given are left out."""
    given = material.answers
    lines = [
        ("A child is in danger now", "Yes" if given.danger_now else ""),
        ("Who tells", REPORTER_IS.get(given.reporter_is, "")),
        ("Contact", ONGOING.get(given.ongoing, "")),
        ("What happens", "; ".join(HARMS[harm] for harm in given.harms if harm in HARMS)),
        ("Kind of incident, as ticked", "; ".join(BY_CODE[code].label for code in given.kinds if code in BY_CODE)),
        ("Kind of incident", type_note(material.document, given)),
    ]
    return [fact(label, text) for label, text in lines if text]


def story(material: Material) -> list[Row]:
    """This function will give everything that was told in words, first part first."""
    lines = [
        {"label": found.label, "about": words.whose(found.path), "text": found.text}
        for found in narratives(material.document, material.answers)
    ]
    for number, part in enumerate(material.later, start=2):
        lines += [
            {"label": f"Told later (part {number})", "about": words.whose(found.path), "text": found.text}
            for found in narratives(part)
        ]
    # What stands beside a time comes last: who opens the report at night reads what happened first.
    return sorted(lines, key=lambda line: line["label"] == "About the time")


def people(material: Material) -> list[Row]:
    """This function will give people and accounts by role, without the reporter."""
    return [
        _person(view) for part in _parts(material) for view in persons(part) if view.role is not PersonRole.REPORTER
    ]


def _person(view: PersonView) -> Row:
    label = words.ROLE_LABELS[view.role] + (", associated account" if view.associated else "")
    title = view.name or view.screen_name or next(iter(view.display_names), "") or view.esp_identifier or "Not named"
    return {"role": str(view.role), "role_label": label, "title": title, "facts": list(_person_facts(view))}


def _person_facts(view: PersonView) -> Iterator[Row]:
    single = (
        ("Name", view.name),
        ("Age as stated", "" if view.age is None else view.age),
        ("Date of birth as stated", view.date_of_birth),
        ("Screen name", view.screen_name),
        ("Account id", view.esp_identifier),
        ("Service", view.esp_service),
        ("Group", view.group),
    )
    yield from (fact(label, text) for label, text in single if text != "")
    listed = (
        ("Display name", view.display_names),
        ("E-mail", view.emails),
        ("Telephone", view.phones),
        ("Profile", view.profile_urls),
        ("Earlier report", view.prior_reports),
        ("Address", tuple(_address(one) for one in view.addresses)),
    )
    for label, texts in listed:
        yield from (fact(label, text) for text in texts if text)
    for device in view.devices:
        yield fact(device.id_type or "Device", device.id_value, f"seen {words.iso(device.at)}" if device.at else "")
    if view.estimated_location:
        yield fact("Location as the company estimates", _estimate(view.estimated_location))


def _address(address: Document) -> str:
    keys = ("address", "city", "zipCode", "state", "nonUsaState", "country")
    return ", ".join(str(address[key]) for key in keys if address.get(key))


def _estimate(location: Document) -> str:
    return ", ".join(str(location[key]) for key in ("city", "region", "countryCode") if location.get(key))


def address_events(material: Material) -> list[Row]:
    """This function will list every use of an IP address with its place, the sources side by side."""
    found = {body.value: body for body in material.bodies(PlaceFound) if body.evidence == "ip"}
    events = [event for part in _parts(material) for event in ip_events(part)]
    events += [event for file in material.files if (event := file_ip_event(file.details)) is not None]
    return [_event(event, found.get(event.address)) for event in events]


def _event(event: IpEvent, body: PlaceFound | None) -> Row:
    return {
        "whose": words.ROLE_WHOSE.get(event.role, str(event.role)),
        "address": event.address,
        "port": event.port,
        "at": words.iso(event.at),
        "event": event.event_name or "Not said",
        "provider": body.provider if body else "",
        "place": words.place(body.city, body.county, body.state, body.country) if body else NO_PLACE,
        "confidence": body.confidence if body else "",
        "sources": _sides(body),
        "cautions": _cautions(event, body),
    }


def _sides(body: PlaceFound | None) -> list[str]:
    if body is None:
        return []
    return [side.strip() for side in body.agreement.removesuffix(".").split(";") if side.strip()] or list(body.sources)


def _cautions(event: IpEvent, body: PlaceFound | None) -> list[str]:
    named = [str(caution) for caution in (body.cautions if body else ())]
    if event.possible_proxy:
        named.append(Caution.POSSIBLE_PROXY)
    missing = ["No time was sent: without it a provider cannot name the subscriber."] if event.at is None else []
    return [*(CAUTION_SENTENCES.get(code, code) for code in dict.fromkeys(named)), *missing]


def places(material: Material) -> list[Row]:
    """This function will list the best place of the suspect and of the child, then the evidence behind them."""
    best = [_best(body) for body in material.bodies(BestPlace)]
    # A language or a zone names no place of its own: it is in the weighing and no line for an officer.
    return best + [_found(body) for body in material.bodies(PlaceFound) if body.country]


def _best(body: BestPlace) -> Row:
    return {
        "label": words.place(body.city, body.county, body.state, body.country),
        "whose": words.ROLE_WHOSE.get(body.role, body.role),
        "confidence": body.confidence,
        "says": body.why,
        "note": body.disagreement,
        "is_caution": bool(body.disagreement),
        "is_best": True,
    }


def _found(body: PlaceFound) -> Row:
    cautions = [CAUTION_SENTENCES.get(code, code) for code in body.cautions]
    evidence = words.EVIDENCE_WORDS.get(body.evidence, body.evidence)
    return {
        "label": words.place(body.city, body.county, body.state, body.country),
        "whose": words.ROLE_WHOSE.get(body.role, body.role),
        "confidence": body.confidence,
        "says": f"{evidence} {body.value}. {body.agreement or '; '.join(body.sources)}",
        "note": " ".join(cautions),
        "is_caution": bool(cautions),
        "is_best": False,
    }


def timeline(material: Material) -> list[Row]:
    """This function will put everything with a time in order, and say what each time means and who said it."""
    # Only the first part has answers; what is told later stands in for nothing.
    found = [(one, words.whose(one.path)) for one in times(material.document, material.answers)]
    found += [(one, words.whose(one.path)) for part in material.later for one in times(part)]
    found += [(one, f"File {file.position}") for file in material.files for one in file_times(file.details)]
    rows = [_timed(one, label) for one, label in found]
    rows += [_house("Report begun", words.iso(material.head.opened_at))]
    if material.head.received_at:
        rows.append(_house("Report received in full", words.iso(material.head.received_at)))
    told = [found.at for found in material.findings if isinstance(found.body, FactsAdded)]
    rows += [_house("The reporter told more", words.iso(at)) for at in told]
    return sorted(rows, key=lambda row: (row["at"], row["text"], row["source"]))


def received(material: Material) -> list[Row]:
    """This function will give everything as it was received, by the protocol's own names: report, parts, files.

    A report of thousands of accounts is cut here: the members that are named have the rest.
    """
    named = [("The report", "submission.xml", fields_of(join_reporter(material.document, material.reporter)))]
    named += [
        (f"Told later (part {number})", f"submission-part{number}", fields_of(part))
        for number, part in enumerate(material.later, start=2)
    ]
    named += [
        (f"File {file.position}", details_member(file), fields_of(file.details, FILE_DETAILS))
        for file in material.files
        if file.details
    ]
    return [_listed(title, member, list(islice(rows_of(fields), MOST_FIELDS + 1))) for title, member, fields in named]


def _listed(title: str, member: str, rows: list[Document]) -> Row:
    more = f"There is more: see {member} in the package." if len(rows) > MOST_FIELDS else ""
    return {"title": title, "rows": rows[:MOST_FIELDS], "more": more}


def _parts(material: Material) -> tuple[Document, ...]:
    return (material.document, *material.later)


def _timed(one: TimedFact, label: str) -> Row:
    return {
        "at": words.iso(one.at),
        "when": TIME_NOT_TOLD if one.is_stand_in else "",
        "text": one.meaning,
        "source": ", ".join(part for part in (label, one.as_sent) if part),
        "is_urgent": False,
    }


def _house(text: str, at: str) -> Row:
    return {"at": at, "when": "", "text": text, "source": "Clearing house", "is_urgent": False}

"""The series registry and newly identified children: writes. The name of a series is nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from tipline.domain.actor import Actor
from tipline.domain.errors import Refusal
from tipline.platform.audit.service import Act, record
from tipline.platform.vault.fields import open_field, seal_field
from tipline.programs.identification import later, rules
from tipline.programs.identification.formats.csv_in import read_csv
from tipline.programs.identification.formats.rows import FileProblem
from tipline.programs.identification.matching import prints_of
from tipline.programs.identification.models import IdentifiedCount, NewChild, NewChildPrint, Series, SeriesPrint
from tipline.programs.identification.relationships import RELATIONSHIPS
from tipline.programs.identification.values import ChildAnnounced, CountLine, NewSeries
from tipline.reference.hashlists.values import Print

WISH = "series:{}:wish"
CHILD_WISH = "new-child:{}:wish"
MOST_PRINTS = 5000
_CONTACT = {"contact_agency": ("the agency to ask", 200, False), "contact": ("the contact", 200, False)}


def _act(verb: str, kind: str, ident: int, by: Actor, now: datetime, **details: str | int) -> None:
    record(Act(at=now, actor=by, verb=verb, object_kind=kind, object_id=str(ident), details=details))


def read_prints(text: str) -> tuple[tuple[Print, ...], tuple[str, ...]]:
    """This function will read pasted fingerprints, one file a line or as CSV: (fingerprints, problems by line).

    Raises Refusal `no_prints` or `too_many`.
    """
    try:
        rows = list(read_csv([text.encode()]))
    except FileProblem as problem:
        raise Refusal("no_prints", problem.sentence, field="prints") from problem
    found = dict.fromkeys(one for read in rows if read.file for one in prints_of(read.file))
    if len(found) > MOST_PRINTS:
        raise Refusal("too_many", f"Hand in at most {MOST_PRINTS} fingerprints at once.", field="prints")
    problems = tuple(f"Line {read.row}, {one.field or 'row'}: {one.sentence}" for read in rows for one in read.problems)
    if not found:
        raise Refusal("no_prints", "Not one fingerprint could be read.", field="prints")
    return tuple(found), problems


def _checked(new: NewSeries) -> NewSeries:
    asked = {"name": ("the name of the series", 120, True), **_CONTACT}
    texts = rules.check_texts({name: getattr(new, name) for name in asked}, asked)
    rules.check_choice("status", new.status, rules.STATUSES, is_required=True)
    rules.check_choice("relationship", new.relationship, RELATIONSHIPS)
    rules.check_choice("age_band", new.age_band, rules.AGE_BANDS)
    rules.check_choice("sex", new.sex, rules.SEXES)
    rules.check_choice("notification", new.notification, rules.NOTIFICATIONS, is_required=True)
    if new.status == rules.STATUS_IDENTIFIED and not (texts["contact_agency"] and texts["contact"]):
        raise Refusal("contact_missing", "An identified child's series names the agency to ask.", field="contact")
    texts |= {"country": _country(new.country)}
    return replace(new, **texts)  # type: ignore[arg-type]


def _country(code: str) -> str:
    text = code.strip().upper()
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise Refusal("unknown_country", "Write the country as two letters, for example US.", field="country")
    return text


@transaction.atomic
def create_series(*, new: NewSeries, prints: Iterable[Print], by: Actor, now: datetime) -> int:
    """This function will enter a series with its fingerprints and return its id. Raises Refusal with the field."""
    checked = _checked(new)
    if Series.objects.filter(name__iexact=checked.name).exists():
        raise Refusal("name_taken", "There is a series of this name already.", field="name")
    values = {name: getattr(checked, name) for name in _KEPT}
    kept = Series.objects.create(
        **values, name=checked.name, created_by=by.ident, created_at=now, changed_at=now,
        identified_at=now if checked.status == rules.STATUS_IDENTIFIED else None,
    )  # fmt: skip
    _seal_wish(kept, checked.wish)
    _act("series.created", "series", kept.pk, by, now, status=kept.status)
    add_prints(series_id=kept.pk, prints=prints, by=by, now=now)
    return kept.pk


_KEPT = (
    "status", "contact_agency", "contact", "relationship", "age_band", "sex", "country", "is_distributed",
    "notification",
)  # fmt: skip


def _seal_wish(kept: Series, wish: str) -> None:
    if wish.strip():
        kept.notification_sealed = seal_field(wish.strip()[:1000].encode(), WISH.format(kept.pk))
        kept.save(update_fields=["notification_sealed"])


@transaction.atomic
def change_series(*, series_id: int, new: NewSeries, by: Actor, now: datetime) -> None:
    """This function will change what is known of a series; its name stays. An empty wish leaves the sealed one."""
    kept = Series.objects.select_for_update().get(pk=series_id)
    checked = _checked(replace(new, name=kept.name))
    for name in _KEPT:
        setattr(kept, name, getattr(checked, name))
    if kept.status == rules.STATUS_IDENTIFIED and kept.identified_at is None:
        kept.identified_at = now
    kept.changed_at = now
    kept.save(update_fields=[*_KEPT, "identified_at", "changed_at"])
    _seal_wish(kept, checked.wish)
    _act("series.changed", "series", kept.pk, by, now, status=kept.status)
    later.send_to_look(kept.pk)


@transaction.atomic
def add_prints(*, series_id: int, prints: Iterable[Print], by: Actor, now: datetime) -> int:
    """This function will add fingerprints to a series; those that it has are left. How many were given."""
    rows = [SeriesPrint(series_id=series_id, type=one.type, value=one.value, quality=one.quality) for one in prints]
    if rows:
        SeriesPrint.objects.bulk_create(rows, ignore_conflicts=True)
        Series.objects.filter(pk=series_id).update(changed_at=now)
        _act("series.extended", "series", series_id, by, now, count=len(rows))
        later.send_to_look(series_id)
    return len(rows)


@transaction.atomic
def reveal_wish(*, series_id: int, reason: str, by: Actor, now: datetime) -> str:
    """This function will open how somebody wishes to be told, for a reason that is written down first."""
    rules.check_choice("reason", reason, REASONS, is_required=True)
    kept = Series.objects.get(pk=series_id)
    _act("series.wish_revealed", "series", series_id, by, now, reason=reason)
    return (
        open_field(bytes(kept.notification_sealed), WISH.format(series_id)).decode() if kept.notification_sealed else ""
    )


REASONS = {"notify": "To tell the person", "correct": "To correct what is kept", "requested": "The person asked"}


@transaction.atomic
def announce_child(*, told: ChildAnnounced, prints: Iterable[Print] = (), by: Actor, now: datetime) -> int:
    """This function will start the ten business days of a newly identified child, in the portal.

    prints: where they are known already, they are handed in with it, or neither is. Raises Refusal.
    """
    asked = {"case_number": ("the case number", 80, True), **_CONTACT}
    texts = rules.check_texts({name: getattr(told, name) for name in asked}, asked)
    if told.identified_on > now.date():
        raise Refusal("in_future", "The day cannot lie in the future.", field="identified_on")
    kept = NewChild.objects.create(
        agency=by.agency, officer=by.ident, state="ANNOUNCED", identified_on=told.identified_on,
        due_on=rules.due_on(told.identified_on), announced_at=now, **texts, **_about(told),
    )  # fmt: skip
    _seal_child_wish(kept, told.wish)
    _act("new_child.announced", "new_child", kept.pk, by, now, agency=by.agency, due=kept.due_on.isoformat())
    given = tuple(prints)
    if given:
        submit_child(child_id=kept.pk, prints=given, contact=texts, by=by, now=now)
    return kept.pk


def _about(told: ChildAnnounced) -> dict[str, str]:
    rules.check_choice("relationship", told.relationship, RELATIONSHIPS)
    rules.check_choice("age_band", told.age_band, rules.AGE_BANDS)
    rules.check_choice("sex", told.sex, rules.SEXES)
    rules.check_choice("notification", told.notification, rules.NOTIFICATIONS, is_required=True)
    names = ("relationship", "age_band", "sex", "notification")
    return {**{name: getattr(told, name) for name in names}, "country": _country(told.country)}


def _seal_child_wish(kept: NewChild, wish: str) -> None:
    if wish.strip():
        kept.notification_sealed = seal_field(wish.strip()[:1000].encode(), CHILD_WISH.format(kept.pk))
        kept.save(update_fields=["notification_sealed"])


@transaction.atomic
def submit_child(
    *, child_id: int, prints: Iterable[Print], contact: Mapping[str, str], by: Actor, now: datetime
) -> bool:
    """This function will hand in the fingerprints of a newly identified child's pictures; False where it is too late.

    contact: `contact_agency` and `contact`, whom others ask. Late is handed in all the same.
    Raises Refusal `wrong_state`, `contact_missing`.
    """
    kept = NewChild.objects.select_for_update().get(pk=child_id, agency=by.agency)
    if kept.state != "ANNOUNCED":
        raise Refusal("wrong_state", "This child was handed in already.")
    texts = rules.check_texts(contact, _CONTACT)
    kept.contact_agency, kept.contact = texts["contact_agency"], texts["contact"]
    if not (kept.contact_agency and kept.contact):
        raise Refusal("contact_missing", "Say whom other agencies ask about this child.", field="contact")
    rows = [
        NewChildPrint(new_child=kept, agency=kept.agency, type=one.type, value=one.value, quality=one.quality)
        for one in prints
    ]
    NewChildPrint.objects.bulk_create(rows)
    kept.state, kept.submitted_at = "SUBMITTED", now
    kept.save(update_fields=["state", "submitted_at", "contact_agency", "contact"])
    is_late = now.date() > kept.due_on
    details: dict[str, str | int] = {"agency": kept.agency, "count": len(rows), "late": int(is_late)}
    _act("new_child.submitted", "new_child", kept.pk, by, now, **details)
    return not is_late


@transaction.atomic
def assign_series(*, child_id: int, name: str, is_distributed: bool | None, by: Actor, now: datetime) -> int:
    """This function will give a newly identified child its series, with the fingerprints that were handed in.

    Returns the series' id. Raises Refusal.
    """
    kept = NewChild.objects.select_for_update().get(pk=child_id)
    if kept.state != "SUBMITTED":
        raise Refusal("wrong_state", "A series is given once, after the fingerprints were handed in.")
    wish = open_field(bytes(kept.notification_sealed), CHILD_WISH.format(kept.pk)) if kept.notification_sealed else b""
    new = NewSeries(
        name=name or suggest_name(), status=rules.STATUS_IDENTIFIED, is_distributed=is_distributed, wish=wish.decode(),
        **{field: getattr(kept, field) for field in _OF_CHILD},
    )  # fmt: skip
    prints = [Print(row.type, row.value, row.quality) for row in kept.prints.order_by("id")]
    series_id = create_series(new=new, prints=prints, by=by, now=now)
    kept.state, kept.series_id, kept.assigned_by, kept.assigned_at = "ASSIGNED", series_id, by.ident, now
    kept.save(update_fields=["state", "series_id", "assigned_by", "assigned_at"])
    _act("new_child.assigned", "new_child", kept.pk, by, now, agency=kept.agency, series=series_id)
    return series_id


_OF_CHILD = ("contact_agency", "contact", "relationship", "age_band", "sex", "country", "notification")


def suggest_name() -> str:
    """This function will make up a series name that says nothing about anybody."""
    return f"Series {get_random_string(3, 'BCDFGHJKLMNPQRSTVWXZ')}{get_random_string(4, '23456789')}"


@transaction.atomic
def enter_count(*, said: CountLine, by: Actor, now: datetime) -> None:
    """This function will keep how many children were identified, as somebody said at a date. Raises Refusal."""
    texts = rules.check_texts({"source": said.source}, {"source": ("the source", 200, True)})
    rules.check_choice("certainty", said.certainty, rules.CERTAINTIES, is_required=True)
    if not 0 <= said.value <= 10_000_000 or not date(1984, 1, 1) <= said.as_of <= now.date():
        raise Refusal("out_of_range", "Give a number and a day that can be true.", field="value")
    IdentifiedCount.objects.create(
        value=said.value, as_of=said.as_of, certainty=said.certainty, entered_by=by.ident, entered_at=now, **texts
    )
    _act("count.entered", "count", said.value, by, now, count=said.value, certainty=said.certainty)

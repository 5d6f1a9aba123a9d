"""Template tags: numbers, times, confidence and component data in the one form of the house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tipline.domain.number import groups as groups_of
from tipline.domain.referral import SURENESS
from tipline.interfaces.ui import names, words
from tipline.platform import clock

register = template.Library()


@register.filter
def groups(value: object) -> SafeString:
    """This function will write a number in groups of four that never break: {{ head.number|groups }}."""
    return format_html('<span class="number-groups">{}</span>', groups_of(value))


@register.filter
def groups_text(value: object) -> str:
    """This function will write a number in groups of four without mark-up (titles, attributes)."""
    return groups_of(value)


@register.filter
def group_list(value: object) -> list[str]:
    """This function will return the groups of a number or code, its own where it has them already."""
    own = str(value).split()
    return own if len(own) > 1 else groups_of(value).split()


@register.filter
def count(value: int) -> str:
    """This function will write a count with thin spaces: {{ total|count }}."""
    return words.thin(int(value))


@register.filter
def duration(value: timedelta | float) -> str:
    """This function will write a span in words: {{ seconds|duration }} -> 4 min."""
    return words.span(value)


@register.filter
def hours(value: float) -> str:
    """This function will write hours, of the first only that it was one: {{ line.median_hours|hours }} -> 7.5 h."""
    return "under 1 h" if value < 1 else f"{round(value, 1):g} h"


@register.filter
def size(value: int) -> str:
    """This function will write a count of bytes: {{ file.size|size }}."""
    return words.size(int(value))


@register.filter
def age(at: datetime | None) -> SafeString | str:
    """This function will write how long ago a moment was: {{ head.received_at|age }} -> 4 min."""
    if at is None:
        return ""
    passed = words.span(clock.now() - at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.clock_time(at, clock.now()), passed
    )


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """This function will write how long ago a moment was, as words: {{ draft.saved_at|ago }} -> 4 min ago, just now."""
    if at is None:
        return ""
    return format_html("{} {}", *(("just", age(at)) if clock.now() - at < timedelta(seconds=1) else (age(at), "ago")))


@register.simple_tag
def moment(at: datetime | None, zone: str = "", dated: bool = False) -> SafeString | str:
    """This function will write a moment with its zone: {% moment at zone="America/Phoenix" %}.

    Where no zone is given the reader's browser adds the reader's own time. `dated`: with day and year, today too.
    """
    if at is None:
        return "not known"
    written = words.dated_time(at) if dated else words.clock_time(at, clock.now())
    if zone:
        return format_html('<time datetime="{}">{} ({})</time>', at.isoformat(), written, words.zone_time(at, zone))
    own = "dated" if dated else ""
    return format_html('<time datetime="{}" data-own="{}">{}</time>', at.isoformat(), own, written)


@register.simple_tag
def confidence(word: object, says: str = "") -> SafeString:
    """This function will write how sure we are as a word and a bar: {% confidence "likely" %}.

    `says` replaces the word shown, for example "likely, two sources agree".
    """
    level = words.CONFIDENCE_LEVEL.get(str(word).lower(), 0)
    shown = says or str(word).lower()
    return format_html('<span class="confidence"><span>{}</span>{}</span>', shown, bar(level))


@register.filter
def agency(agency_id: str) -> str:
    """This function will name an agency: {{ line.agency|agency }}."""
    return names.agency_name(agency_id)


@register.filter
def who(by: str) -> str:
    """This function will name who did a thing: {{ line.by|who }}."""
    return names.actor_name(by)


@register.filter
def collection_act(act: str) -> str:
    """This function will say what was done with a seized collection: {{ one.act|collection_act }}."""
    return names.collection_act(act)


@register.simple_tag
def sureness(certainty: str) -> SafeString:
    """This function will say how sure it is that an agency is the right one: {% sureness one.certainty %}."""
    word, level = SURENESS.get(certainty, certainty), names.SURENESS_LEVEL.get(certainty, 0)
    return format_html('<span class="confidence"><span>right agency: {}</span>{}</span>', word, bar(level))


@register.simple_tag
def countdown(until: datetime) -> SafeString:
    """This function will say when something counts: "at 14:02:10 UTC"; with scripts the seconds run down."""
    written = f"at {until.astimezone(UTC):%H:%M:%S} UTC"
    return format_html('<time datetime="{}" data-until role="timer">{}</time>', until.isoformat(), written)


@register.simple_tag
def bar(percent: float) -> SafeString:
    """This function will draw a bar, beside a word that says the same: {% bar 75 %} is three quarters."""
    width = max(0, min(100, round(percent)))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8" rx="3"/></svg>',
        width,
    )


@register.simple_tag
def key(letter: str) -> SafeString:
    """This function will show the key that does the same: {% key "R" %}."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', letter)


@register.filter
def urgency(score: int | None) -> str:
    """This function will return the colour word of a score: urgent from 70, caution from 50, else none."""
    if score is None:
        return ""
    return "urgent" if score >= 70 else "caution" if score >= 50 else ""


@register.filter
def field_kind(field: BoundField) -> str:
    """This function will say how a form field is laid out: "hidden", "check", "choices" or "line"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def control(field: BoundField) -> SafeString:
    """This function will draw a form field's control, tied to its help and its errors for screen readers."""
    marks: dict[str, Any] = {}
    described = [f"{field.auto_id}_help"] if field.help_text else []
    if field.errors:
        marks["aria-invalid"] = "true"
        described.insert(0, f"{field.auto_id}_error")
    if described:
        marks["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=marks)

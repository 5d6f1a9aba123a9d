"""What a company may answer to a notice, as forms for people and as JSON for programs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms

from tipline.domain.errors import Refusal
from tipline.programs.notices.rules import words
from tipline.programs.notices.values import NewAnswer, OwnNotice

_YES_NO = forms.Select(choices=[("", "not said"), ("true", "Yes"), ("false", "No")])
_KINDS = {"acknowledge": "ACKNOWLEDGED", "removed": "REMOVED", "dispute": "DISPUTED"}
LARGEST_JSON = 16 * 1024


class AcknowledgeForm(forms.Form):
    """Nothing is asked."""


class RemovedForm(forms.Form):
    """When it was taken down."""

    removed_at = forms.DateTimeField(
        label="When was it taken down? (UTC)",
        required=False,
        help_text="Leave it out for “just now”.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    account_suspended = forms.NullBooleanField(label="Was the account suspended?", required=False, widget=_YES_NO)


class DisputeForm(forms.Form):
    """Why the notice is wrong."""

    reason = forms.ChoiceField(label="Why?", choices=list(words.DISPUTE_REASONS.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label="In your words", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


FORMS: dict[str, type[forms.Form]] = {
    "acknowledge": AcknowledgeForm,
    "removed": RemovedForm,
    "dispute": DisputeForm,
}


def blank() -> dict[str, forms.Form]:
    """This function will give every form, empty."""
    return {name: form(auto_id=f"{name}_%s") for name, form in FORMS.items()}


def answer_of(name: str, held: dict[str, Any], via: str) -> NewAnswer:
    """This function will make an answer of what a form holds."""
    return NewAnswer(
        kind=_KINDS[name],
        via=via,
        removed_at=held.get("removed_at"),
        account_suspended=held.get("account_suspended"),
        reason=held.get("reason", ""),
        note=held.get("note", ""),
    )


def from_json(body: bytes) -> NewAnswer:
    """This function will read a program's answer. Raises Refusal that names the member."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal("bad_json", "The body is no JSON.", field="") from error
    if not isinstance(told, dict):
        raise Refusal("bad_json", "The body must be one JSON object.", field="")
    for name in set(told) - {"answer", "removed_at", "account_suspended", "reason", "note"}:
        raise Refusal("unknown_member", "There is no such member.", field=str(name)[:40])
    if str(told.get("answer")) not in _KINDS:
        raise Refusal("no_such_choice", f"Must be one of {', '.join(_KINDS)}.", field="answer")
    for name in ("reason", "note"):
        if not _is_text(told.get(name, "")):
            raise Refusal("bad_text", "Must be a text.", field=name)
    if not isinstance(told.get("account_suspended"), bool | None):
        raise Refusal("bad_flag", "Must be true, false or null.", field="account_suspended")
    held = {**told, "removed_at": _moment(told.get("removed_at"))}
    return answer_of(str(told["answer"]), held, "PROGRAM")


def _is_text(found: object) -> bool:
    # Half a character and the character of number 0 are JSON, and no database keeps them.
    return isinstance(found, str) and "\0" not in found and not any("\ud800" <= sign <= "\udfff" for sign in found)


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal("bad_time", "Must be a moment with its zone, as in 2026-01-13T15:04:05Z.", field="removed_at")
    return found


def as_json(notice: OwnNotice) -> dict[str, Any]:
    """This function will show a notice to a program: the XARF report and where it stands."""
    return {
        "reference": notice.reference,
        "standing": notice.standing,
        "standing_words": notice.standing_words,
        "sent_at": _text(notice.sent_at),
        "first_sent_at": _text(notice.first_sent_at),
        "acknowledged_at": _text(notice.acknowledged_at),
        "removed_at": _text(notice.removed_at),
        "our_answer": notice.said_back,
        "answers": {"answer": list(_KINDS), "reason": words.DISPUTE_REASONS},
        "xarf": notice.xarf,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

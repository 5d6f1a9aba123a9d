"""The small forms of the notices' pages. What they hold is checked again by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from tipline.programs.notices.rules import words, xarf
from tipline.programs.notices.rules.moves import SEEN_WORDS, Seen
from tipline.programs.notices.rules.recipients import KIND_WORDS, Proposal
from tipline.programs.notices.values import NoticeLine

_LINES = forms.Textarea(attrs={"rows": 2})
_SEEN_BY_PEOPLE = (Seen.ANSWERS, Seen.GONE, Seen.MOVED, Seen.REFUSES, Seen.FAILS, Seen.UNREACHABLE)


def _pick(label: str, choices: dict[str, str], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices.items()), widget=forms.RadioSelect, **more)


def _when(label: str, **more: Any) -> forms.DateTimeField:
    # The browser's field knows no zone: the label says which one is meant.
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=f"{label} (UTC)", widget=widget, **more)


class EntryForm(forms.Form):
    """A web address that came in by mail, telephone or from a partner."""

    url = forms.CharField(
        label="Web address",
        max_length=4000,
        help_text="As it was told to you. Nobody opens it: not you, not this machine.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    source = forms.ChoiceField(
        label="Who told us?",
        choices=[(code, text) for code, text in words.SOURCES.items() if code != "REPORT"],
        widget=forms.RadioSelect,
        initial="PUBLIC",
    )
    partner_id = forms.TypedChoiceField(label="If a partner: which?", required=False, coerce=int, empty_value=None)
    note = forms.CharField(
        label="Note", required=False, max_length=1000, widget=_LINES, help_text="Stays here. No names of reporters."
    )

    def __init__(self, *args: Any, known_partners: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "not said"), *known_partners]


class VerifyForm(forms.Form):
    """What is there, and how that is known."""

    classification = _pick("What is it?", xarf.CLASSIFICATION_WORDS)
    media_type = forms.ChoiceField(label="Kind", choices=list(words.MEDIA_WORDS.items()))
    detection_method = forms.ChoiceField(label="How is that known?", choices=list(xarf.DETECTION_WORDS.items()))
    how = forms.CharField(
        label="How you verified it",
        max_length=1000,
        widget=_LINES,
        help_text="For example: the report's description and a matched digest. You need not open the page.",
    )


class RejectForm(forms.Form):
    """Why no notice is sent."""

    reason = _pick("Reason", words.REJECT_REASONS)


class HoldForm(forms.Form):
    """The police come first."""

    agency = forms.CharField(label="Which agency asks?", max_length=200)
    why = forms.CharField(label="Why?", max_length=1000, widget=_LINES)
    until = _when("Until")


class HostingForm(forms.Form):
    """Where the page is hosted."""

    hosting_provider = forms.CharField(label="Hosting provider", required=False, max_length=200)
    registrar = forms.CharField(label="Registrar", required=False, max_length=200)
    asn = forms.IntegerField(label="Network number (ASN)", required=False, min_value=1, max_value=4294967295)
    country = forms.CharField(label="Hosting country, two letters", required=False, max_length=2)


class ContactForm(forms.Form):
    """Somebody to write to."""

    kind = forms.ChoiceField(label="Who is it?", choices=list(KIND_WORDS.items()))
    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="Mail address", required=False)


class SendForm(forms.Form):
    """Who gets the notice: a person chooses, the rules only propose."""

    recipient = forms.ChoiceField(label="Who gets it?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, proposals: Sequence[Proposal] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["recipient"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, _told(one)) for one in proposals]


def _told(one: Proposal) -> str:
    way = one.email or (f"by its page {one.url}" if one.url else "no mail address is known")
    return f"{KIND_WORDS[one.kind]}: {one.name}, {way}. {one.reason}. Certainty: {one.certainty}."


class _NoticeForm(forms.Form):
    """A form about one of the case's notices."""

    notice = forms.TypedChoiceField(label="Which notice?", coerce=int)

    def __init__(self, *args: Any, notices: Sequence[NoticeLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["notice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.id, f"{one.to_name}, notice {one.round}") for one in notices]


class SentForm(_NoticeForm):
    """A person sent a notice."""

    at = _when("When was it sent?")


class AnswerForm(_NoticeForm):
    """What a recipient said by mail or telephone."""

    kind = _pick("What do they say?", words.ANSWER_WORDS)
    removed_at = _when("If it is gone: since when?", required=False)
    account_suspended = forms.NullBooleanField(
        label="Account suspended?",
        required=False,
        widget=forms.Select(choices=[("", "not said"), ("true", "Yes"), ("false", "No")]),
    )
    reason = forms.ChoiceField(
        label="If disputed: why?", required=False, choices=[("", "not said"), *words.DISPUTE_REASONS.items()]
    )
    note = forms.CharField(label="In their words", required=False, max_length=2000, widget=_LINES)


class DecideForm(forms.Form):
    """An answer to a dispute."""

    note = forms.CharField(label="Why?", max_length=2000, widget=_LINES, help_text="The company reads this.")


class CheckForm(forms.Form):
    """What a person saw."""

    seen = _pick("What is there?", {str(one): SEEN_WORDS[one] for one in _SEEN_BY_PEOPLE})
    at = _when("When did you look?")
    note = forms.CharField(label="Note", required=False, max_length=500)


class CloseForm(forms.Form):
    """Why a case ends."""

    reason = _pick("Reason", words.CLOSE_REASONS)


class BareForm(forms.Form):
    """Nothing is asked."""

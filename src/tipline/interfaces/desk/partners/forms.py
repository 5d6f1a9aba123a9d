"""The small forms of a partner's page. What they hold is checked again by the registry."""

from __future__ import annotations

from typing import Any

from django import forms

from tipline.reference.hashlists import queries as hashlists
from tipline.reference.partners.values import KEY_KINDS, KIND_LABELS, PURPOSE_LABELS, SCOPE_LABELS

STOPNCII_CALLS = ("FetchHashes", "SubmitHashes", "SubmitFeedback")
SURVIVORS_LISTS = ("npo", "npo-test")
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_KEY_WORDS = {"OPENPGP": "OpenPGP", "X509": "X.509 certificate", "AGE": "age", "ED25519": "Ed25519"}


class PartnerForm(forms.Form):
    """An organisation to enter."""

    name = forms.CharField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=list(KIND_LABELS.items()))
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label="Country",
        required=False,
        help_text="Two letters, such as US or DE.",
        error_messages={"invalid": "Two letters, such as US or DE."},
    )


class ContactForm(forms.Form):
    """Whom to write to for what."""

    purpose = forms.ChoiceField(label="For", choices=list(PURPOSE_LABELS.items()))
    name = forms.CharField(label="Name or team", max_length=120, required=False)
    email = forms.EmailField(label="Mail", max_length=254, required=False)
    phone = forms.CharField(label="Telephone", max_length=50, required=False)


class AgreementForm(forms.Form):
    """A signed agreement."""

    scope = forms.ChoiceField(label="About", choices=list(SCOPE_LABELS.items()))
    reference = forms.CharField(label="Number or title of the document", max_length=120)
    signed_on = forms.DateField(label="Signed on", widget=_DATE)
    ends_on = forms.DateField(label="Ends on", required=False, widget=_DATE, help_text="Empty: until somebody ends it.")
    requests_per_minute = forms.IntegerField(label="Requests a minute", min_value=1, max_value=100_000, initial=300)
    document_sha256 = forms.RegexField(
        r"^[0-9A-Fa-f]{64}$",
        label="SHA-256 of the signed file",
        required=False,
        error_messages={"invalid": "A SHA-256 has 64 hex digits."},
    )


class KeyForm(forms.Form):
    """A public key."""

    kind = forms.ChoiceField(label="Kind", choices=[(kind, _KEY_WORDS[kind]) for kind in KEY_KINDS])
    fingerprint = forms.CharField(label="Fingerprint", max_length=128, help_text="As the partner read it out to you.")
    public = forms.CharField(
        label="The public key as text", max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class CredentialForm(forms.Form):
    """A log-in for one service in one environment."""

    place = forms.ChoiceField(label="For")
    username = forms.CharField(label="User name", max_length=80, help_text="No colon and no blank: example-photos.")

    def __init__(self, *args: Any, scopes: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [each for scope in scopes for each in _places(scope)]


def _places(scope: str) -> list[tuple[str, str]]:
    words = SCOPE_LABELS[scope]
    if scope == "HASH_SHARING":
        return [(f"{scope}|{one.slug}", f"{words}: {one.name}") for one in hashlists.list_lists()]
    if scope == "STOPNCII":
        each = [f"{slug}/{name}" for slug in SURVIVORS_LISTS for name in STOPNCII_CALLS]
        return [(f"{scope}|{place}", f"{words}: {place}") for place in each]
    return [(f"{scope}|{name}", f"{words}: {name}") for name in ("production", "test")]


class CanaryForm(forms.Form):
    """A hash that turned up somewhere."""

    value = forms.CharField(
        label="Is this one of our canaries?",
        max_length=64,
        help_text="A made-up MD5, SHA-1 or PDQ that was given to one partner alone.",
    )

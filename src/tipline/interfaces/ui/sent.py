"""What pages do with what they are sent: a number of the address is read, a refusal stands beside its field."""

from __future__ import annotations

from typing import Any, Protocol

from django.http import HttpRequest


class Sentenced(Protocol):
    """What is wrong, in words, and the field that has to change: a refusal, a fault of a rule."""

    @property
    def field(self) -> str:
        """The field's name, or nothing."""

    @property
    def sentence(self) -> str:
        """Plain words."""


def number_in(request: HttpRequest, name: str, most: int = 10**9) -> int:
    """This function will read a number of the address; 0 where it is none."""
    text = request.GET.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def add_refusal(form: Any, refusal: Sentenced) -> None:
    """This function will put a refusal beside the field it is about, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)

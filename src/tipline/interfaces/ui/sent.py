"""What pages do with what they are sent: a number of the address is read, a refusal stands beside its field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tipline.domain.errors import Refusal


def number_in(request: HttpRequest, name: str, most: int = 10**9) -> int:
    """This function will read a number of the address; 0 where it is none."""
    text = request.GET.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def add_refusal(form: Any, refusal: Refusal) -> None:
    """This function will put a refusal beside the field it is about, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)

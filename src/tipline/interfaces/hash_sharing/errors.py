"""What Django itself refuses, in the language of the form that was asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tipline.domain.errors import Refusal
from tipline.interfaces.hash_sharing.answers import form_of


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 400."""
    return form_of(request.path).refusal(Refusal("bad_request", "The request cannot be read."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 404."""
    return form_of(request.path).refusal(Refusal("no_such_call", "There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """This function will answer 500."""
    form = form_of(request.path)
    return form.answer(form.write_error("failed", "Something failed here. Nothing was changed."), 500)

"""Pages for what went wrong: what happened, what to do, nothing about the inside."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(request: HttpRequest | None, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(f"{status}.html", {"status": status}, request=None), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 400."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 404, the same for what does not exist and what is not the asker's."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """This function will answer 500."""
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This function will answer a form whose page was too old to be trusted."""
    return HttpResponse(render_to_string("403_csrf.html", {"status": 403}, request=None), status=403)


def body_refused(status: int) -> HttpResponse:
    """This function will answer a request whose body was not taken: too much, too slow, or not to be read."""
    return HttpResponse(_body_page(status), status=status)


@cache
def _body_page(status: int) -> str:
    # Made once: a flood of bodies that are cut off must not cost a page each.
    name = status if status in {408, 413} else 400
    return render_to_string(f"{name}.html", {"status": status}, request=None)

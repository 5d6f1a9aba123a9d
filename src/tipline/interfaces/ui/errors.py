"""Pages for what went wrong: what happened, what to do, nothing about the inside."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tipline.interfaces.ui.words import LEAVE_TO
from tipline.platform.config import settings

# The doors of people without an account: their pages speak to a child, and keep the danger number and the way out.
PLAIN_DOORS = frozenset({"public", "survivors"})
_PLAIN = {
    400: ("We could not read that", "Please go back and try again. Nothing was sent."),
    403: ("This page does not open", "Please go back to the first page."),
    404: ("There is no such page", "Perhaps the address has a typing mistake. Nothing you wrote was sent from here."),
    408: ("Your connection was too slow", "What you sent did not arrive whole. Please go back and send it again."),
    413: ("That was too much at once", "Please go back and write less, or send it in two parts. Nothing was sent."),
    500: (
        "Something broke, and it is our fault",
        "What you sent just now may not have reached us. Please wait a minute and try again. "
        "If it is urgent, call the number above.",
    ),
}
_PLAIN_OLD_FORM = ("This page was open for too long", "Please go back, load the page again and press the button again.")


def _page(request: HttpRequest | None, status: int) -> HttpResponse:
    return HttpResponse(_words(status), status=status)


def _words(status: int) -> str:
    if settings().role in PLAIN_DOORS:
        return _plain(*_PLAIN[status])
    return render_to_string(f"{status}.html", {"status": status}, request=None)


def _plain(title: str, sentence: str) -> str:
    shown = {"title": title, "sentence": sentence, "leave_to": LEAVE_TO}
    return render_to_string("ui/plain_error.html", shown, request=None)


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
    if settings().role in PLAIN_DOORS:
        return HttpResponse(_plain(*_PLAIN_OLD_FORM), status=403)
    return HttpResponse(render_to_string("403_csrf.html", {"status": 403}, request=None), status=403)


def body_refused(status: int) -> HttpResponse:
    """This function will answer a request whose body was not taken: too much, too slow, or not to be read."""
    return HttpResponse(_body_page(status), status=status)


@cache
def _body_page(status: int) -> str:
    # Made once: a flood of bodies that are cut off must not cost a page each.
    return _words(status if status in {408, 413} else 400)

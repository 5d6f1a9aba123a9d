"""What a page takes: a small form unless its view says more. docs/howto/take_large_uploads.md tells how.

@takes(most=..., files=True)     held in memory; for some megabytes
@takes_stream(most=..., rule=..., handlers=...)     read while it arrives; for anything larger
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from tipline.platform.config import settings
from tipline.platform.front.limits import KIB, MIB, MOST_IN_MEMORY, Limit

View = Callable[..., HttpResponseBase]
Handlers = Callable[[HttpRequest], Sequence[FileUploadHandler]]
# A draft of the public form is sealed into the page and comes back with each step.
FORM = Limit(384 * KIB)
OF_DOOR = {
    "desk": Limit(MIB),  # a call taker's notes of a long call
    "hash_sharing": Limit(2 * MIB),  # the door's own caps are smaller, and answered in the caller's own form
}


def takes(*, most: int, files: bool = False) -> Callable[[View], View]:
    """This function will let a view take a body of up to `most` bytes, held in memory, with files or without."""
    if most > MOST_IN_MEMORY:
        raise ValueError("a body of this size is streamed, not held in memory")

    def mark(view: View) -> View:
        view.body_limit = Limit(most, files=files)  # type: ignore[attr-defined]
        return view

    return mark


def takes_stream(*, most: int, rule: Callable[[View], View], handlers: Handlers) -> Callable[[View], View]:
    """This function will let a view read a multipart body of up to `most` bytes while it arrives.

    rule: who may (`gate.requires(...)`); asked before a byte is read, since a body nobody may send must not hold
    a thread. handlers: makes the upload handlers of a request; they take files piece by piece and must not write them
    to a disk in the clear. The check against forged requests reads the form, so it comes after both.
    """

    def mark(view: View) -> View:
        checked = csrf_protect(view)

        @wraps(view)
        def reading(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.upload_handlers = list(handlers(request))
            return checked(request, *args, **kwargs)

        guarded = csrf_exempt(rule(reading))
        guarded.body_limit = Limit(most, files=True, streamed=True)  # type: ignore[attr-defined]
        return guarded

    return mark


def streamed(view: View, *, most: int) -> View:
    """This function will let a view without forms read a body of up to `most` bytes while it arrives.

    The view itself asks who calls before it reads.
    """
    view.body_limit = Limit(most, streamed=True)  # type: ignore[attr-defined]
    return view


def limit_of(path: str) -> Limit:
    """This function will tell what the page at a path takes (`path` as WSGI has it: bytes as Latin-1)."""
    default = OF_DOOR.get(settings().role, FORM)
    try:
        found = resolve(path.encode("latin-1").decode(errors="replace"))
    except Resolver404:
        return default
    limit = getattr(found.func, "body_limit", None)
    return limit if isinstance(limit, Limit) else default

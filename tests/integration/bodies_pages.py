"""Pages of the tests that take bodies of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from tipline.interfaces.ui.bodies import takes, takes_stream
from tipline.interfaces.ui.gate import open_to_all

OPEN = open_to_all("a test")


class Sizes(FileUploadHandler):
    """Keeps the size of what came, and nothing else."""

    chunk_size = 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.total = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count a piece."""
        self.total += len(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Leave the count where the page finds it."""
        assert self.request is not None
        self.request.META["counted"] = self.total


def _handlers(request: HttpRequest) -> list[FileUploadHandler]:
    return [Sizes(request)]


@takes_stream(most=10_000_000, rule=OPEN, handlers=_handlers)
def stream(request: HttpRequest) -> HttpResponse:
    """Say how large the file was."""
    return HttpResponse(str(request.META.get("counted")))


def _nobody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse("not you", status=403)

    refusing.rule = OPEN(view).rule  # type: ignore[attr-defined]
    return refusing


@takes_stream(most=10_000_000, rule=_nobody, handlers=_handlers)
def closed(request: HttpRequest) -> HttpResponse:
    """Be reached by nobody."""
    raise AssertionError


@OPEN
@takes(most=3_000_000, files=True)
def held(request: HttpRequest) -> HttpResponse:
    """Say where the file is held."""
    return HttpResponse(f"{type(request.FILES['f']).__name__} {request.FILES['f'].size}")


@OPEN
def plain(request: HttpRequest) -> HttpResponse:
    """Say how many fields came."""
    return HttpResponse(str(len(request.POST)))


urlpatterns = [path("stream/", stream), path("closed/", closed), path("held/", held), path("plain/", plain)]

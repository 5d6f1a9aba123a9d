"""The addresses of this door: one prefix for each environment of the sharing API, and the two other forms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tipline.interfaces.hash_sharing import shield, stopncii, v2
from tipline.interfaces.ui.gate import open_to_all

# Each list is one environment. Newer documents say ws-hashsharing where clients say hashsharing: both are served.
ENVIRONMENTS = {
    "hashsharing": "industry",
    "ws-hashsharing": "industry",
    "exploitative-hashsharing": "industry-exploitative",
    "csam-hashsharing": "law-enforcement",
    "npo": "npo",
    "exploitative": "npo-exploitative",
    "test/hashsharing": "industry-test",
    "test/ws-hashsharing": "industry-test",
    "test/npo": "npo-test",
}
handler400 = "tipline.interfaces.hash_sharing.errors.bad_request"
handler403 = "tipline.interfaces.hash_sharing.errors.not_found"
handler404 = "tipline.interfaces.hash_sharing.errors.not_found"
handler500 = "tipline.interfaces.hash_sharing.errors.server_error"

_WELCOME = "Hash sharing, for programs of partners with an agreement. There is nothing to look up here.\n"


@open_to_all("says what this door is, and nothing of any list")
def welcome(request: HttpRequest) -> HttpResponse:
    """This function will say what this door is."""
    return HttpResponse(_WELCOME, content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("", welcome),
    *(path(f"{prefix}/v2/", include(v2.paths(slug))) for prefix, slug in ENVIRONMENTS.items()),
    path("stopncii/", include(stopncii.paths("npo"))),
    path("test/stopncii/", include(stopncii.paths("npo-test"))),
    path("shield/", include(shield.paths("production"))),
    path("test/shield/", include(shield.paths("test"))),
]

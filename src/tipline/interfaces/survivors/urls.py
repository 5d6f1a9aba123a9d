"""The addresses of this door."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.survivors import case_views, views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_SURVIVORS = [
    path("", views.start, name="start"),
    path("ask/<slug:whom>/", views.ask, name="ask"),
    path("limits/", views.limits, name="limits"),
    path("help/", views.help_lines, name="help"),
    path("case/", case_views.enter, name="enter"),
    path("case/status/", case_views.status, name="status"),
    path("case/withdraw/", case_views.withdraw, name="withdraw"),
    path("case/support/", case_views.support, name="support"),
    path("case/trusted/", case_views.wishes, name="wishes"),
]
urlpatterns = [path("", include((_SURVIVORS, "survivors")))]

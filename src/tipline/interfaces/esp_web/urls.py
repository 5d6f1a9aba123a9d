"""The addresses of the company's pages."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.esp_web import notices, trends, views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_PAGES = [
    path("", views.reports, name="reports"),
    path("reports/<int:number>/", views.report, name="report"),
    path("quality/", trends.quality, name="quality"),
    path("credentials/", views.credentials, name="credentials"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<int:number>/", notices.one, name="notice"),
    path("n/<str:token>.json", notices.review_json, name="review_json"),
    path("n/<str:token>", notices.review, name="review"),
]
urlpatterns = [
    path("", include((_PAGES, "esp_web"))),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]

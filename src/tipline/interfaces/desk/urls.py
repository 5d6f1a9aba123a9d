"""The addresses of the desk's process: desk, hotline, log-in."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.desk import file_views, supervisor_views, views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_DESK = [
    path("", views.index, name="index"),
    path("lists/<slug:name>/", views.queue, name="queue"),
    path("search/", views.search, name="search"),
    path("reports/<int:number>/", views.report, name="report"),
    path("reports/<int:number>/act/<slug:name>/", views.act, name="act"),
    path("reports/<int:number>/reporter/", views.reporter, name="reporter"),
    path("reports/<int:number>/submission/<int:part>/", views.submission, name="submission"),
    path("reports/<int:number>/audit/", supervisor_views.report_audit, name="report_audit"),
    path("reports/<int:number>/files/<str:file_id>/", file_views.file, name="file"),
    path("reports/<int:number>/files/<str:file_id>/look.jpg", file_views.look, name="look"),
    path("audit/", supervisor_views.audit, name="audit"),
]


urlpatterns = [
    path("", include((_DESK, "desk"))),
    path("notices/", include("tipline.interfaces.desk.notices.urls")),
    path("hotline/", include("tipline.interfaces.hotline.urls")),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]

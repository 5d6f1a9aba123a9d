"""The addresses of the portal."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.portal import views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_PORTAL = [
    path("", views.inbox, name="inbox"),
    path("reports/<int:number>/", views.report, name="report"),
    path("reports/<int:number>/package.zip", views.package, name="package"),
    path("reports/<int:number>/documents/<str:name>", views.document, name="document"),
    path("reports/<int:number>/files/<str:file_id>", views.file, name="file"),
    path("reports/<int:number>/outcome/", views.outcome, name="outcome"),
    path("reports/<int:number>/contacts/", views.contacts, name="contacts"),
]
urlpatterns = [
    path("", include((_PORTAL, "portal"))),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]

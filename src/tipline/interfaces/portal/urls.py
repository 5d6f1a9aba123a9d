"""The addresses of the portal."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.portal import children, keeping, seized, views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_PORTAL = [
    path("", views.index, name="inbox"),
    path("reports/<int:number>/", views.report, name="report"),
    path("reports/<int:number>/package.zip", views.package, name="package"),
    path("reports/<int:number>/documents/<str:name>", views.document, name="document"),
    path("reports/<int:number>/files/<str:file_id>", views.file, name="file"),
    path("reports/<int:number>/outcome/", views.outcome, name="outcome"),
    path("reports/<int:number>/keep/", keeping.ask, name="keep"),
    path("reports/<int:number>/contacts/", views.contacts, name="contacts"),
    path("collections/", seized.index, name="collections"),
    path("collections/new/", seized.hand_in, name="collection_new"),
    path("collections/<int:number>/", seized.collection, name="collection"),
    path("collections/<int:number>/report/<slug:name>/", seized.report, name="collection_report"),
    path("quick-check/", seized.quick, name="quick"),
    path("new-children/", children.new_children, name="new_children"),
    path("new-children/new/", children.new_child, name="new_child_new"),
    path("new-children/<int:number>/", children.child, name="new_child"),
    path("rosters/", children.roster_list, name="rosters"),
    path("rosters/<int:number>/", children.roster, name="roster"),
    path("rosters/<int:number>/contacts/<int:part>/", children.roster_child, name="roster_child"),
]
urlpatterns = [
    path("", include((_PORTAL, "portal"))),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]

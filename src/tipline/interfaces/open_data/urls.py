"""The addresses of the open figures. A snapshot's addresses are kept for ever."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.open_data import views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_OPEN_DATA = [
    path("", views.index, name="index"),
    path("how/", views.how, name="how"),
    path("2023/", views.printed_year, name="printed"),
    path("2023/<slug:table>.csv", views.printed_csv, name="printed_csv"),
    path("snapshots/", views.snapshots, name="snapshots"),
    path("snapshots/<int:number>/", views.snapshot, name="snapshot"),
    path("snapshots/<int:number>/figures.csv", views.snapshot_csv, name="csv"),
    path("snapshots/<int:number>/figures.json", views.snapshot_json, name="json"),
    path("snapshots/<int:number>/tables/<slug:table>.csv", views.table_csv, name="table_csv"),
    path("snapshots/<int:number>/briefs/<slug:kind>/", views.brief, name="brief"),
    path("schema/open-figures-1.schema.json", views.schema, name="schema"),
]

urlpatterns = [path("", include((_OPEN_DATA, "open_data")))]

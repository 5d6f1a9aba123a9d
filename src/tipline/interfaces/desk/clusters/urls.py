"""The addresses of the clusters' pages."""

from __future__ import annotations

from django.urls import path

from tipline.interfaces.desk.clusters import views

PATHS = [
    path("clusters/", views.listed, name="clusters"),
    path("clusters/<int:number>/", views.one, name="cluster"),
    path("clusters/<int:number>/merge/", views.merge, name="cluster_merge"),
    path("clusters/<int:number>/act/<slug:name>/", views.act, name="cluster_act"),
]

"""The addresses of the notices' pages at the desk."""

from __future__ import annotations

from django.urls import path

from tipline.interfaces.desk.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.index, name="index"),
    path("lists/<slug:name>/", views.listed, name="list"),
    path("new/", views.new, name="new"),
    path("figures/", views.figures, name="figures"),
    path("<int:number>/", views.case, name="case"),
    path("<int:number>/act/<slug:name>/", views.act, name="act"),
    path("<int:number>/mail/<int:part>/", views.mail, name="mail"),
]

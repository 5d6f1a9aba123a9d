"""The addresses of the pages about triage."""

from __future__ import annotations

from django.urls import path

from tipline.interfaces.desk.triage import views, watch

PATHS = [
    path("triage/", views.rules, name="rules"),
    path("triage/draft/", views.begin, name="rules_begin"),
    path("triage/watch/", watch.watch, name="triage_watch"),
    path("triage/versions/<int:number>/", views.version, name="rules_version"),
    path("triage/versions/<int:number>/preview/", views.preview, name="rules_preview"),
    path("triage/versions/<int:number>/clocks/", views.clocks, name="rules_clocks"),
    path("triage/versions/<int:number>/rules/new/", views.new_rule, name="rules_new"),
    path("triage/versions/<int:number>/rules/<slug:ident>/", views.rule, name="rules_rule"),
    path("triage/versions/<int:number>/act/<slug:name>/", views.act, name="rules_act"),
]

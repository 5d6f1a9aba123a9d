"""The addresses of the partners' pages."""

from __future__ import annotations

from django.urls import path

from tipline.interfaces.desk.partners import companies, views

PATHS = [
    path("partners/", views.listed, name="partners"),
    path("partners/new/", views.new, name="new_partner"),
    path("partners/companies/", companies.companies, name="companies"),
    path("partners/companies/<int:number>/", companies.company, name="company"),
    path("partners/<int:number>/", views.one, name="partner"),
    path("partners/<int:number>/<slug:name>/", views.act, name="partner_act"),
]

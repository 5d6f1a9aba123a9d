"""The addresses of the public form. None holds anything personal: a draft's handle opens nothing by itself."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.public import views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_DRAFT = "tell/<slug:about>/<slug:handle>/"
_PUBLIC = [
    path("", views.start, name="start"),
    path("tell/leave/", views.leave, name="leave"),
    path("tell/<slug:about>/", views.tell, name="tell"),
    path(f"{_DRAFT}<int:number>/", views.step, name="step"),
    path(f"{_DRAFT}danger/", views.danger, name="danger"),
    path(f"{_DRAFT}crisis/", views.crisis, name="crisis"),
    path(f"{_DRAFT}review/", views.review, name="review"),
    path(f"{_DRAFT}sent/", views.sent, name="sent"),
    path("back/", views.come_back, name="back"),
    path("back/add/", views.add_facts, name="add"),
]
urlpatterns = [path("", include((_PUBLIC, "public")))]

"""The addresses of the public form."""

from __future__ import annotations

from django.urls import include, path

from tipline.interfaces.public import views
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_PUBLIC = [
    path("", views.start, name="start"),
    path("tell/<slug:about>/", views.tell, name="tell"),
    path("back/", views.come_back, name="back"),
    path("back/add/", views.add_facts, name="add"),
]
urlpatterns = [path("", include((_PUBLIC, "public")))]

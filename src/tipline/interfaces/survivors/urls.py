"""The addresses of this door."""

from __future__ import annotations

from django.urls import URLPattern

from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern] = []

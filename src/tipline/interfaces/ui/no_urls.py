"""The URLconf of processes that serve no pages: nothing is there."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
handler400 = "tipline.interfaces.ui.errors.bad_request"
handler403 = "tipline.interfaces.ui.errors.forbidden"
handler404 = "tipline.interfaces.ui.errors.not_found"
handler500 = "tipline.interfaces.ui.errors.server_error"

"""The addresses of the telephone desk, inside the desk's process."""

from __future__ import annotations

from django.urls import path

from tipline.interfaces.hotline import views

app_name = "hotline"
urlpatterns = [
    path("", views.calls_page, name="calls"),
    path("calls/<str:draft_id>/", views.call, name="call"),
    path("calls/<str:draft_id>/done/", views.done, name="done"),
    path("calls/<str:draft_id>/discard/", views.discard, name="discard"),
]

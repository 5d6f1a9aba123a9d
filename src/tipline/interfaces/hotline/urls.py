"""The addresses of the telephone desk, inside the desk's process."""

from __future__ import annotations

from tipline.interfaces.hotline import views
from tipline.interfaces.ui.paths import path

app_name = "hotline"
urlpatterns = [
    path("", views.calls_page, name="calls"),
    path("calls/<hex:draft_id>/", views.call, name="call"),
    path("calls/<hex:draft_id>/done/", views.done, name="done"),
    path("calls/<hex:draft_id>/discard/", views.discard, name="discard"),
]

"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices to companies."""

    name = "tipline.programs.notices"
    label = "notices"

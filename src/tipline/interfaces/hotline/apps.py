"""Registration of the hotline with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Drafts and pages of the telephone desk."""

    name = "tipline.interfaces.hotline"
    label = "hotline"

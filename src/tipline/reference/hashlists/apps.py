"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HashlistsConfig(AppConfig):
    """Hash lists."""

    name = "tipline.reference.hashlists"
    label = "hashlists"

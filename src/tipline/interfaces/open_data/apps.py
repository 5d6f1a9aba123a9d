"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    """Pages; no models."""

    name = "tipline.interfaces.open_data"
    label = "open_data"

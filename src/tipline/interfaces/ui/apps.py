"""Registration of the shared face with Django."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags; no models."""

    name = "tipline.interfaces.ui"
    label = "ui"

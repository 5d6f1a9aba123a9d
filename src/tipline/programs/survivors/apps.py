"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurvivorsConfig(AppConfig):
    """Survivors' requests."""

    name = "tipline.programs.survivors"
    label = "survivors"

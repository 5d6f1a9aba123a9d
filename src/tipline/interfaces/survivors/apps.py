"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurvivorsDoorConfig(AppConfig):
    """Pages; no models."""

    name = "tipline.interfaces.survivors"
    label = "survivors_door"

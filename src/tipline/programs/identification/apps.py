"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IdentificationConfig(AppConfig):
    """Victim identification."""

    name = "tipline.programs.identification"
    label = "identification"

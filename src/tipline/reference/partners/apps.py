"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The registry of partners."""

    name = "tipline.reference.partners"
    label = "partners"

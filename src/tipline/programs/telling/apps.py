"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class TellingConfig(AppConfig):
    """What companies are told without asking."""

    name = "tipline.programs.telling"
    label = "telling"

"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Open statistics."""

    name = "tipline.programs.statistics"
    label = "statistics"

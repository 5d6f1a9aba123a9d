"""Registration of the desk with Django."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Templates, static files and pages; no models."""

    name = "tipline.interfaces.desk"
    label = "desk"

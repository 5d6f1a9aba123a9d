"""Registration of the public form with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Templates and pages; no models: nothing is kept before it is sent."""

    name = "tipline.interfaces.public"
    label = "public"

"""Registration of the portal with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages; no models."""

    name = "tipline.interfaces.portal"
    label = "portal"

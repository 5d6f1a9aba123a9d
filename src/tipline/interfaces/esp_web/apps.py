"""Registration of the company's pages with Django."""

from __future__ import annotations

from django.apps import AppConfig


class EspWebConfig(AppConfig):
    """Pages; no models."""

    name = "tipline.interfaces.esp_web"
    label = "esp_web"

"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HashSharingConfig(AppConfig):
    """Wire pages; no models."""

    name = "tipline.interfaces.hash_sharing"
    label = "hash_sharing"

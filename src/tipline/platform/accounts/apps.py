"""Registration of the accounts with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sessions and locks."""

    name = "tipline.platform.accounts"
    label = "accounts"

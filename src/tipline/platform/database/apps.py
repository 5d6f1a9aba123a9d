"""The Django app of the database room."""

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """Carries the migrations that touch no app's own table."""

    name = "tipline.platform.database"
    label = "database"

"""The Django app of the audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Carries the tables and their triggers."""

    name = "tipline.platform.audit"
    label = "audit"

"""These tests know Django: it is loaded before they are collected. Unit tests are not given it."""

import django
import pytest

django.setup()


@pytest.fixture(autouse=True)
def forgotten_brakes() -> None:
    """What one test's log-ins count against the brakes must not stop the next test's."""
    from django.core.cache import cache

    cache.clear()

"""These tests know Django: it is loaded before they are collected. Unit tests are not given it."""

from collections.abc import Iterator

import django
import pytest

django.setup()


@pytest.fixture(autouse=True)
def forgotten_brakes() -> Iterator[None]:
    """What one test's log-ins count against the brakes must not stop the next test's."""
    from django.core.cache import cache

    cache.clear()
    yield

"""These tests know Django: it is loaded before they are collected. Unit tests are not given it."""

import django

django.setup()

from tests.house import await_state, company, house, people  # noqa: E402, F401 (fixtures)

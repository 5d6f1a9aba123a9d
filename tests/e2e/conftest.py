"""These tests know Django: it is loaded before they are collected. Unit tests are not given it."""

import django

django.setup()

"""Drafts of calls that are going on, or were cut off."""

from __future__ import annotations

from django.db import models


class Draft(models.Model):
    """One call being written down: sealed, and shown to its call taker alone."""

    id = models.CharField(primary_key=True, max_length=32)
    call_taker = models.CharField(max_length=150, db_index=True)
    sealed = models.BinaryField()
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

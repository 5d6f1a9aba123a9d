"""Decisions of people about reports, pending until their undo window ends."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """One analyst's disposition. It counts from `effective_at` on, unless it was undone before."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="+")
    disposition = models.CharField(max_length=16)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=2000, blank=True)
    by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_why = models.CharField(max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report",),
                condition=models.Q(undone_at=None, applied_at=None),
                name="one_pending_decision",
            ),
        )

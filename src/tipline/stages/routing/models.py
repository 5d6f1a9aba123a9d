"""Decisions about recipients. The latest one of a report counts; earlier ones stay as history."""

from __future__ import annotations

from django.db import models


class RoutingDecision(models.Model):
    """One choice of recipients, by the rules or by a person."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=120)
    by_person = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()


class RoutedAgency(models.Model):
    """One agency of a decision: in which part, why, how sure."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(RoutingDecision, on_delete=models.PROTECT, related_name="agencies")
    agency = models.ForeignKey("directory.Agency", on_delete=models.PROTECT, related_name="+")
    agency_name = models.CharField(max_length=200)
    part = models.CharField(max_length=16)
    why = models.TextField()
    certainty = models.CharField(max_length=6)
    position = models.SmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("decision", "agency"), name="one_line_per_agency"),
            models.UniqueConstraint(
                fields=("decision",), condition=models.Q(part="PRIMARY"), name="one_primary_recipient"
            ),
        )

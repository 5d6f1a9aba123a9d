"""Look-ups as they were answered: dated evidence, never changed."""

from __future__ import annotations

from django.db import models


class EnrichmentLookup(models.Model):
    """One source's answer to one question. `answer` is the source's value as JSON, or why there was none."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    evidence = models.CharField(max_length=12)
    value = models.CharField(max_length=300)
    source = models.CharField(max_length=60)
    data_date = models.CharField(max_length=40, blank=True)
    answered = models.BooleanField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("report", "evidence"), name="lookup_of_report"),)

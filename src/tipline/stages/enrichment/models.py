"""Look-ups as they were answered, and what people found by hand: dated evidence, withdrawn and never changed."""

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


class _ByHand(models.Model):
    """What an analyst wrote down; who takes it back says why, and it stays."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class EnrichmentResearch(_ByHand):
    """One look-up by hand: what was asked where, what it said. `capture` is sealed, its digest of the plain bytes."""

    query = models.CharField(max_length=300)
    source = models.CharField(max_length=200)
    address = models.CharField(max_length=2000, blank=True)
    result = models.TextField()
    capture = models.BinaryField(null=True)
    capture_sha256 = models.CharField(max_length=64, blank=True)
    capture_size = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("report",), name="research_of_report"),)


class EnrichmentClue(_ByHand):
    """A hint that somebody saw or heard in a picture, a sound or a text, and where it points."""

    kind = models.CharField(max_length=12)
    seen_in = models.CharField(max_length=200)
    says = models.CharField(max_length=1000)
    role = models.CharField(max_length=12)
    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = (models.Index(fields=("report",), name="clue_of_report"),)

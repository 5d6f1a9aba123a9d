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


class RuleVersion(models.Model):
    """One version of the rule set after the shipped one, with its way: drafted, proposed, released, withdrawn.

    `number` goes on from the shipped version's. One at a time is worked on. What was released is never changed.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.IntegerField(unique=True)
    state = models.CharField(max_length=12)  # DRAFT and what else rulesets.py names
    is_open = models.BooleanField(default=True)
    base = models.CharField(max_length=12)
    body = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    drafted_by = models.CharField(max_length=120)
    drafted_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=120, blank=True)
    proposed_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=120, blank=True)
    released_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("is_open",), condition=models.Q(is_open=True), name="one_open_rule_version"
            ),
        )
        indexes = (models.Index(fields=("state", "-number"), name="rule_version_released"),)


# A person opened or decided it, and no agency has it, nor is it out of scope.
SEEN_NOT_REFERRED = models.Q(models.Q(waiting=False) | models.Q(looked_at__isnull=False), is_open=True)


class Standing(models.Model):
    """Where one real report stands in triage: its features and score, whether it was drawn, what became of it."""

    report_id = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, blank=True)
    features = models.JSONField()
    features_version = models.SmallIntegerField()
    version = models.CharField(max_length=12)
    first_score = models.SmallIntegerField()
    score = models.SmallIntegerField()
    priority = models.SmallIntegerField()
    proposed = models.CharField(max_length=16, blank=True)
    proposed_reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()  # first scored
    drawn = models.BooleanField(default=False)
    waiting = models.BooleanField(default=True)
    is_open = models.BooleanField(default=True)  # neither handed over nor out of scope
    looked_at = models.DateTimeField(null=True)
    late_look = models.BooleanField(default=False)
    late_refer = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    found = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("report_id",), condition=models.Q(waiting=True), name="standing_waiting"),
            models.Index(fields=("at",), condition=models.Q(waiting=True, drawn=True), name="standing_drawn"),
            models.Index(
                fields=("priority", "at"),
                condition=models.Q(waiting=True, looked_at=None),
                name="standing_unlooked",
            ),
            models.Index(
                fields=("priority", "at"),
                condition=models.Q(is_open=True, late_refer=False),
                name="standing_unreferred",
            ),
            models.Index(fields=("priority", "at"), condition=SEEN_NOT_REFERRED, name="standing_seen"),
        )


class Count(models.Model):
    """How often something happened in a week to reports of one kind and score. No report is named.

    Each event is a row of its own, so that nobody waits for anybody; the clock adds them up (`folded`).
    """

    id = models.BigAutoField(primary_key=True)
    week = models.DateField()  # its Monday
    version = models.CharField(max_length=12)
    source = models.CharField(max_length=16)
    kind = models.CharField(max_length=20, blank=True)
    score = models.SmallIntegerField()
    drawn = models.BooleanField()
    what = models.CharField(max_length=16)
    n = models.BigIntegerField(default=1)
    folded = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("week", "version", "source", "kind", "score", "drawn", "what"),
                condition=models.Q(folded=True),
                name="one_folded_count",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=models.Q(folded=False), name="count_unfolded"),)


class Rescoring(models.Model):
    """One run that scores the waiting reports again after a change of the rules, with how far it is."""

    id = models.BigAutoField(primary_key=True)
    version = models.CharField(max_length=12)
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    last_report_id = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

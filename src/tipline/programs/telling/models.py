"""Tables of telling. Every row carries the company it belongs to; row-level security reads it."""

from __future__ import annotations

from django.db import models


class Hook(models.Model):
    """Where a company's programs are told: one address an environment, and which kinds of events.

    `failing_since`: the first failure after the last success. `quiet_until`: not asked before. `set_aside_at`: given
    up after three days; what happens meanwhile is kept.
    """

    id = models.BigAutoField(primary_key=True)
    esp_id = models.BigIntegerField()
    environment = models.CharField(max_length=10)  # production, test
    url = models.CharField(max_length=2000)
    kinds = models.JSONField(default=list)
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("esp_id", "environment"), condition=models.Q(ended_at=None), name="one_live_hook"
            ),
        )


class Secret(models.Model):
    """A signing secret, sealed for the worker alone. Two may live, so that a program can change over."""

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="secrets")
    esp_id = models.BigIntegerField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Event(models.Model):
    """One thing that a company's program is told, and how far that got. `cause` makes a fact tell once alone."""

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="events")
    esp_id = models.BigIntegerField()
    ident = models.CharField(max_length=40, unique=True)  # what the receiver tells repeats by
    kind = models.CharField(max_length=32)
    environment = models.CharField(max_length=10)
    report_number = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default="WAITING")  # WAITING, TAKEN, FAILED
    tries = models.IntegerField(default=0)
    first_try_at = models.DateTimeField(null=True)
    try_at = models.DateTimeField(null=True)  # when it is due; None where nothing is to be done

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hook", "cause"), name="one_event_of_a_cause"),)
        indexes = (
            models.Index(fields=("esp_id", "-id"), name="told_newest"),
            models.Index(fields=("try_at",), condition=models.Q(state="WAITING"), name="told_due"),
        )


class Try(models.Model):
    """One try to hand an event over: the answer's status (0: none), why there was none, how long it took."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attempts")
    esp_id = models.BigIntegerField()
    at = models.DateTimeField()
    status = models.SmallIntegerField()
    trouble = models.CharField(max_length=16, blank=True)
    milliseconds = models.IntegerField()


class MailAddress(models.Model):
    """Where a company is written to: before a preservation ends, and when its webhook is set aside."""

    id = models.BigAutoField(primary_key=True)
    esp_id = models.BigIntegerField()
    mail = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("esp_id", "mail"), condition=models.Q(ended_at=None), name="one_live_mail_address"
            ),
        )


class Reminder(models.Model):
    """A company was reminded, so many days before, of its reports whose data may go after `ends_on`. Once."""

    id = models.BigAutoField(primary_key=True)
    esp_id = models.BigIntegerField()
    ends_on = models.DateField()
    days = models.SmallIntegerField()
    reports = models.IntegerField()
    letters = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("esp_id", "ends_on", "days"), name="one_reminder"),)


class Letter(models.Model):
    """A mail to a company, sealed until it went out and dropped then."""

    id = models.BigAutoField(primary_key=True)
    esp_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)  # reminder, set_aside
    ident = models.UUIDField(unique=True)
    to_mail = models.CharField(max_length=254)
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="WAITING")  # WAITING, SENT, FAILED
    tries = models.IntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=12, blank=True)  # no_server, outage, refused
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("esp_id", "-id"), name="letter_newest"),
            models.Index(fields=("try_at",), condition=models.Q(state="WAITING"), name="letter_due"),
        )

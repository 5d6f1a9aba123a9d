"""Tables of notices: cases of one address each, what was sent, what was answered, what checks showed."""

from __future__ import annotations

from django.db import models


class Case(models.Model):
    """One web address in its one writing. `episode` counts how often it came up again after it had ended."""

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(unique=True)  # ten digits, random: our reference outside
    url = models.CharField(max_length=2000)
    url_sha256 = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=255, db_index=True)
    state = models.CharField(max_length=12)
    episode = models.IntegerField(default=1)
    entered_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # when something is due by the ladder
    next_act = models.CharField(max_length=12, blank=True)  # again, escalate, check, confirm
    # What a person verified, and how.
    classification = models.CharField(max_length=8, blank=True)
    detection_method = models.CharField(max_length=16, blank=True)
    media_type = models.CharField(max_length=8, blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=160, blank=True)
    verified_how = models.CharField(max_length=1000, blank=True)
    # Where it is hosted, as far as somebody found out.
    hosting_provider = models.CharField(max_length=200, blank=True)
    registrar = models.CharField(max_length=200, blank=True)
    asn = models.BigIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("state", "moved_at"), name="notice_case_by_age"),
            models.Index(fields=("next_at",), condition=models.Q(next_at__isnull=False), name="notice_case_due"),
        )


class Origin(models.Model):
    """From where an address came in; two writings of one page are two origins of one case."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="origins")
    source = models.CharField(max_length=8)  # REPORT, PARTNER, PUBLIC, DESK
    report_number = models.BigIntegerField(null=True, db_index=True)
    partner_id = models.BigIntegerField(null=True)
    written = models.CharField(max_length=4000)  # as it was given
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)


class JournalLine(models.Model):
    """One move or act on a case; never changed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="journal")
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    code = models.CharField(max_length=24)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=2000, blank=True)


class Hold(models.Model):
    """The police come first: nothing is sent about a case while such a hold lives."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    agency = models.CharField(max_length=200)
    why = models.CharField(max_length=1000)
    until = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=160)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=160, blank=True)


class CaseContact(models.Model):
    """Somebody who may get a notice about a case, as a person wrote it down or a look-up said."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    source = models.CharField(max_length=8)  # person, rdap
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    certainty = models.CharField(max_length=6)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "source", "kind", "email"), name="one_contact_of_a_case"),
        )


class Notice(models.Model):
    """One notice to one recipient. The recipient's page reads this row and its answers, and nothing else.

    Of the link's token only the digest is kept; the mail, which holds the link, is encrypted until it went out and is
    dropped then. `standing` is the recipient's view of the case.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    episode = models.IntegerField(default=1)
    report_id = models.UUIDField(unique=True)
    course = models.UUIDField(db_index=True)  # the same for all notices of one case to one recipient in one episode
    round = models.IntegerField(default=1)
    kind = models.CharField(max_length=10)
    to_name = models.CharField(max_length=200)
    to_mail = models.CharField(max_length=254, blank=True)
    company = models.CharField(max_length=120, blank=True)  # short name in directory or registry; for figures
    esp_id = models.BigIntegerField(null=True, db_index=True)
    partner_id = models.BigIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    case_number = models.BigIntegerField()
    xarf = models.JSONField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    link_ends_at = models.DateTimeField()
    mail_sealed = models.BinaryField(null=True)
    mail_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)
    delivery = models.CharField(max_length=8)  # WAITING, SENT, BY_HAND, FAILED, STOPPED
    tries = models.IntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)  # a code: no_server, held, refused, outage
    sent_at = models.DateTimeField(null=True)
    first_sent_at = models.DateTimeField(null=True)  # of the course: the clock of time to removal
    standing = models.CharField(max_length=12, default="OPEN")
    acknowledged_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    said_back = models.CharField(max_length=2000, blank=True)  # our answer to a dispute
    # The mail that takes the notice back, to whoever had it: how far it got, and when it is due or went.
    withdrawal = models.CharField(max_length=8, blank=True)  # WAITING, SENT, BY_HAND, FAILED
    withdrawal_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("try_at",), condition=models.Q(delivery="WAITING"), name="notice_waiting"),
            models.Index(fields=("sent_at",), name="notice_sent_at"),
        )


class Answer(models.Model):
    """What a recipient said, by its link, by its program, or to a person who wrote it down; never changed."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=12)  # ACKNOWLEDGED, REMOVED, DISPUTED
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    account_suspended = models.BooleanField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    via = models.CharField(max_length=8)  # LINK, PROGRAM, LOG_IN, DESK
    by = models.CharField(max_length=160)
    taken_at = models.DateTimeField(null=True)  # the case has moved because of it
    outcome = models.CharField(max_length=12, blank=True)  # taken, or late: the case had ended


class Check(models.Model):
    """What somebody, or the fetcher, saw at an address at a time: a word, never a byte of the page."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=12)
    status_class = models.CharField(max_length=3, blank=True)  # "2xx"
    by_person = models.BooleanField()
    by = models.CharField(max_length=160)
    note = models.CharField(max_length=500, blank=True)

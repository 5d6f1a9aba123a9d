"""Tables of victim identification. What an agency handed in carries its agency, for row-level security."""

from __future__ import annotations

from django.db import models


class Series(models.Model):
    """The known pictures and videos of one child, or of children seen together, under a name that is nobody's name.

    `notification_sealed` holds how the person wishes to be told that their pictures were found; whether stands in
    `notification`.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=12)
    contact_agency = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=200, blank=True)  # an office, a telephone number; never a private person
    relationship = models.CharField(max_length=40, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    sex = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    is_distributed = models.BooleanField(null=True)
    notification = models.CharField(max_length=8, default="UNKNOWN")
    notification_sealed = models.BinaryField(null=True)
    identified_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(status__in=("IDENTIFIED", "UNIDENTIFIED")), name="series_status"),
        )


class SeriesPrint(models.Model):
    """One fingerprint of a picture of a series."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="prints")
    type = models.CharField(max_length=8)
    value = models.CharField(max_length=192)
    quality = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("series", "type", "value"), name="one_series_print"),)
        indexes = (models.Index(fields=("type", "value"), name="series_print_by_value"),)


class Collection(models.Model):
    """A seized collection as an agency handed it in: fingerprints of files, with the case they belong to.

    The file that was handed in lies sealed in the store under `incoming_name` until every row is read; then it is
    destroyed and its digest stays.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.CharField(max_length=64, db_index=True)
    officer = models.CharField(max_length=150)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="RECEIVED")
    case_number = models.CharField(max_length=80)
    exhibit = models.CharField(max_length=80, blank=True)
    legal_basis = models.CharField(max_length=120)
    device = models.CharField(max_length=120, blank=True)
    form = models.CharField(max_length=8, blank=True)  # VICS or CSV, as it turned out
    incoming_name = models.CharField(max_length=80, blank=True)
    wrapped_key = models.BinaryField(null=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    bytes_read = models.BigIntegerField(default=0)
    rows_read = models.IntegerField(default=0)
    rows_bad = models.IntegerField(default=0)
    identified = models.IntegerField(default=0)
    recognised = models.IntegerField(default=0)
    unrecognised = models.IntegerField(default=0)
    not_relevant = models.IntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("RECEIVED", "READING", "READ", "FAILED", "REVIEWED")),
                name="collection_state",
            ),
        )
        indexes = (models.Index(fields=("state", "changed_at"), name="collection_by_state"),)


class SeizedRow(models.Model):
    """One file of a collection by its fingerprints, and what we say of it. No name and no path is kept."""

    id = models.BigAutoField(primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="rows", db_index=False)
    agency = models.CharField(max_length=64)
    row = models.IntegerField()
    media_id = models.CharField(max_length=80, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    sha1 = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pdq = models.CharField(max_length=64, blank=True)
    pdq_quality = models.SmallIntegerField(default=0)
    photodna = models.CharField(max_length=192, blank=True)
    size = models.BigIntegerField(null=True)
    category = models.SmallIntegerField(default=0)
    found = models.CharField(max_length=12)  # IDENTIFIED, RECOGNISED, UNRECOGNISED, NOT_RELEVANT
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    how = models.CharField(max_length=8, blank=True)  # the fingerprint that agreed
    distance = models.SmallIntegerField(default=0)
    source = models.CharField(max_length=40, blank=True)  # "series", "report", or the slug of a list

    class Meta:
        constraints = (models.UniqueConstraint(fields=("collection", "row"), name="one_seized_row"),)
        indexes = (models.Index(fields=("collection", "found", "row"), name="seized_row_by_class"),)


class RowProblem(models.Model):
    """What was wrong with a field of a row; the value itself is not kept. The first thousand of a collection."""

    id = models.BigAutoField(primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="problems")
    agency = models.CharField(max_length=64)
    row = models.IntegerField()
    field = models.CharField(max_length=20, blank=True)
    sentence = models.CharField(max_length=120)


class CollectionEvent(models.Model):
    """One act upon a collection, from the hand-over to the last download: its chain of custody. Append-only."""

    id = models.BigAutoField(primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="events")
    agency = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    act = models.CharField(max_length=24)
    detail = models.CharField(max_length=200, blank=True)


class Decision(models.Model):
    """What an analyst said of a collection's files of a series, or of one file. Append-only."""

    id = models.BigAutoField(primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="decisions")
    agency = models.CharField(max_length=64)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    row = models.IntegerField(null=True)
    verdict = models.CharField(max_length=12)
    files = models.IntegerField()
    reviewer = models.CharField(max_length=150)
    note_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()


class NewChild(models.Model):
    """A child of no known series whom an agency identified: to be handed in within ten business days."""

    id = models.BigAutoField(primary_key=True)
    agency = models.CharField(max_length=64, db_index=True)
    officer = models.CharField(max_length=150)
    state = models.CharField(max_length=12)
    case_number = models.CharField(max_length=80)
    identified_on = models.DateField()
    due_on = models.DateField()
    relationship = models.CharField(max_length=40, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    sex = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    contact_agency = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    notification = models.CharField(max_length=8, default="UNKNOWN")
    notification_sealed = models.BinaryField(null=True)
    announced_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    assigned_by = models.CharField(max_length=150, blank=True)
    assigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("ANNOUNCED", "SUBMITTED", "ASSIGNED")), name="new_child_state"
            ),
        )


class NewChildPrint(models.Model):
    """One fingerprint of a picture of a newly identified child."""

    id = models.BigAutoField(primary_key=True)
    new_child = models.ForeignKey(NewChild, on_delete=models.PROTECT, related_name="prints")
    agency = models.CharField(max_length=64)
    type = models.CharField(max_length=8)
    value = models.CharField(max_length=192)
    quality = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("new_child", "type", "value"), name="one_new_child_print"),)


class Roster(models.Model):
    """The contacts found with one suspect: every one of them may be a child."""

    id = models.BigAutoField(primary_key=True)
    agency = models.CharField(max_length=64, db_index=True)
    officer = models.CharField(max_length=150)
    case_number = models.CharField(max_length=80)
    rows_total = models.IntegerField()
    rows_read = models.IntegerField()
    received_at = models.DateTimeField()
    searched_at = models.DateTimeField(null=True)


class RosterChild(models.Model):
    """One contact of a roster: as written, as compared, where the child is thought to be, and whether found."""

    id = models.BigAutoField(primary_key=True)
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="children")
    agency = models.CharField(max_length=64)
    row = models.IntegerField()
    written = models.CharField(max_length=500)
    kind = models.CharField(max_length=16, blank=True)
    value = models.CharField(max_length=500, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, default="SOUGHT")
    country = models.CharField(max_length=2, blank=True)
    with_agency = models.CharField(max_length=200, blank=True)
    sightings = models.IntegerField(null=True)  # reports in which the contact stands; None until searched
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("roster", "row"), name="one_roster_row"),)


class RosterSighting(models.Model):
    """A report in which a contact of a roster stands. For the desk; an agency learns how many there are."""

    id = models.BigAutoField(primary_key=True)
    child = models.ForeignKey(RosterChild, on_delete=models.PROTECT, related_name="seen_in")
    report_id = models.BigIntegerField()
    report_number = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("child", "report_id"), name="one_roster_sighting"),)
        # A cluster's page asks which rosters meet in its reports.
        indexes = (models.Index(fields=("report_id",), name="roster_sighting_of_report"),)


class IdentifiedCount(models.Model):
    """How many children were identified, as somebody said at a date; never changed, a newer row stands beside it."""

    id = models.BigAutoField(primary_key=True)
    value = models.IntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=200)
    certainty = models.CharField(max_length=8)
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

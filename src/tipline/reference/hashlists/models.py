"""Tables of hash lists."""

from __future__ import annotations

from django.db import models


class HashList(models.Model):
    """One list; in the sharing API an environment of its own. `slug` is the first part of its address.

    `settled_to` is the end of the latest window that a consumer was promised whole: whatever changes later is stamped
    after it. `edition` is a fresh random number at each change, so that a cache knows whether it is current.
    """

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    admission = models.CharField(max_length=16, default="THREE_PEOPLE")
    settled_to = models.DateTimeField(null=True)
    edition = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()


class Entry(models.Model):
    """One known picture or video. Only its newest state is served; `changed_at` is the time of that state.

    `changed_at` is in whole seconds, as on the wire. A deleted entry keeps its row (the tombstone) for ever and loses
    its fingerprints; proposed anew it begins another `round` of judgement, and until that has ended consumers are
    still told that it is gone (`deleted_at`).
    """

    id = models.BigAutoField(primary_key=True)
    hash_list = models.ForeignKey(HashList, on_delete=models.PROTECT, related_name="entries")
    member = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    entry_id = models.CharField(max_length=80)  # the member's own
    media = models.CharField(max_length=5)
    classification = models.CharField(max_length=2, blank=True)
    categorizations = models.JSONField(default=list)  # GUIDs of this list's categorisations
    state = models.CharField(max_length=8)
    source = models.CharField(max_length=16)
    report_id = models.BigIntegerField(null=True)
    file_id = models.CharField(max_length=32, blank=True)
    canary_of = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by = models.CharField(max_length=170)
    proposed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    round = models.SmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("hash_list", "member", "entry_id"), name="one_entry_of_member"),
            models.CheckConstraint(
                condition=models.Q(state__in=("PROPOSED", "ACTIVE", "REJECTED", "DELETED")), name="entry_state"
            ),
        )
        indexes = (
            models.Index(fields=("hash_list", "changed_at", "id"), name="entry_by_change"),
            models.Index(fields=("state", "id"), name="entry_by_state"),
        )


class EntryPrint(models.Model):
    """One fingerprint of an entry. `value` for small types; `data` for those that are served by address."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="prints")
    type = models.CharField(max_length=16)
    value = models.CharField(max_length=512, blank=True)
    data = models.BinaryField(null=True)
    quality = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "type"), name="one_print_of_type"),)
        indexes = (models.Index(fields=("type", "value"), name="print_by_value"),)


class EntryFeatures(models.Model):
    """The local features of an entry's picture, where it was at hand; sealed: a picture could be drawn from them.

    They leave the house through no door. `rows`: how many of them are in the index.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="features")
    sealed = models.BinaryField()
    rows = models.SmallIntegerField()


class EntryFrames(models.Model):
    """The frames of an entry's film, densely hashed by ourselves: `packed` as `media.video.prints` writes them.

    One row a film: frames are read together, for the index or to be searched among earlier files. `digest` is that of
    the entry's by which the film's bytes were found. A row is never changed, and numbers are in the order of commits
    (`films.keep`).
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="frames")
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()
    count = models.IntegerField()
    at = models.DateTimeField()


class Judgement(models.Model):
    """One person's verdict on a proposed entry, given without seeing the others'. Append-only."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="judgements")
    round = models.SmallIntegerField(default=1)
    reviewer = models.CharField(max_length=170)
    verdict = models.CharField(max_length=8)  # A1 A2 B1 B2, or REJECT
    note = models.CharField(max_length=300, blank=True)
    settles = models.BooleanField(default=False)  # the fourth person, who sees that there is a disagreement
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "round", "reviewer"), name="one_judgement_a_person"),)


class Move(models.Model):
    """One change of an entry's state: who, when, why. Append-only; the facts of statistics are counted from it."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=8, blank=True)
    to_state = models.CharField(max_length=8)
    classification = models.CharField(max_length=2, blank=True)
    by = models.CharField(max_length=170)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="move_by_time"),)


class Vote(models.Model):
    """What a partner last said of one fingerprint of an entry."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="votes")
    type = models.CharField(max_length=16)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)  # GUIDs of FeedbackReason
    tags = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "type", "partner"), name="one_vote_a_partner"),)


class FeedbackReason(models.Model):
    """An allowed reason for a negative vote on a type of fingerprint."""

    guid = models.UUIDField(primary_key=True)
    hash_list = models.ForeignKey(HashList, on_delete=models.PROTECT, related_name="reasons")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=16)


class Categorization(models.Model):
    """A tag that an owner may put on an entry, in its group. GUIDs differ from list to list."""

    guid = models.UUIDField(primary_key=True)
    hash_list = models.ForeignKey(HashList, on_delete=models.PROTECT, related_name="categorizations")
    group = models.CharField(max_length=60)
    allow_multiple = models.BooleanField()
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)


class AccessGrant(models.Model):
    """A member lets another see its entries. No grant at all: everybody may."""

    id = models.BigAutoField(primary_key=True)
    hash_list = models.ForeignKey(HashList, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    granted = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hash_list", "owner", "granted"), name="one_access_grant"),)


class Hit(models.Model):
    """A file of a report agreed with an entry. Counted for survivors and for the flood brake.

    `came_before`: the report came in before the entry was there. A survivor is never told of such a one.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="hits")
    report_id = models.BigIntegerField()
    file_id = models.CharField(max_length=32)
    how = models.CharField(max_length=16)
    distance = models.SmallIntegerField(default=0)
    form = models.CharField(max_length=16, blank=True, default="")  # of the file's picture, for PDQ: domain.known
    at = models.DateTimeField()
    came_before = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "file_id"), name="one_hit_of_file"),)


class WithdrawnPrint(models.Model):
    """A fingerprint of a survivor's entry that was withdrawn: platforms that hold it must be told which to delete.

    The StopNCII form names hashes by value alone, so a tombstone without fingerprints could tell them nothing.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="withdrawn_prints")
    type = models.CharField(max_length=16)
    value = models.CharField(max_length=512)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("type", "value"), name="withdrawn_by_value"),)


class EntryHold(models.Model):
    """An entry that suddenly agreed with very many files: looked up no more until a person says what it is.

    A row that was released stays: what a person found right is not held again.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="holds")
    files = models.IntegerField()  # that agreed within a day when it was held
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=170, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry",), name="one_hold_of_entry"),)


class NeverCounts(models.Model):
    """A fingerprint that never counts, on no side: a flat picture, a default avatar. Ended rows are kept."""

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=16)
    value = models.CharField(max_length=512)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=170)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=170, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("type", "value"), condition=models.Q(ended_at=None), name="one_never_of_value"
            ),
        )


class ListImport(models.Model):
    """A file of entries that is brought onto a list, and how far that has come: the same file again goes on there."""

    id = models.BigAutoField(primary_key=True)
    hash_list = models.ForeignKey(HashList, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    rows_done = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True, default="")
    # Handed in at the desk: by whom, and where the file lies sealed until it was read.
    by = models.CharField(max_length=170, blank=True, default="")
    classification = models.CharField(max_length=4, blank=True, default="")
    incoming_name = models.CharField(max_length=100, blank=True, default="")
    wrapped_key = models.BinaryField(null=True)
    size = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hash_list", "member", "sha256"), name="one_import_of_file"),)


class ImportProblem(models.Model):
    """One thing that is wrong with one row of an import; the value itself is never repeated."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="problems")
    row = models.BigIntegerField()
    field = models.CharField(max_length=20, blank=True)
    sentence = models.CharField(max_length=200)

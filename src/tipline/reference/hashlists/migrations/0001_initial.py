import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HashList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("admission", models.CharField(default="THREE_PEOPLE", max_length=16)),
                ("settled_to", models.DateTimeField(null=True)),
                ("edition", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entry_id", models.CharField(max_length=80)),
                ("media", models.CharField(max_length=5)),
                ("classification", models.CharField(blank=True, max_length=2)),
                ("categorizations", models.JSONField(default=list)),
                ("state", models.CharField(max_length=8)),
                ("source", models.CharField(max_length=16)),
                ("report_id", models.BigIntegerField(null=True)),
                ("file_id", models.CharField(blank=True, max_length=32)),
                ("proposed_by", models.CharField(max_length=170)),
                ("proposed_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("round", models.SmallIntegerField(default=1)),
                (
                    "canary_of",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "hash_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="hashlists.hashlist"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeedbackReason",
            fields=[
                ("guid", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("type", models.CharField(max_length=16)),
                (
                    "hash_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reasons", to="hashlists.hashlist"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Categorization",
            fields=[
                ("guid", models.UUIDField(primary_key=True, serialize=False)),
                ("group", models.CharField(max_length=60)),
                ("allow_multiple", models.BooleanField()),
                ("name", models.CharField(max_length=120)),
                ("position", models.SmallIntegerField(default=0)),
                (
                    "hash_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="categorizations",
                        to="hashlists.hashlist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "granted",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "hash_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hashlists.hashlist"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("report_id", models.BigIntegerField()),
                ("file_id", models.CharField(max_length=32)),
                ("how", models.CharField(max_length=16)),
                ("distance", models.SmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="hashlists.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("round", models.SmallIntegerField(default=1)),
                ("reviewer", models.CharField(max_length=170)),
                ("verdict", models.CharField(max_length=8)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("settles", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="hashlists.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_state", models.CharField(blank=True, max_length=8)),
                ("to_state", models.CharField(max_length=8)),
                ("classification", models.CharField(blank=True, max_length=2)),
                ("by", models.CharField(max_length=170)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="hashlists.entry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=16)),
                ("verdict", models.CharField(max_length=12)),
                ("reasons", models.JSONField(default=list)),
                ("tags", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="hashlists.entry"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntryPrint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=16)),
                ("value", models.CharField(blank=True, max_length=512)),
                ("data", models.BinaryField(null=True)),
                ("quality", models.SmallIntegerField(default=0)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prints", to="hashlists.entry"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["type", "value"], name="print_by_value")],
                "constraints": [models.UniqueConstraint(fields=("entry", "type"), name="one_print_of_type")],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["hash_list", "changed_at", "id"], name="entry_by_change"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["state", "id"], name="entry_by_state"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("hash_list", "member", "entry_id"), name="one_entry_of_member"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("PROPOSED", "ACTIVE", "REJECTED", "DELETED"))), name="entry_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="accessgrant",
            constraint=models.UniqueConstraint(fields=("hash_list", "owner", "granted"), name="one_access_grant"),
        ),
        migrations.AddConstraint(
            model_name="hit",
            constraint=models.UniqueConstraint(fields=("entry", "file_id"), name="one_hit_of_file"),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(fields=("entry", "round", "reviewer"), name="one_judgement_a_person"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["at"], name="move_by_time"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("entry", "type", "partner"), name="one_vote_a_partner"),
        ),
    ]

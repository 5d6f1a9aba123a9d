"""Hash lists grow: earlier files are found by MD5 and SHA-1 too."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the two indexes."""

    dependencies = (("reports", "0004_doors_see_their_own"),)
    operations = (
        migrations.AddIndex(model_name="file", index=models.Index(fields=["md5"], name="file_by_md5")),
        migrations.AddIndex(model_name="file", index=models.Index(fields=["sha1"], name="file_by_sha1")),
    )

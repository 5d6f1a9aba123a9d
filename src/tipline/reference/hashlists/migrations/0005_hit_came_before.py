"""The survivors' door is not told whether a file was known before somebody asked about it.

Else anybody could hand in a picture's hashes and read whether it was ever reported; whoever made the picture too.
What is counted already counts as known before.
"""

from django.db import migrations, models

_FORWARD = """
CREATE POLICY hashlists_hit_since ON hashlists_hit AS RESTRICTIVE TO tipline_survivors USING (NOT came_before);
"""


class Migration(migrations.Migration):
    """Adds the column, and the policy that hides such hits from the door."""

    dependencies = (("hashlists", "0004_withdrawn_print"),)
    operations = (
        migrations.AddField("hit", "came_before", models.BooleanField(default=False)),
        migrations.RunSQL("UPDATE hashlists_hit SET came_before = true", migrations.RunSQL.noop),
        migrations.RunSQL(_FORWARD, "DROP POLICY hashlists_hit_since ON hashlists_hit"),
    )

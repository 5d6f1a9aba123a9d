from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_row_level_security")]
    operations = [
        migrations.AlterField(
            model_name="espcredential",
            name="secret_argon2id",
            field=models.CharField(db_column="secret_argon2id", max_length=200),
        ),
        migrations.RenameField(model_name="espcredential", old_name="secret_argon2id", new_name="secret_kept"),
    ]

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (HERE / "0002_laws.sql").read_text("utf-8"),
            (HERE / "0002_laws_undone.sql").read_text("utf-8"),
        )
    ]

"""Case numbers come from a sequence: unique under any concurrency, gaps allowed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE cases_case_number AS bigint",
            "DROP SEQUENCE cases_case_number",
        )
    ]

"""Nobody publishes what they drafted, edited or submitted, whatever the code above believes."""

from django.db import migrations

FORWARD = """
ALTER TABLE policy_ruleversion ADD CONSTRAINT policy_ruleversion_published_by_another
    CHECK (NOT jsonb_exists(editors, published_by));
"""

BACKWARD = """
ALTER TABLE policy_ruleversion DROP CONSTRAINT policy_ruleversion_published_by_another;
"""


class Migration(migrations.Migration):

    dependencies = [("policy", "0003_drafts_and_publishers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

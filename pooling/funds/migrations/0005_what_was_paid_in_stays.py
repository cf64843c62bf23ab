"""What the registry paid in stays as it was stated.

Pages tell these rows, and a file loaded again is compared with them: changed or taken away they
would contradict the books, which keep the money.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION funds_paid_in_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME,
        MESSAGE = format('%s %s violates "%s": %s refused',
                         TG_TABLE_NAME, OLD.id, TG_NAME, TG_OP);
END $$;

CREATE TRIGGER funds_contribution_append_only BEFORE UPDATE OR DELETE ON funds_contribution
    FOR EACH ROW EXECUTE FUNCTION funds_paid_in_stays();
CREATE TRIGGER funds_deposit_append_only BEFORE UPDATE OR DELETE ON funds_deposit
    FOR EACH ROW EXECUTE FUNCTION funds_paid_in_stays();
"""

BACKWARD = "DROP FUNCTION funds_paid_in_stays() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("funds", "0004_premiums_to_the_bank")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

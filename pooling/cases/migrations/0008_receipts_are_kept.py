"""A printing once counted stays: only that it is void may be added, once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_receipt_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_void CONSTANT text[] := ARRAY['voided_at', 'voided_by', 'void_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.voided_at IS NULL
        AND to_jsonb(OLD) - of_void = to_jsonb(NEW) - of_void
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'receipt % violates "cases_receipt_is_kept"', OLD.id
        USING ERRCODE = 'check_violation',
              CONSTRAINT = 'cases_receipt_is_kept',
              TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER cases_receipt_is_kept
    BEFORE UPDATE OR DELETE ON cases_receipt
    FOR EACH ROW EXECUTE FUNCTION cases_receipt_is_kept();
"""

BACKWARD = """
DROP TRIGGER cases_receipt_is_kept ON cases_receipt;
DROP FUNCTION cases_receipt_is_kept();
"""


class Migration(migrations.Migration):

    dependencies = [("cases", "0007_receipts_counted")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

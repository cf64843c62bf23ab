"""What was settled stays: amounts never change, only what went back grows, nothing is deleted.

The ciphertext of the buyer may change, so that keys can be rotated.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION settlements_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := TG_ARGV;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % violates "settlements_final"', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'settlements_final',
              TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION settlements_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % violates "settlements_final"', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'settlements_final',
              TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER settlements_final BEFORE UPDATE OR DELETE ON settlements_settlement
    FOR EACH ROW EXECUTE FUNCTION settlements_stay(
        'status', 'refunded_fen', 'reversed_at', 'reversal_reason', 'reversal_entry_id',
        'buyer_sealed');
CREATE TRIGGER settlements_forward BEFORE UPDATE ON settlements_settlement
    FOR EACH ROW WHEN (NEW.refunded_fen < OLD.refunded_fen
        OR (OLD.status = 'reversed' AND NEW.status <> 'reversed'))
    EXECUTE FUNCTION settlements_only_forward();

CREATE TRIGGER settlements_final BEFORE UPDATE OR DELETE ON settlements_line
    FOR EACH ROW EXECUTE FUNCTION settlements_stay('returned_fen');
CREATE TRIGGER settlements_forward BEFORE UPDATE ON settlements_line
    FOR EACH ROW WHEN (NEW.returned_fen < OLD.returned_fen)
    EXECUTE FUNCTION settlements_only_forward();

CREATE TRIGGER settlements_final BEFORE UPDATE OR DELETE ON settlements_refund
    FOR EACH ROW EXECUTE FUNCTION settlements_stay();
CREATE TRIGGER settlements_final BEFORE UPDATE OR DELETE ON settlements_refundline
    FOR EACH ROW EXECUTE FUNCTION settlements_stay();
"""

BACKWARD = """
DROP TRIGGER settlements_final ON settlements_refundline;
DROP TRIGGER settlements_final ON settlements_refund;
DROP TRIGGER settlements_forward ON settlements_line;
DROP TRIGGER settlements_final ON settlements_line;
DROP TRIGGER settlements_forward ON settlements_settlement;
DROP TRIGGER settlements_final ON settlements_settlement;
DROP FUNCTION settlements_only_forward();
DROP FUNCTION settlements_stay();
"""


class Migration(migrations.Migration):

    dependencies = [("settlements", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""The log stays as it was written: only time takes contents, and later whole lines, away.

How long each is kept is a setting (`pooling.hospital.services.exchanges`); below the limits here
nobody goes, whatever it says.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hospital_exchange_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    contents text[] := ARRAY['request_sealed', 'answer_sealed'];
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '90 days' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.at < now() - interval '7 days'
        AND NEW.request_sealed IS NULL AND NEW.answer_sealed IS NULL
        AND to_jsonb(NEW) - contents = to_jsonb(OLD) - contents THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
        CONSTRAINT = 'hospital_exchange_stays',
        MESSAGE = format('%s %s violates "hospital_exchange_stays": %s refused',
                         TG_TABLE_NAME, OLD.id, TG_OP);
END $$;

CREATE TRIGGER hospital_exchange_append_only BEFORE UPDATE OR DELETE ON hospital_exchange
    FOR EACH ROW EXECUTE FUNCTION hospital_exchange_stays();
"""

BACKWARD = "DROP FUNCTION hospital_exchange_stays() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("hospital", "0008_message_log")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

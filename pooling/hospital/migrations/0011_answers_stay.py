"""What a till was answered, and what is reckoned with its institution, stays as it was said.

A repeated message is answered from its row, and 3201 adds up the lines: whoever could change
either would make us say that something else had happened. Only how often it was repeated
grows; the ciphertext of an answer may change, so that keys can be rotated.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hospital_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME,
        MESSAGE = format('%s %s violates "%s": %s refused',
                         TG_TABLE_NAME, OLD.id, TG_NAME, TG_OP);
END $$;

CREATE TRIGGER hospital_clearingline_append_only
    BEFORE UPDATE OR DELETE ON hospital_clearingline
    FOR EACH ROW EXECUTE FUNCTION hospital_stays();

-- Conditions rather than a function's: a till's own answer costs no call.
CREATE TRIGGER hospital_message_append_only BEFORE UPDATE ON hospital_message
    FOR EACH ROW WHEN (
        (OLD.id, OLD.client_id, OLD.key, OLD.kind, OLD.institution_id, OLD.infno, OLD.message_id,
            OLD.fingerprint, OLD.received_at)
        IS DISTINCT FROM
        (NEW.id, NEW.client_id, NEW.key, NEW.kind, NEW.institution_id, NEW.infno, NEW.message_id,
            NEW.fingerprint, NEW.received_at)
        OR NEW.replays < OLD.replays
        OR (OLD.status IS NOT NULL
            AND (OLD.status, OLD.answer, OLD.answer_sealed IS NULL)
                IS DISTINCT FROM (NEW.status, NEW.answer, NEW.answer_sealed IS NULL)))
    EXECUTE FUNCTION hospital_stays();
CREATE TRIGGER hospital_message_never_deleted BEFORE DELETE ON hospital_message
    FOR EACH ROW EXECUTE FUNCTION hospital_stays();
"""

BACKWARD = "DROP FUNCTION hospital_stays() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("hospital", "0010_log_by_msgid")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

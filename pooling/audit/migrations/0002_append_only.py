from django.db import migrations

FORWARD = """
-- The trail is written once; each refusal names its law as a CHECK would.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_TABLE_NAME || '_append_only',
        MESSAGE = format('"%s" violates "%s_append_only": %s refused',
                         TG_TABLE_NAME, TG_TABLE_NAME, TG_OP);
END $$;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_look_append_only BEFORE UPDATE OR DELETE ON audit_look
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();

-- A member asks who looked at them: `member_ids @> '[12]'`.
CREATE INDEX audit_look_members ON audit_look USING gin (member_ids jsonb_path_ops);
"""

BACKWARD = """
DROP INDEX audit_look_members;
DROP FUNCTION audit_append_only() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

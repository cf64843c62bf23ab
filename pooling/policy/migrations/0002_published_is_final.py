"""What is published can be neither changed nor taken away, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION policy_ruleversion_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'rule version % violates "policy_ruleversion_published_is_final"', OLD.id
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'policy_ruleversion_published_is_final',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER policy_ruleversion_published_is_final
    BEFORE UPDATE OR DELETE ON policy_ruleversion
    FOR EACH ROW EXECUTE FUNCTION policy_ruleversion_is_final();

CREATE FUNCTION policy_clause_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- FOR SHARE waits for a publication under way: no clause slips in beside it.
    PERFORM 1 FROM policy_ruleversion
        WHERE id IN (OLD.version_id, NEW.version_id) AND status = 'published' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'clause % violates "policy_clause_published_is_final"',
            coalesce(NEW.name, OLD.name)
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'policy_clause_published_is_final',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER policy_clause_published_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON policy_clause
    FOR EACH ROW EXECUTE FUNCTION policy_clause_is_final();
"""

BACKWARD = """
DROP TRIGGER policy_clause_published_is_final ON policy_clause;
DROP FUNCTION policy_clause_is_final();
DROP TRIGGER policy_ruleversion_published_is_final ON policy_ruleversion;
DROP FUNCTION policy_ruleversion_is_final();
"""


class Migration(migrations.Migration):

    dependencies = [("policy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

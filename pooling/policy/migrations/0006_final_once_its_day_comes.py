"""What is published stays as it is; only before its day may it be withdrawn, by two people.

The ten minutes are those of `publishing.WITHDRAWN_BEFORE`: a withdrawal that reaches over
midnight would overturn an answer given just after it.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION policy_ruleversion_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_withdrawal CONSTANT text[] := ARRAY['status', 'withdrawal_asked_at', 'withdrawal_asked_by',
        'withdrawal_reason', 'withdrawn_at', 'withdrawn_by'];
BEGIN
    IF OLD.status NOT IN ('published', 'withdrawn') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'published'
        AND NEW.status IN ('published', 'withdrawn')
        AND to_jsonb(OLD) - of_withdrawal = to_jsonb(NEW) - of_withdrawal
        -- What was asked stays asked, and by whom: withdrawing adds to it.
        AND (OLD.withdrawal_asked_at IS NULL
             OR (OLD.withdrawal_asked_at, OLD.withdrawal_asked_by, OLD.withdrawal_reason)
              = (NEW.withdrawal_asked_at, NEW.withdrawal_asked_by, NEW.withdrawal_reason))
        AND (NEW.status = 'published' OR OLD.withdrawal_asked_at IS NOT NULL)
        AND OLD.from_date
          > (clock_timestamp() AT TIME ZONE 'Asia/Shanghai' + interval '10 minutes')::date
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rule version % violates "policy_ruleversion_published_is_final"', OLD.id
        USING ERRCODE = 'check_violation',
              CONSTRAINT = 'policy_ruleversion_published_is_final',
              TABLE = TG_TABLE_NAME;
END $$;

CREATE OR REPLACE FUNCTION policy_clause_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- FOR SHARE waits for a publication under way: no clause slips in beside it.
    PERFORM 1 FROM policy_ruleversion
        WHERE id IN (OLD.version_id, NEW.version_id) AND status IN ('published', 'withdrawn')
        FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'clause % violates "policy_clause_published_is_final"',
            coalesce(NEW.name, OLD.name)
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'policy_clause_published_is_final',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION policy_ruleversion_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'rule version % violates "policy_ruleversion_published_is_final"', OLD.id
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'policy_ruleversion_published_is_final',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE OR REPLACE FUNCTION policy_clause_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
"""


class Migration(migrations.Migration):

    dependencies = [("policy", "0005_withdrawn_before_its_day")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

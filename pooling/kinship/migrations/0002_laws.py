"""One spouse at a time, and every edge has its mirror, whoever writes."""

from django.db import migrations

FORWARD = """
-- A range of one id stands for the id: GiST knows ranges without any extension.
ALTER TABLE kinship_relation ADD CONSTRAINT kinship_relation_one_spouse_at_a_time
    EXCLUDE USING gist (
        int8range(member_id, member_id, '[]') WITH &&,
        daterange(from_date, to_date) WITH &&
    ) WHERE (kind = 'spouse');

CREATE FUNCTION kinship_relation_has_mirror() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1
        FROM kinship_relation one
        LEFT JOIN kinship_relation other ON other.id = one.inverse_id
        WHERE one.id = NEW.id
          AND (other.member_id, other.relative_id, other.inverse_id, other.from_date)
              IS DISTINCT FROM (one.relative_id, one.member_id, one.id, one.from_date)
           OR one.id = NEW.id AND other.to_date IS DISTINCT FROM one.to_date;
    IF FOUND THEN
        RAISE EXCEPTION 'relation % violates "kinship_relation_mirrored"', NEW.id
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'kinship_relation_mirrored',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER kinship_relation_mirrored
    AFTER INSERT OR UPDATE ON kinship_relation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION kinship_relation_has_mirror();
"""

BACKWARD = """
DROP TRIGGER kinship_relation_mirrored ON kinship_relation;
DROP FUNCTION kinship_relation_has_mirror();
ALTER TABLE kinship_relation DROP CONSTRAINT kinship_relation_one_spouse_at_a_time;
"""


class Migration(migrations.Migration):

    dependencies = [("kinship", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

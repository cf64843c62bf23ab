"""What is known of authorisations made before life events were followed."""

from django.db import migrations

#: Where each was insured on the day of consent, as the registry has it now; unknown stays
#: empty, and nobody has moved who is not known to have lived elsewhere. The employee
#: insurance counts for the payer, for the relative whichever counts.
AREAS = """
UPDATE bindings_binding AS binding SET
    payer_area = coalesce((
        SELECT area FROM accounts_enrolment AS row
        WHERE row.member_id = binding.payer_id AND row.insutype = '310' AND row.status <> '4'
          AND row.from_date <= made.day AND (row.to_date IS NULL OR row.to_date > made.day)
        ORDER BY row.from_date DESC, row.id DESC LIMIT 1), ''),
    relative_area = coalesce((
        SELECT area FROM accounts_enrolment AS row
        WHERE row.member_id = binding.relative_id AND row.status <> '4'
          AND row.from_date <= made.day AND (row.to_date IS NULL OR row.to_date > made.day)
        ORDER BY row.insutype, row.from_date DESC, row.id DESC LIMIT 1), '')
FROM (
    SELECT id, (coalesce(bound_at, signed_at) AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM bindings_binding
) AS made
WHERE made.id = binding.id
"""
#: Birthdays already passed are not told of years later. `age` knows 29 February as we do.
AGES = """
UPDATE bindings_binding AS binding SET age_told = CASE
    WHEN member.age >= 18 THEN 18 WHEN member.age >= 16 THEN 16 WHEN member.age >= 14 THEN 14
    ELSE 0 END
FROM (
    SELECT id, extract(year FROM age((now() AT TIME ZONE 'Asia/Shanghai')::date, birth_date)) AS age
    FROM accounts_member
) AS member
WHERE member.id = binding.relative_id
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("bindings", "0003_life_events")]

    operations = [
        migrations.RunSQL(AREAS, migrations.RunSQL.noop),
        migrations.RunSQL(AGES, migrations.RunSQL.noop),
    ]

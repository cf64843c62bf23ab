"""A test finds nothing that another one committed."""

import pytest
from django.core.cache import cache
from django.db import connection

from pooling.settlements.models import Settlement
from tests import build
from tests.emptying import empty, tables
from tests.settlements.household import household


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_and_roles_can_be_made_again():
    family = household()
    build.settle(family.mei, 1_000, place=family.clinic)
    build.staff()
    cache.set("attempts", 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'nothing')"
        )
        empty()
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
    assert not Settlement.objects.exists()
    assert build.staff("zhou.second").has_perm("cases.view_case")

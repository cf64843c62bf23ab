"""The demo goes in whole, twice the same, and leaves nothing in the clear."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Member
from pooling.policy import selectors as policy
from pooling.registry import demo, files, invention
from tests import build
from tests.registry.test_load_registry import load
from tests.registry.test_make_demo_registry import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    build.built_in_areas()
    make(tmp_path, 60)
    return tmp_path


def test_nothing_of_the_demo_is_refused_and_twice_is_the_same(folder):
    first = load(folder, "--strict")
    assert first.count("拒绝 0") == len(files.COLUMNS)
    again = load(folder, "--strict")
    assert again.count("新增 0，更正 0") == len(files.COLUMNS)
    assert again.count("拒绝 0") == len(files.COLUMNS)


def test_a_dry_run_finds_the_same_and_leaves_the_database_as_it_was(folder):
    said = load(folder, "--dry-run")
    assert said.replace("试运行：没有写入任何内容。\n", "") == load(folder)


def test_no_number_name_or_phone_stays_readable_in_any_table(folder):
    load(folder)
    secrets = {
        secret
        for person in Member.objects.all()
        for secret in (person.cert_no, person.name, person.phone)
        if secret
    }
    assert demo.phone(demo.PAYER) in secrets
    for table, text in _everything():
        found = [secret for secret in secrets if secret in text]
        assert not found, (table, found)


def _everything():
    """Yield each table with all its rows as text, binary columns also as UTF-8."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, memoryview | bytes):
                        yield table, bytes(value).decode("utf-8", "ignore")
                    else:
                        yield table, str(value)


def test_a_demo_of_one_is_one_payer(tmp_path):
    build.built_in_areas()
    call_command("make_demo_registry", str(tmp_path), members=1, seed=1, stdout=StringIO())
    assert "contributions.csv：新增 13" in load(tmp_path)
    assert Member.objects.get().psn_no == demo.psn_no(demo.PAYER)


def test_no_number_of_invented_people_asks_for_caps_their_area_does_not_offer():
    """`up` makes 600; what their area refuses would leave no demo at all."""
    build.built_in_areas(*demo.AREAS)
    given = [
        each
        for family in invention.families(3_000, 1, build.TODAY)
        for each in family.authorisations
    ]
    assert any(each.payer.area in demo.NO_CAPS for each in given)
    for each in given:
        offered = policy.in_force(each.payer.area, build.TODAY).value("caps_offered")
        asked = {"settlement": each.cap_per_settlement, "month": each.cap_per_month}
        assert {word for word, cap in asked.items() if cap} <= set(offered), each.payer.area

"""The usage log as a page: its parts, whom it names, and what it costs."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pooling.notices.models import Notice
from tests import build
from tests.settlements.household import STRANGERS, household

pytestmark = pytest.mark.django_db

LOG = "/usage/"


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr("pooling.settlements.views.now", lambda: build.NOON)


@pytest.fixture
def family():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    return family


@pytest.fixture
def wei(client, family):
    """Return the first payer's browser."""
    sign_in(client, family.wei)
    return client


def sign_in(client, member, phone="13800138000"):
    user = build.phone_user(phone, member=member)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")


def read(client, **only) -> str:
    return client.get(LOG, only).content.decode()


def test_the_own_family_is_named_in_full_with_the_relation(wei):
    page = read(wei)
    assert "梅（兄弟姐妹）" in page
    assert "¥</span>60.00" in page


def test_a_part_is_chosen_by_month_person_and_place(family, wei):
    assert "60.00" in read(wei, since="2026-10", until="2026-11", relative=family.mei.pk)
    assert "没有家人用您的账户" in read(wei, since="2026-10", until="2026-10")
    assert "没有家人用您的账户" in read(wei, relative=family.wei.pk)
    assert "没有家人用您的账户" in read(wei, place="pharmacy")
    assert "60.00" in read(wei, place="hospital", payer=family.wei.pk)
    turned = read(wei, since="2026-11", until="2026-10")
    assert "60.00" in turned, "the other way round is what was meant"


def test_people_on_offer_are_the_own_family_and_nobody_else(family, wei, client):
    page = wei.get(LOG)
    offered = {value for value, _word in page.context["form"].fields["relative"].choices}
    assert offered == {"", str(family.wei.pk), str(family.mei.pk)}
    payers = {value for value, _word in page.context["form"].fields["payer"].choices}
    assert payers == {"", str(family.wei.pk)}, "nobody pays for Wei"


def test_whoever_is_not_the_own_family_is_not_found_whether_they_exist_or_not(family, wei):
    stranger = build.employee("李四")
    answers = {
        wei.get(LOG, {name: pk}).content.decode().partition("<main")[2]
        for name in ("relative", "payer")
        for pk in (stranger.pk, stranger.pk + 9999, family.lan.pk)
    }
    assert len(answers) == 1
    assert wei.get(LOG, {"relative": stranger.pk}).status_code == 404


@pytest.mark.parametrize(
    "bent",
    [
        {"since": "2026-13"},
        {"since": "1999-01"},
        {"until": "x"},
        {"place": "clinic"},
        {"relative": "1 OR 1=1"},
    ],
)
def test_what_is_not_on_offer_is_not_found(wei, bent):
    assert wei.get(LOG, bent).status_code == 404


def test_a_hidden_visit_has_no_day_and_no_place_nor_has_its_page(family, wei):
    teenager = build.resident("小梅", area="999900", born="2011-06-01")
    build.active_binding(family.lan, teenager, "70")
    bill = build.settle(teenager, 1500, place=family.clinic)
    sign_in(wei, family.lan, "13900139000")
    page = read(wei, relative=teenager.pk)
    assert "15.00" in page
    assert "只显示金额和月份" in page
    assert "2026年11月22日" not in page
    assert f"/usage/{bill.uid}/" in page
    alone = wei.get(f"/usage/{bill.uid}/").content.decode()
    assert "15.00" in alone
    (told,) = [row for row in wei.get("/inbox/").content.decode().split("<li>") if "15.00" in row]
    assert "2026年11月" in told
    for said in (page, alone, told):
        assert "22日" not in said
        assert family.clinic.name not in said


def test_no_address_of_a_visit_can_be_counted_on_from_another(family, wei):
    first, second = (build.settle(family.mei, 100, place=family.clinic) for _ in range(2))
    assert first.uid.version == second.uid.version == 4, "drawn by chance, from nothing else"
    assert wei.get(f"/usage/{first.pk}/").status_code == 404
    told = Notice.objects.filter(member=family.mei).order_by("-pk").values_list("link", flat=True)
    assert list(told[:2]) == [f"/usage/{second.uid}/", f"/usage/{first.uid}/"]


def test_a_long_log_says_that_it_is_cut(family, wei, monkeypatch):
    monkeypatch.setattr("pooling.settlements.views.ROWS", 1)
    build.contribution(family.wei, 1000, area="999900")
    build.settle(family.mei, 1000, place=family.clinic)
    assert "这里只列出最近的 1 笔" in read(wei)


def test_the_page_costs_eight_statements_however_long_the_log_is(family, wei, client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LOG).status_code == 200
        return [each["sql"][:80] for each in asked]

    sign_in(client, family.mei, "13900139000")
    few = cost()
    for _each in range(4):
        build.settle(family.mei, 60000, place=family.clinic)
    many = cost()
    assert len(many) == len(few) <= 8, many


def test_the_page_is_read_through_the_indexes(family, client):
    sign_in(client, family.mei, "13900139000")
    with CaptureQueriesContext(connection) as asked:
        client.get(LOG)
    questions = [each["sql"] for each in asked if 'FROM "settlements_line"' in each["sql"]]
    assert len(questions) == 3, "what I gave, who paid for me, and the year"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STRANGERS)
        cursor.execute("ANALYZE settlements_line")
        for question in questions:
            cursor.execute(f"EXPLAIN {question}")
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on settlements_line" not in plan, question
        transaction.set_rollback(True)

"""What a registry may state that cannot be: named with its line, and nothing half done."""

import pytest

from accounts import selectors as people
from pooling.audit.models import Event
from pooling.funds.models import Contribution, Deposit, PersonalAccount
from pooling.kinship.models import Relation
from pooling.ledger import selectors as books
from pooling.ledger.models import Entry
from tests import build
from tests.registry.test_load_registry import load, write

pytestmark = pytest.mark.django_db

#: Wei and his son, the son once more under another number and a permit, and a twin of his.
BOY = ("2015-04-01", "1")


@pytest.fixture
def folder(tmp_path):
    build.employee("王伟", psn_no="P-WEI")
    build.resident("王小雨", psn_no="P-YU", born=BOY[0], gender=BOY[1])
    build.resident(" 王小雨", psn_no="P-YU2", born=BOY[0], gender=BOY[1])
    build.resident("王小晴", psn_no="P-QING", born=BOY[0], gender=BOY[1])
    return tmp_path


MONEY = {
    "reference": "C-1",
    "psn_no": "P-WEI",
    "area": "361100",
    "part": "current",
    "amount": "100.00",
    "business_date": "2026-01-01",
}
RELATION = {
    "psn_no": "P-WEI",
    "relative_psn_no": "P-YU",
    "relation": "20",
    "evidence": "household_register",
    "evidence_no": "",
    "from_date": "2015-04-01",
    "to_date": "",
}
DEPOSIT = {
    "kind": "wallet",
    "owner_psn_no": "P-WEI",
    "members": "",
    "amount": "100.00",
    "reference": "W-1",
    "business_date": "2026-01-01",
}


def line(stated: dict, column: str = "reference", value: str | None = None) -> str:
    said = stated if value is None else stated | {column: value}
    return ",".join(said.values())


def stated(folder, name: str, *lines: str) -> str:
    write(folder, name, *lines)
    return load(folder)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("area", "000000", "没有统筹区 000000"),
        ("area", "990000", "没有统筹区 990000"),
        ("area", "189900", "没有统筹区"),
        ("area", "３６１１００", "六位数字"),
        ("amount", "10000000000000.00", "金额须为元"),
        ("amount", "9999999999999.99", "一笔不能超过"),
        ("amount", "10000000.01", "一笔不能超过 10000000 元"),
        ("amount", "0", "大于零"),
        ("amount", "0.00", "大于零"),
        ("amount", "-1", "不能是负数"),
        ("amount", "-0.00", "不能是负数"),
        ("amount", "0.001", "最多两位小数"),
        ("amount", "1e3", "最多两位小数"),
        ("amount", "1_000", "最多两位小数"),
        ("amount", "１００", "最多两位小数"),
        ("amount", "+1", "最多两位小数"),
        ("amount", "NaN", "最多两位小数"),
        ("business_date", "9999-12-31", "不能晚于今天"),
        ("business_date", "1988-03-04", "早于本人的出生日期"),
        ("business_date", "0001-01-01", "日期过早"),
        ("business_date", "2026-02-30", "日期须存在"),
        ("business_date", "２０２６-01-01", "日期须存在"),
    ],
)
def test_an_absurd_contribution_is_named_and_moves_nothing(folder, column, value, reason):
    said = stated(folder, "contributions.csv", line(MONEY, column, value), line(MONEY))
    assert f"contributions.csv:2: {column}: " in said
    assert reason in said
    assert "新增 1，更正 0，未变 0，拒绝 1" in said
    assert Contribution.objects.get().amount_fen == 100_00
    assert PersonalAccount.objects.get().opened_on == build.day("2026-01-01")
    assert books.check() == []


def test_an_absurd_contribution_alone_leaves_neither_account_nor_trace(folder):
    before = Event.objects.count()
    stated(folder, "contributions.csv", line(MONEY, "business_date", "1988-03-04"))
    assert not PersonalAccount.objects.exists()
    assert not Entry.objects.exists()
    assert Event.objects.count() == before


def test_an_area_is_known_by_its_province_or_by_being_registered(folder):
    build.area("999900")
    said = stated(
        folder,
        "contributions.csv",
        line(MONEY, "area", "999900"),
        line(MONEY | {"reference": "C-2"}, "area", "361199"),
        line(MONEY | {"reference": "C-3"}, "area", "540100"),
        line(MONEY | {"reference": "C-4"}, "area", "660000"),
    )
    assert "新增 4，更正 0，未变 0，拒绝 0" in said


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("enrolments.csv", "P-WEI,310,990000,11,1,2020-01-01,,"),
        ("institutions.csv", "H99000000001,某院,990000,1,hospital"),
    ],
)
def test_nobody_is_insured_and_nothing_stands_where_there_is_nothing(folder, name, given):
    said = stated(folder, name, given)
    assert f"{name}:2: area: 没有统筹区 990000" in said
    assert "新增 0，更正 0，未变 0，拒绝 1" in said


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"relative_psn_no": "P-WEI"}, "relative_psn_no", "自己"),
        ({"psn_no": "P-YU2", "relation": "70"}, "relative_psn_no", "像是同一个人"),
        ({"from_date": "2026-01-01", "to_date": "2025-01-01"}, "to_date", "晚于起始"),
        ({"to_date": "2015-04-01"}, "to_date", "晚于起始"),
        ({"from_date": "2015-03-31"}, "from_date", "早于其中一人的出生日期"),
        ({"from_date": "2999-01-01"}, "from_date", "不能晚于今天"),
    ],
)
def test_a_relation_that_cannot_be_is_named_and_recorded_neither_way(
    folder, changed, column, reason
):
    said = stated(folder, "relations.csv", line(RELATION | changed))
    assert f"relations.csv:2: {column}: " in said
    assert reason in said
    assert not Relation.objects.exists()


def test_twins_share_all_but_the_name(folder):
    twins = RELATION | {"psn_no": "P-QING", "relation": "70"}
    assert "新增 1，更正 0，未变 0，拒绝 0" in stated(folder, "relations.csv", line(twins))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("amount", "10000000.01", "一笔不能超过"),
        ("business_date", "1988-03-04", "早于本人的出生日期"),
        ("business_date", "0001-01-01", "日期过早"),
    ],
)
def test_an_absurd_deposit_is_named_and_opens_nothing(folder, column, value, reason):
    said = stated(folder, "funds.csv", line(DEPOSIT, column, value))
    assert f"funds.csv:2: {column}: " in said
    assert reason in said
    assert not Deposit.objects.exists()


def test_nobody_activates_before_they_were_born(folder):
    said = stated(folder, "credentials.csv", "P-YU,2015-03-31", "P-WEI,2021-06-01")
    assert "credentials.csv:2: activated_on: 日期早于本人的出生日期。" in said
    assert "新增 1，更正 0，未变 0，拒绝 1" in said
    wei, yu = people.by_psn_no("P-WEI"), people.by_psn_no("P-YU")
    assert people.activated([wei.pk, yu.pk]) == {wei.pk}

"""`funds.csv`: wallets and family funds that began elsewhere."""

import pytest

from pooling.funds import selectors
from pooling.funds.models import Deposit, FamilyFund, Wallet
from pooling.ledger import selectors as books
from tests import build
from tests.registry.test_load_registry import load, write

pytestmark = pytest.mark.django_db
XIAMEN = "350200"
WALLET = "wallet,P-GUI,,300.00,W-1,2025-12-01"
FUND = "family_fund,P-WEI,P-GUI;P-XIU,800.00,F-1,2025-09-01"


@pytest.fixture
def family(tmp_path):
    build.built_in_areas()
    wei = build.employee("王伟", area=XIAMEN, psn_no="P-WEI")
    gui = build.resident("张桂兰", area=XIAMEN, psn_no="P-GUI", born="1957-11-02", gender="2")
    xiu = build.resident("李秀英", area=XIAMEN, psn_no="P-XIU", gender="2")
    build.relation(wei, gui, "52")
    build.relation(wei, xiu, "12")
    build.personal_account(wei, prior=3000_00, area=XIAMEN)
    return tmp_path, wei, gui, xiu


def said_of(folder, *lines, options=()):
    write(folder, "funds.csv", *lines)
    return load(folder, *options)


def test_a_wallet_and_a_fund_are_there_with_their_money(family):
    folder, wei, gui, xiu = family
    assert "funds.csv：新增 2，更正 0，未变 0，拒绝 0" in said_of(folder, WALLET, FUND)
    assert build.purse(gui) == 300_00
    fund = FamilyFund.objects.get()
    assert selectors.fund_of(xiu.pk) == selectors.fund_of(wei.pk) == fund
    found = selectors.purses_for([gui.pk], build.day("2025-12-24"))[gui.pk]
    assert [(each.source, each.part, each.balance_fen) for each in found] == [
        ("wallet", "", 300_00),
        ("family_fund", "prior", 800_00),
        ("family_fund", "current", 0),
    ]
    assert books.check() == []


def test_the_same_file_again_changes_nothing(family):
    folder, *_people = family
    said_of(folder, WALLET, FUND)
    assert "funds.csv：新增 0，更正 0，未变 2，拒绝 0" in said_of(folder, WALLET, FUND)
    assert Deposit.objects.count() == 2


def test_a_later_row_adds_money_and_members(family):
    folder, _wei, gui, _xiu = family
    said_of(folder, FUND.replace("P-GUI;P-XIU", "P-XIU"))
    assert selectors.fund_of(gui.pk) is None
    said_of(folder, FUND.replace("F-1", "F-2"))
    assert selectors.fund_of(gui.pk) is not None
    assert [
        row.prior and row.prior.balance_fen
        for row in selectors.fund_rows(FamilyFund.objects.get().pk)
    ] == [1600_00, None, None]


def test_a_dry_run_says_the_same_and_writes_nothing(family):
    folder, *_people = family
    said = said_of(folder, WALLET, FUND, options=["--dry-run"])
    assert "funds.csv：新增 2，更正 0，未变 0，拒绝 0" in said
    assert not Wallet.objects.exists()
    assert not FamilyFund.objects.exists()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (WALLET.replace("wallet", "purse"), "kind"),
        (WALLET.replace("P-GUI", "P-NOBODY"), "owner_psn_no"),
        (WALLET.replace(",,", ",P-WEI,"), "members"),
        (WALLET.replace("300.00", "0"), "amount"),
        (WALLET.replace("300.00", "-1"), "amount"),
        (WALLET.replace("W-1", ""), "reference"),
        (WALLET.replace("2025-12-01", "2999-01-01"), "business_date"),
        (WALLET.replace("2025-12-01", "2025-09-01"), "owner_psn_no"),
        (WALLET.replace("2025-12-01", "2026-01-09"), "owner_psn_no"),
        (FUND.replace("P-WEI", "P-XIU").replace("P-GUI;P-XIU", ""), "owner_psn_no"),
        (FUND.replace("P-GUI;", "P-NOBODY;"), "members"),
        (FUND.replace("P-GUI;", "张桂兰;"), "members"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_leaves_nothing(family, line, column):
    folder, *_people = family
    said = said_of(folder, line)
    assert f"funds.csv:2: {column}: " in said
    assert "funds.csv：新增 0，更正 0，未变 0，拒绝 1" in said
    assert not Deposit.objects.exists()
    assert not FamilyFund.objects.exists()


def test_somebody_who_is_no_relative_keeps_the_whole_row_out(family):
    folder, *_people = family
    build.resident("李雷", area=XIAMEN, psn_no="P-LEI")
    said = said_of(folder, FUND.replace("P-XIU", "P-LEI"), WALLET)
    assert "funds.csv:2: members: 登记里没有双方是近亲属的记录" in said
    assert "新增 1，更正 0，未变 0，拒绝 1" in said
    assert not FamilyFund.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (WALLET, WALLET.replace("300.00", "300.01")),
        (WALLET, WALLET.replace("2025-12-01", "2025-12-02")),
        (WALLET, FUND.replace("F-1", "W-1")),
        (FUND, FUND.replace("P-GUI;P-XIU", "P-XIU")),
    ],
)
def test_the_same_reference_with_other_values_is_refused(family, first, second):
    folder, *_people = family
    said_of(folder, first)
    assert "funds.csv:2: reference: 该流水号已入账" in said_of(folder, second)
    assert Deposit.objects.count() == 1


def test_only_the_founders_row_names_other_members(family):
    folder, *_people = family
    said_of(folder, FUND.replace("P-GUI;P-XIU", "P-XIU"))
    said = said_of(folder, "family_fund,P-XIU,P-GUI,1.00,F-9,2025-10-01")
    assert "funds.csv:2: members: 只有创建人那一行" in said

"""The pages about wallets and family funds: what is told before, and who may do what."""

import pytest
from django.utils import timezone

from accounts.access import CONFIRMED
from pooling.funds import selectors
from pooling.funds.models import Transfer
from pooling.funds.views import fund, wallet
from tests import build
from tests.funds.test_family_funds import AREA, FUJIAN, founder_in, mother_of, wife_of
from tests.funds.test_transfers import HERE, OPEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    for views in (wallet, fund):
        monkeypatch.setattr(views, "now", lambda: build.NOON)


@pytest.fixture
def as_member(client):
    """Return a function that signs a member in, with a fresh code, and returns the client."""
    phones = iter(f"1380013800{n}" for n in range(9))
    known = {}

    def signed_in(member):
        user = known.setdefault(member.pk, None) or build.phone_user(next(phones), member)
        known[member.pk] = user
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = timezone.now().timestamp()
        session.save()
        return client

    return signed_in


@pytest.fixture
def son():
    build.area(HERE, floor_fen=500_00, **OPEN)
    son = build.employee("王伟", area=HERE)
    build.personal_account(son, current=3000_00, prior=200_00, area=HERE)
    return son


@pytest.fixture
def mother(son):
    mother = build.resident("张桂兰", area=HERE, born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    return mother


def read(client, address) -> str:
    return client.get(address).content.decode()


def sends(client, who, yuan, **more):
    answer = {"relative": who.pk, "amount": yuan, "sure": "1"} | more
    return client.post("/wallet/send/account/", answer)


# --- wallets ------------------------------------------------------------------------------


def test_the_limits_stand_before_the_form_and_what_follows_before_the_button(
    as_member, son, mother
):
    build.wallet(mother)
    client = as_member(son)
    page = read(client, "/wallet/send/account/")
    assert "2,000.00" in page
    assert "500.00" in page
    assert "3 笔（每天 3 笔）" in page
    assert "22 点到次日 6 点" in page
    assert "张*（母亲）" in page


def test_money_moves_only_after_what_follows_was_read(as_member, son, mother):
    build.wallet(mother)
    client = as_member(son)
    asked = {"relative": mother.pk, "amount": "1000"}
    check = client.post("/wallet/send/account/", asked).content.decode()
    assert "转出 ¥1,000.00" in check
    assert "2,200.00" in check
    assert not Transfer.objects.exists()
    client.post("/wallet/send/account/", asked | {"sure": "1"})
    sent = Transfer.objects.get()
    assert sent.amount_fen == 1000_00
    assert "待接收" in read(client, "/wallet/")
    page = read(as_member(mother), "/wallet/")
    assert "王*（儿子）转来" in page
    assert "2026年11月23日 05:00 以前可以接收" in page


@pytest.mark.parametrize(
    ("yuan", "said"), [("2000.01", "现在最多 ¥2,000.00"), ("0", "大于零"), ("", "请填写金额")]
)
def test_an_amount_that_cannot_be_is_told_at_the_field(as_member, son, mother, yuan, said):
    build.wallet(mother)
    assert said in sends(as_member(son), mother, yuan).content.decode()
    assert not Transfer.objects.exists()


def test_nobody_is_sent_money_who_is_not_on_record(as_member, son, mother):
    stranger = build.resident("陈志强", area=HERE)
    build.wallet(stranger)
    build.wallet(mother)
    answer = sends(as_member(son), stranger, "10").content.decode()
    assert "请选择一位家人" in answer
    assert "陈" not in answer
    assert not Transfer.objects.exists()


def test_at_night_the_page_says_so_with_the_rule_and_has_no_form(
    as_member, son, mother, monkeypatch
):
    monkeypatch.setattr(wallet, "now", lambda: build.moment("2026-11-22 22:30"))
    build.wallet(mother)
    page = read(as_member(son), "/wallet/send/account/")
    assert "22 点到次日 6 点不办理转账" in page
    assert "请在这段时间以外再转" in page
    assert "wallet_closed_hours" in page  # the link to the rule
    assert 'name="amount"' not in page


def test_two_daughters_are_told_apart_by_the_end_of_their_numbers(as_member, son):
    for name in ("王小雨", "王小雪"):
        daughter = build.resident(name, area=HERE, born="2015-05-20", gender="2")
        build.relation(son, daughter, "30")
    page = read(as_member(son), "/wallet/open/")
    assert page.count("王*（女儿，证件尾号") == 2
    assert "小雨" not in page


def test_a_relative_without_a_phone_is_opened_a_wallet_and_answered_for(as_member, son):
    wife = build.employee("李秀英", area=HERE, gender="2")
    build.personal_account(wife, prior=1000_00, area=HERE)
    child = build.resident("王小雨", area=HERE, born="2017-05-20", gender="2")
    for parent in (son, wife):
        build.relation(parent, child, "30")
    client = as_member(son)
    assert client.post("/wallet/open/", {"relative": child.pk}).status_code == 302
    build.transfer(wife, child, 300_00)
    sent = Transfer.objects.get()
    page = read(client, "/wallet/")
    assert "替王*（女儿）管的钱包" in page
    client.post(f"/wallet/transfer/{sent.pk}/accept/")
    assert build.purse(child) == 300_00


@pytest.mark.parametrize("verb", ["accept", "decline", "cancel"])
def test_a_transfer_of_others_is_not_there(as_member, son, mother, verb):
    build.wallet(mother)
    sent = build.transfer(son, mother, 100_00)
    stranger = build.employee("陈志强", area=HERE)
    client = as_member(stranger)
    assert client.post(f"/wallet/transfer/{sent.pk}/{verb}/").status_code == 404
    assert client.post(f"/wallet/transfer/{sent.pk + 1}/{verb}/").status_code == 404
    sent.refresh_from_db()
    assert sent.state == "pending"


def test_the_place_of_use_is_changed_where_that_is_allowed(as_member, son, mother):
    build.area("888800", "那边市", wallet_open=True, wallet_place_changeable=True)
    build.wallet(son)
    client = as_member(son)
    assert "不支持变更" in client.post("/wallet/place/", {"area": "888800"}).content.decode()
    assert selectors.wallet_of(son.pk).area == HERE
    moving = build.resident("张桂兰", area="888800")
    build.wallet(moving)
    client = as_member(moving)
    assert "变更使用地" in read(client, "/wallet/")
    client.post("/wallet/place/", {"area": HERE})
    assert selectors.wallet_of(moving.pk).area == HERE


def test_where_no_wallet_takes_transfers_the_page_names_the_rule(as_member):
    build.area(HERE, wallet_open=False)
    member = build.employee("王伟", area=HERE)
    build.personal_account(member, current=100_00, area=HERE)
    page = read(as_member(member), "/wallet/")
    assert page.count("医保钱包不办理转账") == 1
    assert "试验文件" in page
    assert "开通医保钱包</a>" not in page


def test_whoever_is_in_no_insurance_is_not_told_that_a_relative_is(as_member):
    page = read(as_member(build.member("全新人")), "/wallet/")
    assert "没有参加基本医保的人，不能开通医保钱包" in page
    assert "家人没有参加" not in page


def test_soon_after_the_phone_changed_no_money_leaves(as_member, son, mother, monkeypatch):
    build.wallet(mother)
    client = as_member(son)
    monkeypatch.setattr("accounts.selectors.people.phone_changed_at", lambda _id: build.NOON)
    assert "72 小时" in sends(client, mother, "10").content.decode()
    assert not Transfer.objects.exists()


# --- family funds -------------------------------------------------------------------------


@pytest.fixture
def founder():
    return founder_in(**FUJIAN)


def test_a_fund_is_founded_joined_and_paid_into_on_its_page(as_member, founder):
    mother = mother_of(founder)
    client = as_member(founder)
    client.post("/fund/found/")
    client.post("/fund/invite/", {"relative": mother.pk})
    fund_id = selectors.fund_of(founder.pk).pk
    page = read(as_member(mother), "/fund/")
    assert "王*（儿子）邀请您加入" in page
    client.post(f"/fund/invitation/{fund_id}/join/")
    client = as_member(founder)
    before = read(client, "/fund/pay-in/")
    assert "1,000.00" in before  # 3,000 but for the floor of 2,000
    assert "2,000.00" in before
    assert "0 次（每月最多 1 次）" in before
    check = client.post("/fund/pay-in/", {"amount": "800"}).content.decode()
    assert "2,200.00" in check
    client.post("/fund/pay-in/", {"amount": "800", "sure": "1"})
    assert "800.00" in read(client, "/fund/")
    assert "本月已经转入 1 次" in read(client, "/fund/pay-in/")


def test_a_member_sees_the_sum_and_the_own_share_but_no_other(as_member, founder):
    wife, mother = wife_of(founder), mother_of(founder)
    money = build.family_fund(founder, wife, mother)
    build.pay_in(money, founder, 300_00)
    build.pay_in(money, wife, 44_00)
    page = read(as_member(mother), "/fund/")
    assert "344.00" in page
    assert "不必转入，照样可以用" in page
    assert "300.00" not in page
    assert "44.00</span>" not in page.replace("344.00</span>", "")
    page = read(as_member(wife), "/fund/")
    assert "44.00</span>" in page.replace("344.00</span>", "")


def test_the_founder_moves_a_contributor_up(as_member, founder):
    wife, mother = wife_of(founder), mother_of(founder)
    money = build.family_fund(founder, mother, wife)
    build.pay_in(money, founder, 300_00)
    build.pay_in(money, wife, 44_00)
    client = as_member(founder)
    page = read(client, "/fund/")
    assert f"/fund/order/{wife.pk}/1/" in page
    client.post(f"/fund/order/{wife.pk}/1/")
    rows = selectors.fund_rows(money.pk)
    assert [row.member_id for row in rows] == [wife.pk, founder.pk, mother.pk]


def test_who_leaves_reads_before_what_comes_back(as_member, founder):
    wife = wife_of(founder)
    money = build.family_fund(founder, wife)
    build.pay_in(money, wife, 44_00)
    client = as_member(wife)
    assert "44.00" in read(client, f"/fund/leave/{wife.pk}/")
    client.post(f"/fund/leave/{wife.pk}/")
    assert selectors.fund_of(wife.pk) is None
    assert build.holdings(wife) == (0, 2100_00)


def test_only_the_founder_invites_orders_removes_and_closes(as_member, founder):
    wife, mother = wife_of(founder), mother_of(founder)
    money = build.family_fund(founder, wife, mother)
    client = as_member(wife)
    for address in ("/fund/invite/", "/fund/close/", f"/fund/leave/{mother.pk}/"):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address
    assert client.post(f"/fund/order/{wife.pk}/1/").status_code == 404
    assert len(selectors.fund_rows(money.pk)) == 3


def test_an_invitation_of_others_is_not_there(as_member, founder):
    mother = mother_of(founder)
    money = build.family_fund(founder)
    build.funds.invite(
        fund_id=money.pk, member_id=mother.pk, by=build.member_actor(founder), at=build.NOON
    )
    client = as_member(build.employee("陈志强", area=AREA))
    for verb in ("join", "decline"):
        assert client.post(f"/fund/invitation/{money.pk}/{verb}/").status_code == 404
    assert len(selectors.fund_rows(money.pk)) == 2


def test_where_no_fund_is_founded_the_page_names_the_rule_and_the_way(as_member):
    build.area(AREA, model="direct_debit")
    member = build.employee("王伟", area=AREA)
    build.personal_account(member, current=100_00, area=AREA)
    page = read(as_member(member), "/fund/")
    assert "现在不办理家庭共济账户" in page
    assert "试验文件" in page
    assert "建立家庭共济账户</button>" not in page


@pytest.mark.parametrize(("address", "most"), [("/wallet/", 13), ("/fund/", 14)])
def test_the_pages_cost_few_statements(
    as_member, founder, address, most, django_assert_max_num_queries
):
    wife, mother = wife_of(founder), mother_of(founder)
    money = build.family_fund(founder, wife, mother)
    build.pay_in(money, founder, 300_00)
    build.pay_in(money, wife, 44_00)
    client = as_member(founder)
    client.get(address)
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200

"""The home page: money first, what waits, what happened last."""

import pytest
from django.utils import timezone

from pooling.funds import overview
from portal import views
from portal.templatetags.portal_parts import cn_date
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: build.NOON)


@pytest.fixture
def at_home(client):
    """Return a function that signs a member in and reads their home page."""

    def read(member, phone="13800138000") -> str:
        user = build.phone_user(phone, member=member)
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client.get("/").content.decode()

    return read


def test_a_visitor_reads_what_this_is_and_how_else_to_do_it(client):
    page = client.get("/").content.decode()
    assert "用手机号登录" in page
    assert "去窗口办也可以" in page
    assert "亲情账户" in page


def test_a_payer_sees_both_parts_and_one_main_button(at_home):
    payer = build.employee("王伟")
    build.personal_account(payer, current=123_456, prior=78_900)
    page = at_home(payer)
    assert "2,023.56" in page
    assert "1,234.56" in page
    assert page.count("button main") == 1
    assert "为家人开通共济" in page


def test_an_employee_without_an_account_yet_may_share_it_already(at_home):
    page = at_home(build.employee("安新宇"))
    assert "个人账户里还没有划入过钱" in page
    assert "为家人开通共济" in page


def test_whoever_never_was_an_employee_is_offered_no_sharing(at_home):
    page = at_home(build.resident("郝新丽"))
    assert "您没有职工医保个人账户" in page
    assert "button main" not in page


def test_where_only_prior_money_is_shared_the_page_says_so(at_home):
    build.built_in_areas(build.SHANGHAI_CITY)
    payer = build.employee("李芳", area=build.SHANGHAI_CITY)
    build.personal_account(payer, current=100, prior=100, area=build.SHANGHAI_CITY)
    assert "只能自己用" in at_home(payer)


def test_a_relative_sees_what_each_payer_makes_available_and_no_balance(at_home):
    payer, relative = build.employee("王伟"), build.resident("王小雨")
    build.personal_account(payer, prior=5_000_000)
    build.active_binding(payer, relative, cap_per_settlement_fen=30_000)
    page = at_home(relative)
    assert "300.00" in page
    assert "50,000.00" not in page


def test_without_limits_the_balance_is_not_told_either(at_home):
    payer, relative = build.employee("王伟"), build.resident("王小雨")
    build.personal_account(payer, prior=5_000_000)
    build.active_binding(payer, relative)
    page = at_home(relative)
    assert "50,000.00" not in page
    assert "2,000.00" in page
    assert "以上" in page


def test_both_sides_see_the_last_use(at_home, client):
    payer, relative = build.employee("王伟"), build.resident("王小雨")
    build.personal_account(payer, prior=50_000)
    build.active_binding(payer, relative)
    settled = build.settle(relative, 20_000, place=build.institution())
    page = at_home(payer)
    assert "用了您的钱" in page
    assert "200.00" in page
    assert f"/usage/{settled.uid}/" in page
    assert f"/usage/{settled.uid}/" in at_home(relative, "13900139000")


def test_a_hidden_visit_is_told_by_its_month_alone(at_home):
    payer, teenager = build.employee("王伟"), build.resident("王小雨", born="2011-06-01")
    build.personal_account(payer, prior=50_000)
    build.active_binding(payer, teenager)
    settled = build.settle(teenager, 20_000, place=build.institution())
    page = at_home(payer)
    assert "200.00" in page
    assert f"/usage/{settled.uid}/" in page
    assert cn_date(settled.business_date) not in page


def test_what_waits_for_the_member_is_listed():
    class Proposed:
        id, state_code, other_name, may = 7, "proposed", "王*", ("confirm", "refuse")

    payer = build.employee("王伟")
    to_do = views.to_dos(payer.pk, [Proposed], overview.of(payer, build.TODAY))[0]
    assert to_do.address == "/family/7/"
    assert "王*" in to_do.title


def test_a_payer_reads_what_is_frozen_and_a_relative_what_is_kept(at_home):
    build.area("999900", quota_across_provinces=True)
    build.area("888800", "那边市")
    payer = build.employee("王伟", area="999900")
    mother = build.resident("张桂兰", area="888800", born="1957-11-02", gender="2")
    build.personal_account(payer, prior=500_00, area="999900")
    build.active_binding(payer, mother, "52")
    build.quota(payer, mother, 123_00)
    page = at_home(payer)
    assert "377.00" in page
    assert "123.00" in page
    assert "不在上面的数里，自己不能用" in page


def test_wallet_and_fund_are_shown_where_one_has_them_and_explained_where_not(at_home):
    build.area("999900", model="pooled_transfer")
    founder = build.employee("王伟", area="999900")
    build.personal_account(founder, prior=500_00, area="999900")
    fund = build.family_fund(founder)
    build.pay_in(fund, founder, 77_00)
    page = at_home(founder)
    assert "77.00" in page
    assert "医保钱包：您那里不办" in page
    assert "医保钱包不办理转账" in page


def test_where_a_fund_may_be_founded_home_leads_there(at_home):
    build.area("999900", model="pooled_transfer")
    assert 'href="/fund/"' in at_home(build.employee("王伟", area="999900"))


def test_what_waits_for_an_answer_stands_on_top(at_home):
    build.area("999900", wallet_open=True)
    son = build.employee("王伟", area="999900")
    mother = build.resident("张桂兰", area="999900", born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    build.personal_account(son, prior=500_00, area="999900")
    build.wallet(mother)
    build.transfer(son, mother, 40_00)
    assert "1 笔转账等您接收" in at_home(mother)
    assert "转出，等对方接收" in at_home(son, "13900139000")


def test_home_costs_few_statements(at_home, client, django_assert_max_num_queries):
    payer = build.employee("王伟")
    build.personal_account(payer, prior=50_000)
    for name in ("王小雨", "王小雪", "王小霜"):
        relative = build.resident(name)
        build.active_binding(payer, relative)
        build.settle(relative, 1_000, place=build.institution())
    at_home(payer)
    with django_assert_max_num_queries(28):
        client.get("/")

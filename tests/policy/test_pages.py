"""The rules in the open: what holds where, on which day, from where, and how sure we are."""

import pytest
from django.urls import reverse

from pooling.policy import parameters, plain_words, selectors
from tests import build

MOST_STATEMENTS = 8


@pytest.fixture
def site(client, db):
    """Return a visitor's browser, where a few of the areas are loaded."""
    build.built_in_areas(
        "361100", "370100", "370900", "430000", "440300", "450200", "510100", "610100"
    )
    selectors.forget()
    return client


def rules_page(site, code, **query):
    return site.get(reverse("policy:rules", args=[code]), query).content.decode()


def test_every_parameter_is_told_exactly_once():
    told = [name for _title, _icon, names in plain_words.SECTIONS for name in names]
    assert sorted(told) == sorted(parameters.PARAMETERS)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("floor_fen", 0, "不必留下"),
        ("floor_fen", 100_000, "须留下 ¥1,000.00"),
        ("cap_payer_day_fen", 0, "最多给家人用 ¥0.00"),
        ("cap_payer_day_fen", None, "没有规定每天的上限"),
        ("max_relatives_per_payer", None, "不限人数"),
        ("max_relatives_per_payer", 1, "最多给 1 位家人用"),
        ("resident_outpatient_max_level", 2, "只限 2 级及以下"),
        ("own_part_order", ["prior", "current"], "先用自己的往年结余，再用"),
        ("own_part_order", ["prior"], "今年划入的钱不用"),
        ("shareable_parts", "prior", "只有往年结余"),
        ("requires_e_credential", False, "不必先激活"),
        ("uses", None, "凡医保规定"),
        ("cap_use_year_fen", {"checkup": 5_000}, "体检 ¥50.00"),
        ("cap_payer_month_fen", 0, "每月最多给家人用 ¥0.00"),
        ("cap_use_month_fen", {}, "没有按用途规定每月"),
        ("max_per_role", {"father": 1, "mother": 1}, "父亲 1 位；母亲 1 位"),
        ("payer_may_be_relative", False, "自己不能再用别人的账户"),
        ("lock_days", 90, "90 天内不能解除"),
        ("lock_days", 0, "随时可以解除"),
        ("caps_offered", [], "不能自己设限额"),
        ("handling_working_days", 0, "当场办完"),
    ],
)
def test_a_value_is_told_as_a_sentence(name, value, says):
    assert says in plain_words.sentence(name, value)


@pytest.mark.parametrize("name", parameters.PARAMETERS)
def test_whatever_holds_by_default_can_be_told(name):
    assert plain_words.sentence(name, parameters.default(name)).endswith("。")


@pytest.mark.parametrize(
    "name", [name for name, row in parameters.PARAMETERS.items() if row.unit == "word"]
)
def test_every_word_a_rule_may_take_has_its_sentence(name):
    problem = parameters.PARAMETERS[name].problem
    for word in plain_words._SAYS_BY_VALUE[name]:
        assert problem(word) is None
    assert problem("nonsense")


def test_what_nobody_ruled_about_and_limits_nothing_is_named_in_one_line(site):
    page = rules_page(site, "450200", on="2026-11-22")
    line = page[page.index("不另作限制：") :]
    line = line[: line.index("</li>")]
    assert "每种亲属最多几位" in line
    assert 'id="max_per_role"' in line
    assert "随时可以解除" not in page


def test_a_quiet_rule_is_told_as_soon_as_somebody_rules_so(site):
    build.next_rules("361100", since="2027-01-01", lock_days=0, max_per_role={"spouse": 1})
    page = rules_page(site, "361100", on="2027-01-01")
    assert "开通后随时可以解除。" in page
    assert "每种亲属最多：配偶 1 位。" in page


def test_only_what_by_default_limits_nothing_is_quiet():
    limits_nothing = (None, False, 0, [], {})
    for name in plain_words.QUIET - {
        "payer_may_be_relative",  # yes: they may
        "renew_within_days",  # moot while no birthday asks for renewal
        "renewal_unanswered",
    }:
        assert parameters.default(name) in limits_nothing


def test_every_mark_is_explained():
    assert set(plain_words.EVIDENCE) == {"OFFICIAL", "NEWS", "REPOST", "SEED", "DEFAULT"}


def test_areas_stand_below_their_province(site):
    page = site.get(reverse("policy:areas")).content.decode()
    assert page.index("山东省") < page.index("济南市") < page.index("泰安市") < page.index("湖南省")
    assert "西安市" in page
    assert "国家" in page


def test_a_rule_says_its_value_its_source_and_how_sure_we_are(site):
    page = rules_page(site, "450200", on="2026-11-22")
    assert "须留下 ¥1,500.00" in page
    assert "柳州市自己的规定" in page
    assert "liunan.gov.cn" in page
    assert "来自政府网站" in page
    assert "按广西壮族自治区的规定" in page
    assert "系统默认" in page
    assert "没有找到规定" in page


def test_the_day_asked_for_decides(site):
    assert "配偶的父母" in rules_page(site, "370100", on="2023-05-01")
    assert "可以为这些亲属开通：配偶、父母、子女、兄弟姐妹" in rules_page(
        site, "370100", on="2024-08-30"
    )


def test_what_a_later_version_will_say_can_be_read_today(site):
    build.next_rules("361100", since="2027-01-01", floor_fen=3_000)
    assert "不必留下" in rules_page(site, "361100", on="2026-12-31")
    assert "须留下 ¥30.00" in rules_page(site, "361100", on="2027-01-01")


@pytest.mark.parametrize("nonsense", ["2026-02-30", "20260101", "明天", "<script>", "2026-W01-1"])
def test_what_is_no_day_is_said_and_today_shown(site, nonsense):
    page = rules_page(site, "361100", on=nonsense)
    assert "不是日期" in page
    assert "<script>" not in page
    assert "今天（" in page


@pytest.mark.parametrize("code", ["999999", "nowhere"])
def test_an_area_nobody_registered_is_not_found(site, code):
    assert site.get(reverse("policy:rules", args=[code])).status_code == 404


def test_without_any_rules_the_list_says_so(client, db):
    assert "还没有装入规则" in client.get(reverse("policy:areas")).content.decode()


def test_parts_of_the_country_and_of_the_rules_can_be_jumped_to(site):
    page = site.get(reverse("policy:areas")).content.decode()
    for digit, part in (("3", "华东"), ("4", "中南"), ("6", "西北")):
        assert f'href="#part-{digit}">{part}' in page
        assert f'id="part-{digit}"><h2>{part}' in page
    assert "东北" not in page
    one = rules_page(site, "450200")
    for number in range(1, len(plain_words.SECTIONS) + 1):
        assert one.count(f'href="#part-{number}"') == one.count(f'id="part-{number}"') == 1


def test_a_place_that_rules_nothing_itself_is_said_to_rule_nothing(site):
    assert "没有找到成都市自己的规定" in rules_page(site, "510100", on="2026-11-22")
    assert "条是柳州市自己的规定" in rules_page(site, "450200", on="2026-11-22")
    rows = site.get(reverse("policy:areas")).content.decode().split("<li")
    (chengdu,) = [row for row in rows if "成都市" in row]
    (liuzhou,) = [row for row in rows if "柳州市" in row]
    assert "没有找到自己的规定，按全省的" in chengdu
    assert "现行规则自2024年12月9日起" in liuzhou


@pytest.mark.parametrize(
    ("name", "arguments", "query"),
    [
        ("policy:areas", [], {}),
        ("policy:rules", ["440300"], {}),
        ("policy:rules", ["440300"], {"on": "2024-01-01"}),
        ("policy:rules", ["440300"], {"on": "2030-01-01"}),
    ],
)
def test_a_page_costs_the_same_statements_however_many_areas(
    site, name, arguments, query, django_assert_max_num_queries
):
    def cost():
        selectors.forget()
        with django_assert_max_num_queries(MOST_STATEMENTS) as said:
            assert site.get(reverse(name, args=arguments), query).status_code == 200
        return len(said)

    of_a_few = cost()
    build.built_in_areas("110000", "210100", "230600", "350500", "620100", "650000")
    assert cost() == of_a_few


def test_help_leads_there_and_so_does_the_start_of_an_application(site):
    assert reverse("policy:areas") in site.get(reverse("help")).content.decode()
    user = build.phone_user("13800138001", build.employee("王伟"))
    site.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    start = site.get(reverse("bindings:start")).content.decode()
    assert reverse("policy:rules", args=[build.SHANGRAO]) in start


def test_a_bill_leads_from_the_clause_it_quotes_to_the_rules_of_its_day(site):
    father, daughter = build.employee("王伟"), build.resident("王小雨")
    build.contribution(father, 50_000)
    build.active_binding(father, daughter)
    bill = build.settle(daughter, 1_000, place=build.institution(), use="checkup")
    user = build.phone_user("13800138001", daughter)
    site.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    page = site.get(reverse("settlements:why", args=[bill.uid])).content.decode()
    rules = reverse("policy:rules", args=[build.SHANGRAO])
    assert f"{rules}?on=2026-11-22#uses" in page


def test_what_is_otherwise_than_in_the_nation_stands_first_with_what_the_nation_says(site):
    page = rules_page(site, "361100", on="2026-11-22")
    first = page[page.index('id="others"') :]
    first = first[: first.index("</section>")]
    assert "和全国不一样的" in first
    assert "一位家人最多用 1 个人的账户。" in first
    assert "全国没有统一规定。" in first
    assert "全国：" in first
    # Said by the province and not by the city, and the same as everywhere.
    assert "两个人在全国任何地方参保都可以。" not in first
    assert page.index('id="others"') < page.index('id="part-1"')


def test_the_nation_is_not_compared_with_itself(site):
    assert 'id="others"' not in rules_page(site, "000000", on="2026-11-22")


def test_parts_are_folded_until_somebody_asks_for_all(site):
    folded = rules_page(site, "361100", on="2024-12-31")
    assert folded.count(" open>") == 1  # the day that was asked for
    assert "?on=2024-12-31&amp;all" in folded
    unfolded = rules_page(site, "361100", on="2024-12-31", all="")
    assert unfolded.count(" open>") == len(plain_words.SECTIONS) + 2
    assert "全部收起" in unfolded

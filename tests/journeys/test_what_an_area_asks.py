"""An area asks for an end, for a cap and for patience: the pages say so where it matters."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from pooling.shared.periods import business_date
from tests import build
from tests.journeys import people
from tests.journeys.people import read, says, says_nothing_of
from tests.journeys.test_bind_and_pay import FATHER_PHONE, shot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def father():
    father = build.employee("王伟", born="1980-03-05")
    build.phone_user(FATHER_PHONE, father)
    return father


def test_what_the_area_asks_is_told_on_the_page_and_kept(page, live, axe, quiet_console, father):
    build.area(
        build.SHANGRAO,
        "上饶市",
        caps_offered=["month", "all_month"],
        caps_required=True,
        max_validity_months=12,
        uses=["outpatient", "inpatient", "checkup"],
        uses_opt_in=["checkup"],
        lock_days=90,
    )
    daughter = build.resident("王小雨", born="2006-05-01", gender="2")
    build.relation(father, daughter, "30", evidence="birth_certificate")

    people.sign_in(page, live, FATHER_PHONE)
    page.goto(f"{live}/bind/")
    page.get_by_role("button", name="开始办理").click()
    page.get_by_label("女儿", exact=True).check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("姓名").fill("王小雨")
    page.get_by_label("身份证号码").fill(daughter.cert_no)
    page.get_by_role("button", name="下一步").click()

    asked = read(page)
    assert "至少填一项" in asked
    assert "都可以不填" not in asked
    assert "每月上限" in asked
    assert "每日上限" not in asked
    assert "这些用途勾选了才能用：体检" in asked
    expect(page.get_by_label("体检")).not_to_be_checked()
    people.looks_right(page, axe)
    shot(page, "area-limits")
    today = business_date(now())
    page.get_by_label("到哪一天为止").fill((today + timedelta(days=900)).isoformat())
    page.get_by_label("每月上限").fill("300")
    page.get_by_role("button", name="下一步").click()
    says(page, "一次开通最长 12 个月")
    people.looks_right(page, axe)
    shot(page, "area-limits-refused")
    page.get_by_label("到哪一天为止").fill((today + timedelta(days=300)).isoformat())
    page.get_by_role("button", name="下一步").click()
    people.give_fresh_code(page)
    page.get_by_label(re.compile("我已阅读")).check()
    page.get_by_role("button", name="签署").click()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("link", name="查看这份授权").click()

    told = read(page)
    assert "当地允许的用途；体检没有勾选，不能用" in told
    assert "起才可以解除" in told
    expect(page.get_by_role("link", name="解除共济")).to_have_count(0)
    people.looks_right(page, axe)
    shot(page, "area-locked")
    page.get_by_role("link", name="修改限额").click()
    people.looks_right(page, axe)
    shot(page, "area-change")
    page.goto(f"{live}/family/overall/")
    says(page, "每月最多")
    says_nothing_of(page, "每天最多")
    people.looks_right(page, axe)
    shot(page, "area-overall")
    page.goto(f"{live}/rules/{build.SHANGRAO}/")
    people.looks_right(page, axe)
    shot(page, "area-rules")


def test_a_place_that_is_taken_is_told_with_what_frees_it(page, live, axe, father):
    build.area(build.SHANGRAO, "上饶市", max_per_role={"child": 1})
    first = build.resident("王小雪", born="2004-05-01", gender="2")
    daughter = build.resident("王小雨", born="2006-05-01", gender="2")
    for child in (first, daughter):
        build.relation(father, child, "30", evidence="birth_certificate")
    build.active_binding(father, first, "30")
    people.sign_in(page, live, FATHER_PHONE)
    page.goto(f"{live}/bind/")
    page.get_by_role("button", name="开始办理").click()
    expect(page.get_by_label("女儿", exact=True)).to_have_count(0)
    page.get_by_text("没有找到要选的关系？").click()
    told = read(page)
    assert "“子女”最多为 1 位开通，名额已满。" in told
    assert "请先解除一位，再办理。" in told
    people.looks_right(page, axe)
    shot(page, "area-full")

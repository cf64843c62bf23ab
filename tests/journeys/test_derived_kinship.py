"""A grandson binds his grandmother: nobody registered the two, only who is whose parent."""

import pytest
from playwright.sync_api import expect

from pooling.shared.work import database_clock
from tests import build
from tests.journeys import people
from tests.journeys.people import read
from tests.journeys.test_bind_and_pay import FATHER_PHONE, fill_in, shot

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_grandson_binds_his_grandmother_by_two_edges_and_she_is_paid_for(
    page, live, axe, quiet_console
):
    build.built_in_areas(build.SHANGRAO)
    grandson = build.employee("王伟", born="1990-03-05")
    build.personal_account(grandson, current=20_00, prior=40_00)
    build.phone_user(FATHER_PHONE, grandson)
    father = build.resident("王建国", born="1962-05-01", gender="1")
    grandmother = build.resident("赵秀英", born="1938-02-03", gender="2")
    build.activated_long_ago(grandson, grandmother)
    build.relation(grandson, father, "51", evidence="birth_certificate")
    build.relation(father, grandmother, "52", evidence="household_register")

    people.sign_in(page, live, FATHER_PHONE)
    fill_in(
        page,
        live,
        None,
        relation="祖母（奶奶）",
        name="赵秀英",
        cert_no=grandmother.cert_no,
        cap="30",
    )
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="办好了"), "at once, without a paper").to_be_visible()
    people.looks_right(page, axe)
    shot(page, "derived-result")
    page.get_by_role("link", name="查看这份授权").click()
    said = read(page)
    assert "赵秀英" in said
    assert "王建国是您的父亲（出生医学证明）；赵秀英是王建国的母亲（户口簿）" in said
    people.looks_right(page, axe)
    shot(page, "derived-binding")

    paid = build.settle(grandmother, 50_00, place=build.institution(), at=database_clock())
    assert (paid.pooled_fen, paid.cash_fen) == (30_00, 20_00)

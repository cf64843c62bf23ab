"""A mother shows her child's code on her phone, and a till takes it once."""

import re

import pytest
from playwright.sync_api import expect

from accounts import tokens
from pooling.bindings import services as bindings
from pooling.bindings.services import Terms
from tests import build
from tests.hospital.till import Till
from tests.journeys import people
from tests.journeys.people import says

pytestmark = pytest.mark.django_db(transaction=True)
MOTHER_PHONE = "13800138021"


@pytest.fixture
def family():
    build.built_in_areas(build.SHANGRAO)
    mother = build.employee("王芳", gender="2", born="1988-03-05", phone=MOTHER_PHONE)
    child = build.resident("王小宝", born="2018-05-05")
    build.relation(mother, child, "20")
    build.phone_user(MOTHER_PHONE, mother)
    return mother, child


def press(page, name: str) -> None:
    """Press a button; give the fresh code it asks for the first time, then press again."""
    page.get_by_role("button", name=name, exact=True).click()
    if "confirm-it-is-you" in page.url:
        people.give_fresh_code(page)
        page.wait_for_url(lambda address: "confirm-it-is-you" not in address)
        page.get_by_role("button", name=name, exact=True).click()


def digits_on(page) -> str:
    return re.sub(r"\D", "", people.read(page, ".shown-code .number"))


def test_a_mother_shows_her_childs_code_and_a_till_takes_it_once(
    page, live, axe, family, quiet_console
):
    _mother, child = family
    place = build.institution()
    till = Till(build.api_key(institution=place), place.code)
    people.sign_in(page, live, MOTHER_PHONE)

    page.goto(f"{live}/doors/")
    page.get_by_role("link", name="打开我的医保码，添加家人").click()
    people.looks_right(page, axe)
    press(page, "激活医保电子凭证")
    page.locator(".shown-code").wait_for()
    people.looks_right(page, axe)

    page.get_by_role("link", name="添加家人").click()
    people.looks_right(page, axe)
    page.locator("label", has_text="王*").click()
    press(page, "添加")
    page.get_by_role("link", name=re.compile(r"^王\*")).click()
    press(page, "代为激活")
    page.locator(".shown-code").wait_for()
    people.looks_right(page, axe)

    code = digits_on(page)
    first = till.settle(till.bill(child, "10.00", patient={"e_credential": code}))
    assert (first.status, first.json["patient"]["psn_no"]) == (201, child.psn_no)
    again = till.settle(till.bill(child, "10.00", patient={"e_credential": code}))
    assert again.code == "e_credential_used"

    # The next code comes by itself, without a press.
    page.wait_for_function(
        "old => document.querySelector('.shown-code .number').innerText.replace(/\\D/g, '') != old",
        arg=code,
        timeout=(tokens.STEP_SECONDS + 10) * 1000,
    )
    fresh = till.bill(child, "10.00", patient={"e_credential": digits_on(page)})
    assert till.settle(fresh).status == 201


def test_a_child_who_is_bound_can_be_paid_for_once_the_mother_has_activated(
    page, live, axe, family, quiet_console
):
    mother, child = family
    build.personal_account(mother, prior=500_00)
    bindings.authorise(
        payer_id=mother.pk,
        relative_id=child.pk,
        relation_code="20",
        terms=Terms(from_date=build.TODAY),
        proof="registry",
        signing=build.signing(at=build.NOON),
        confirmed=True,
        by=build.member_actor(mother),
        at=build.NOON,
    )
    place = build.institution()
    till = Till(build.api_key(institution=place), place.code)
    before = till.settle(till.bill(child, "10.00"))
    assert (before.status, before.json["pooled"]) == (201, "0.00")

    people.sign_in(page, live, MOTHER_PHONE)
    page.goto(f"{live}/family/")
    page.get_by_role("link", name=re.compile("王小宝")).click()
    says(page, "待激活凭证")
    people.looks_right(page, axe)
    page.get_by_role("link", name="去激活医保电子凭证").click()
    page.get_by_role("link", name="添加家人").click()
    page.locator("label", has_text="王*").click()
    press(page, "添加")
    page.get_by_role("link", name=re.compile(r"^王\*")).click()
    press(page, "代为激活")
    page.locator(".shown-code").wait_for()
    page.goto(f"{live}/family/")
    expect(page.get_by_role("link", name=re.compile("王小宝"))).to_contain_text("使用中")

    after = till.settle(till.bill(child, "10.00"))
    assert (after.status, after.json["pooled"]) == (201, "10.00")

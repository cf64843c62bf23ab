"""The quota on the page of an authorisation: what each side reads, and what it takes to set it."""

import pytest
from django.utils import timezone

from accounts.access import CONFIRMED
from tests import build

pytestmark = pytest.mark.django_db
AREA, ELSEWHERE = "999900", "888800"


@pytest.fixture
def payer():
    build.area(AREA, quota_across_provinces=True, scope="same_province", floor_fen=10_00)
    build.area(ELSEWHERE, "那边市")
    payer = build.employee("王伟", area=AREA)
    build.personal_account(payer, current=20_00, prior=40_00, area=AREA)
    return payer


@pytest.fixture
def mother(payer):
    return build.resident("张桂兰", area=ELSEWHERE, born="1957-11-02", gender="2")


@pytest.fixture
def binding(payer, mother):
    return build.active_binding(payer, mother, "52")


def signed_in(client, member, *, fresh=True, phone="13800138000"):
    client.force_login(
        build.phone_user(phone, member), "allauth.account.auth_backends.AuthenticationBackend"
    )
    if fresh:
        session = client.session
        session[CONFIRMED] = timezone.now().timestamp()
        session.save()
    return client


def read(client, address) -> str:
    return client.get(address).content.decode()


def test_without_a_quota_the_payer_reads_that_nothing_can_be_used_yet(client, payer, binding):
    page = read(signed_in(client, payer), f"/family/{binding.pk}/")
    assert "设了额度，这位家人才能用您账户里的钱" in page
    assert "50.00" in page  # 60 but for the floor


def test_without_a_quota_the_relative_reads_who_can_set_one(client, binding, mother):
    page = read(signed_in(client, mother), f"/family/{binding.pk}/")
    assert "家人还没有给您设共济额度" in page
    assert "您可以用这位家人的账户" not in page


def test_the_most_stands_before_the_form_and_what_follows_before_the_button(
    client, payer, binding, mother
):
    signed_in(client, payer)
    address = f"/family/{binding.pk}/quota/raise/"
    assert "最多可以设到" in read(client, address)
    assert "现在最多 ¥50.00" in client.post(address, {"amount": "50.01"}).content.decode()
    check = client.post(address, {"amount": "45"}).content.decode()
    assert "15.00" in check  # what the payer keeps
    assert "冻结 ¥45.00" in check
    assert build.holdings(payer) == (20_00, 40_00)
    client.post(address, {"amount": "45", "sure": "1"})
    assert build.holdings(payer) == (15_00, 0)
    page = read(client, f"/family/{binding.pk}/")
    assert "45.00" in page
    assert "您自己不能用" in page
    page = read(signed_in(client, mother, phone="13800138001"), f"/family/{binding.pk}/")
    assert "留给我的共济额度" in page
    assert "45.00" in page
    assert "15.00" not in page


def test_raising_takes_a_fresh_code_and_taking_back_does_not(client, payer, binding, mother):
    build.quota(payer, mother, 45_00)
    signed_in(client, payer, fresh=False)
    raised = client.post(f"/family/{binding.pk}/quota/raise/", {"amount": "50", "sure": "1"})
    assert "/confirm-it-is-you/" in raised.url
    lower = f"/family/{binding.pk}/quota/lower/"
    assert "要比现在的额度 ¥45.00 低" in client.post(lower, {"amount": "45"}).content.decode()
    client.post(lower, {"amount": "0", "sure": "1"})
    assert build.holdings(payer) == (20_00, 40_00)


def test_where_payers_pay_directly_the_page_speaks_of_no_quota(client, payer):
    sister = build.resident("王敏", area=AREA)
    binding = build.active_binding(payer, sister)
    assert "额度</h2>" not in read(signed_in(client, payer), f"/family/{binding.pk}/")
    page = read(client, f"/family/{binding.pk}/quota/raise/")
    assert "不能给这位家人设共济额度" in page
    assert 'name="amount"' not in page


@pytest.mark.parametrize("way", ["raise", "lower"])
def test_nobody_but_the_payer_sets_it(client, payer, binding, mother, way):
    address, answer = f"/family/{binding.pk}/quota/{way}/", {"amount": "1", "sure": "1"}
    stranger = build.employee("陈志强", area=AREA)
    assert signed_in(client, stranger, phone="13800138002").post(address, answer).status_code == 404
    assert signed_in(client, mother, phone="13800138001").post(address, answer).status_code == 403
    assert build.holdings(payer) == (20_00, 40_00)

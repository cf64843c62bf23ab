"""A payer freezes an amount under an authorisation; however that ends, the rest returns."""

from datetime import timedelta

import pytest

from pooling.bindings import services
from pooling.bindings.services import NotNow, OtherSide, events
from pooling.bindings.services.rows import TooSoon
from pooling.funds import selectors as purses
from pooling.funds.services import Refused
from pooling.ledger import selectors as books
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from tests import build
from tests.settlements.test_life_events import dies

pytestmark = pytest.mark.django_db
AREA = "999900"


@pytest.fixture
def payer():
    build.area(AREA, model="quota", on_insurance_ended="ends")
    payer = build.employee("王伟", area=AREA)
    build.personal_account(payer, current=20_00, prior=40_00, area=AREA)
    return payer


@pytest.fixture
def brother(payer):
    return build.resident("王海", area=AREA)


@pytest.fixture
def binding(payer, brother):
    return build.active_binding(payer, brother)


def freeze(binding, fen, *, by=None, at=build.NOON):
    by = by or Actor.member(binding.payer_id)
    return services.set_quota(binding_id=binding.pk, amount_fen=fen, by=by, at=at)


def frozen(payer):
    return purses.frozen_fen(payer.pk)


def test_the_payer_sets_raises_and_lowers_it(payer, brother, binding):
    assert build.frozen(freeze(binding, 50_00)) == (10_00, 40_00)
    assert build.holdings(payer) == (10_00, 0)
    assert build.frozen(freeze(binding, 30_00)) == (0, 30_00)
    with pytest.raises(Refused, match="最多"):
        freeze(binding, 60_01)
    assert frozen(payer) == 30_00


def test_only_under_a_running_authorisation_of_ones_own(payer, brother, binding):
    with pytest.raises(OtherSide):
        freeze(binding, 10_00, by=build.member_actor(brother))
    with pytest.raises(NotFound):
        freeze(binding, 10_00, by=build.member_actor(build.employee("路人", area=AREA)))
    services.release(binding_id=binding.pk, by=build.member_actor(payer), at=build.NOON)
    with pytest.raises(NotNow):
        freeze(binding, 10_00)
    assert frozen(payer) == 0


def test_raising_waits_after_a_change_of_phone_and_lowering_does_not(monkeypatch, binding):
    freeze(binding, 20_00)
    changed_at = build.NOON - timedelta(hours=1)
    monkeypatch.setattr("accounts.selectors.people.phone_changed_at", lambda _member: changed_at)
    with pytest.raises(TooSoon):
        freeze(binding, 20_01)
    freeze(binding, 19_00)


def by_release(binding, at):
    services.release(binding_id=binding.pk, by=Actor.member(binding.relative_id), at=at)


def by_expiry(binding, at):
    services.expire_due(by=build.JOB, at=at)


def by_the_register(binding, at):
    binding.payer.enrolments.update(status="4")
    services.follow(after_id=0, limit=10, on=at.date(), by=build.JOB, at=at)


def by_staff(binding, at):
    people = {"one_id": binding.payer_id, "other_id": binding.relative_id}
    by = build.clerk()
    events.end_between(**people, kinds=None, cause="relation_disproved", by=by, at=at)


@pytest.mark.parametrize("ends", [by_release, by_expiry, by_the_register, by_staff])
def test_however_it_ends_the_rest_returns_to_the_parts_it_came_from(payer, brother, ends):
    last_day = build.TODAY + timedelta(days=1)
    binding = build.active_binding(payer, brother, to_date=last_day)
    freeze(binding, 50_00)
    ends(binding, build.NOON + timedelta(days=1))
    binding.refresh_from_db()
    assert binding.ended_at is not None
    assert build.holdings(payer) == (20_00, 40_00)
    assert frozen(payer) == 0
    assert books.check() == []


def test_another_relatives_quota_stays(payer, brother, binding):
    sister = build.resident("王莉", area=AREA, gender="2")
    freeze(binding, 10_00)
    freeze(build.active_binding(payer, sister, "77"), 20_00)
    by_release(binding, build.NOON)
    assert frozen(payer) == 20_00


def test_money_of_a_payer_who_died_waits_for_the_heirs(payer, binding):
    freeze(binding, 50_00)
    dies(payer)
    services.follow(after_id=0, limit=10, on=build.TODAY, by=build.JOB, at=build.NOON)
    assert frozen(payer) == 0
    assert build.holdings(payer) == (10_00, 0)
    (case,) = payer.cases.filter(kind="suspense")
    account = payer.personal_accounts.get()
    assert case.reason_values == {"amount_fen": 50_00, "account": account.pk}

"""What the two may do with an authorisation while it runs, and how it ends."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from pooling.audit.models import Event
from pooling.bindings import selectors, services
from pooling.bindings.models import Binding
from pooling.bindings.rules import Overall
from pooling.bindings.services import Limits, NotNow, OtherSide, Refused
from pooling.bindings.services.rows import TooSoon
from pooling.bindings.services.using import NotAllowedToRelease
from pooling.notices.models import Notice
from pooling.shared.errors import NotFound
from tests import build
from tests.at_once import at_once, codes

pytestmark = pytest.mark.django_db
AT = build.NOON
TODAY = build.TODAY


@pytest.fixture
def payer():
    return build.employee("周兰", born="1980-04-01", gender="2")


@pytest.fixture
def grandmother():
    return build.resident("赵秀英", born="1950-02-03", gender="2")


@pytest.fixture
def binding(payer, grandmother):
    return build.active_binding(payer, grandmother, "52", cap_per_day_fen=20000)


@pytest.fixture
def by_payer(payer):
    return build.member_actor(payer)


@pytest.fixture
def by_grandmother(grandmother):
    return build.member_actor(grandmother)


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("member_id", flat=True))


def test_the_payer_freezes_and_thaws_and_both_are_told(binding, by_payer, payer, grandmother):
    services.freeze(binding_id=binding.pk, by=by_payer, at=AT)
    binding.refresh_from_db()
    assert (binding.state, binding.frozen_at, binding.frozen_by) == ("active", AT, payer.pk)
    assert told("binding_frozen") == {payer.pk, grandmother.pk}
    with pytest.raises(NotNow, match="不必重复"):
        services.freeze(binding_id=binding.pk, by=by_payer, at=AT)
    services.thaw(binding_id=binding.pk, by=by_payer, at=AT)
    binding.refresh_from_db()
    assert binding.frozen_at is None
    with pytest.raises(NotNow):
        services.thaw(binding_id=binding.pk, by=by_payer, at=AT)


def test_the_relative_stops_use_on_their_own(binding, by_payer, by_grandmother):
    services.decline(binding_id=binding.pk, by=by_grandmother, at=AT)
    with pytest.raises(NotNow):
        services.thaw(binding_id=binding.pk, by=by_payer, at=AT)
    services.resume(binding_id=binding.pk, by=by_grandmother, at=AT)
    binding.refresh_from_db()
    assert binding.declined_at is None


@pytest.mark.parametrize(
    ("verb", "side"), [("freeze", "relative"), ("decline", "payer"), ("thaw", "relative")]
)
def test_each_side_has_its_own_verbs(binding, verb, side):
    other = build.Actor.member(getattr(binding, f"{side}_id"))
    with pytest.raises(OtherSide):
        getattr(services, verb)(binding_id=binding.pk, by=other, at=AT)


@pytest.mark.parametrize("verb", ["freeze", "decline", "release", "confirm", "withdraw"])
def test_somebody_elses_binding_is_not_found(binding, verb):
    stranger = build.member_actor(build.resident("孙石"))
    with pytest.raises(NotFound) as foreign:
        getattr(services, verb)(binding_id=binding.pk, by=stranger, at=AT)
    with pytest.raises(NotFound) as absent:
        getattr(services, verb)(binding_id=binding.pk + 1, by=stranger, at=AT)
    assert str(foreign.value) == str(absent.value)


def test_a_machine_is_no_side(binding):
    with pytest.raises(NotFound):
        services.freeze(binding_id=binding.pk, by=build.JOB, at=AT)


# --- release ------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["payer", "relative"])
def test_either_side_releases_at_once_by_default(binding, side):
    by = build.Actor.member(getattr(binding, f"{side}_id"))
    released = services.release(binding_id=binding.pk, by=by, at=AT)
    assert (released.state, released.ended_cause) == ("released", f"released_by_{side}")
    assert released.ended_at == released.release_asked_at == AT
    with pytest.raises(NotNow):
        services.release(binding_id=binding.pk, by=by, at=AT)


@pytest.mark.parametrize(
    ("counts", "day"),
    [("next_day", date(2026, 11, 23)), ("next_month", date(2026, 12, 1))],
)
def test_a_release_counts_from_when_the_area_says(payer, grandmother, by_payer, counts, day):
    build.area(build.SHANGRAO, release_counts=counts)
    binding = build.active_binding(payer, grandmother, "52")
    asked = services.release(binding_id=binding.pk, by=by_payer, at=AT)
    assert (asked.state, asked.release_on) == ("active", day)
    with pytest.raises(NotNow, match="已经申请解除"):
        services.release(binding_id=binding.pk, by=by_payer, at=AT)
    assert services.expire_due(by=build.JOB, at=AT) == 0
    midnight = build.moment(f"{day} 00:00")
    assert services.expire_due(by=build.JOB, at=midnight) == 1
    binding.refresh_from_db()
    assert (binding.state, binding.ended_cause) == ("released", "released_by_payer")
    assert services.expire_due(by=build.JOB, at=midnight) == 0


def test_december_ends_with_january():
    assert services.using.rules.release_day("next_month", date(2026, 12, 31)) == date(2027, 1, 1)


def test_an_area_may_leave_releasing_to_one_side(payer, grandmother, by_grandmother):
    build.area(build.SHANGRAO, release_by=["payer"])
    binding = build.active_binding(payer, grandmother, "52")
    with pytest.raises(NotAllowedToRelease) as refused:
        services.release(binding_id=binding.pk, by=by_grandmother, at=AT)
    assert refused.value.rule.name == "release_by"
    assert "release" not in selectors.get_for(grandmother.pk, binding.pk, TODAY).may


# --- expiry -------------------------------------------------------------------------------


def test_what_is_due_ends_once(payer, grandmother):
    build.active_binding(payer, grandmother, "52", to_date=TODAY)
    day_before = AT - timedelta(days=1)
    assert services.expire_due(by=build.JOB, at=day_before) == 0
    assert services.expire_due(by=build.JOB, at=AT) == 1
    assert services.expire_due(by=build.JOB, at=AT) == 0
    ended = Binding.objects.get()
    assert (ended.state, ended.ended_cause, ended.ended_by) == ("expired", "expired", None)


def test_a_proposal_nobody_confirms_ends(payer, grandmother, by_payer):
    build.area(build.SHANGRAO, relative_confirms=True)
    build.relation(payer, grandmother, "52")
    binding = services.authorise(
        payer_id=payer.pk,
        relative_id=grandmother.pk,
        relation_code="52",
        terms=services.Terms(from_date=TODAY),
        proof="registry",
        signing=build.signing(),
        by=by_payer,
        at=AT,
    )
    assert services.expire_due(by=build.JOB, at=AT + timedelta(days=14)) == 0
    assert services.expire_due(by=build.JOB, at=AT + timedelta(days=15)) == 1
    binding.refresh_from_db()
    assert (binding.state, binding.ended_cause) == ("expired", "not_confirmed")


# --- limits -------------------------------------------------------------------------------


def test_the_payer_changes_limits_within_the_areas(binding, by_payer):
    limits = Limits(cap_per_day_fen=30000, uses=("outpatient",), to_date=date(2027, 1, 1))
    changed = services.change_limits(binding_id=binding.pk, limits=limits, by=by_payer, at=AT)
    assert services.using.rules.limits_of(changed) == limits
    event = Event.objects.get(verb="bindings.change_limits")
    assert event.detail["caps"]["cap_per_day_fen"] == [20000, 30000]


def test_a_limit_above_the_areas_is_refused(payer, grandmother, by_payer):
    build.area(build.SHANGRAO, cap_payer_day_fen=20000)
    binding = build.active_binding(payer, grandmother, "52")
    with pytest.raises(Refused) as refused:
        services.change_limits(
            binding_id=binding.pk, limits=Limits(cap_per_day_fen=20001), by=by_payer, at=AT
        )
    assert "¥200.00" in str(refused.value)


@pytest.fixture
def fresh_phone(payer):
    return User.objects.create(username="周兰", member=payer, phone_changed_at=AT)


@pytest.mark.parametrize(
    "higher",
    [
        Limits(cap_per_day_fen=20001),
        Limits(),
        Limits(cap_per_day_fen=20000, cap_per_year_fen=None, uses=None, to_date=None),
    ],
)
def test_a_new_phone_cannot_raise_limits_for_three_days(
    payer, grandmother, by_payer, fresh_phone, higher
):
    binding = build.active_binding(
        payer, grandmother, "52", cap_per_day_fen=20000, uses=("outpatient",)
    )
    soon = AT + timedelta(hours=71, minutes=59)
    with pytest.raises(TooSoon, match="72 小时"):
        services.change_limits(binding_id=binding.pk, limits=higher, by=by_payer, at=soon)
    later = AT + timedelta(hours=72)
    services.change_limits(binding_id=binding.pk, limits=higher, by=by_payer, at=later)


def test_lowering_always_works(binding, by_payer, fresh_phone):
    lower = Limits(cap_per_day_fen=0, uses=("outpatient",), to_date=date(2026, 12, 1))
    changed = services.change_limits(binding_id=binding.pk, limits=lower, by=by_payer, at=AT)
    assert changed.cap_per_day_fen == 0


def test_a_payers_own_caps_over_all_relatives(payer, by_payer, fresh_phone):
    services.set_payer_caps(cap_per_day_fen=10000, cap_per_year_fen=None, by=by_payer, at=AT)
    assert selectors.payer_caps(payer.pk) == Overall(cap_per_day_fen=10000)
    with pytest.raises(TooSoon):
        services.set_payer_caps(cap_per_day_fen=None, cap_per_year_fen=None, by=by_payer, at=AT)
    with pytest.raises(Refused):
        services.set_payer_caps(cap_per_day_fen=-1, cap_per_year_fen=None, by=by_payer, at=AT)
    services.set_payer_caps(cap_per_day_fen=0, cap_per_year_fen=0, by=by_payer, at=AT)
    assert selectors.payer_caps(payer.pk) == Overall(cap_per_day_fen=0, cap_per_year_fen=0)


@pytest.mark.parametrize("span", ["day", "month", "year"])
def test_a_payers_own_caps_stay_within_the_areas_for_payers(payer, by_payer, span):
    build.area(build.SHANGRAO, **{f"cap_payer_{span}_fen": 5000, "cap_relative_year_fen": 1})
    cap = f"cap_per_{span}_fen"
    with pytest.raises(Refused) as refused:
        services.set_payer_caps(**{cap: 5001}, by=by_payer, at=AT)
    assert refused.value.code == "cap_above_area"
    assert refused.value.rule.name == f"cap_payer_{span}_fen"
    services.set_payer_caps(**{cap: 5000}, by=by_payer, at=AT)
    assert selectors.payer_caps(payer.pk) == Overall(**{cap: 5000})


# --- order --------------------------------------------------------------------------------


@pytest.fixture
def three_payers(grandmother):
    payers = [build.employee(name, born="1979-01-01") for name in ("周兰", "周海", "周红")]
    return [build.active_binding(payer, grandmother, "52") for payer in payers]


def test_the_relative_puts_a_payer_first_and_the_others_close_ranks(
    three_payers, grandmother, by_grandmother
):
    *_others, last = three_payers
    services.set_rank(binding_id=last.pk, rank=1, by=by_grandmother, at=AT)
    rows = selectors.of_relative(grandmother.pk, TODAY)
    assert [row.other_name for row in rows] == ["周红", "周兰", "周海"]
    assert [row.rank for row in rows] == [1, 2, 3]


def test_only_the_relative_sets_the_order_and_only_places_that_exist(three_payers, by_grandmother):
    first = three_payers[0]
    by_payer = build.Actor.member(first.payer_id)
    with pytest.raises(OtherSide):
        services.set_rank(binding_id=first.pk, rank=2, by=by_payer, at=AT)
    for rank in (0, 4):
        with pytest.raises(Refused):
            services.set_rank(binding_id=first.pk, rank=rank, by=by_grandmother, at=AT)


# --- at once ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_are_one():
    payer = build.employee("周兰", born="1980-04-01")
    grandmother = build.resident("赵秀英", born="1950-02-03", gender="2")
    binding = build.active_binding(payer, grandmother, "52")

    def let_go(member):
        by = build.member_actor(member)
        return lambda: services.release(binding_id=binding.pk, by=by, at=AT)

    assert codes(at_once(let_go(payer), let_go(grandmother))) == ["binding_state"]
    assert Event.objects.filter(verb="bindings.release").count() == 1

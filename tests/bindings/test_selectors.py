"""What each side sees of an authorisation: its state, why, and what they may do."""

from datetime import date, timedelta

import pytest

from pooling.bindings import selectors, services
from pooling.bindings.services import Limits
from pooling.shared.errors import NotFound
from tests import build

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
    return build.active_binding(payer, grandmother, "52", uses=("outpatient",))


def both(binding, on=TODAY):
    return (
        selectors.get_for(binding.payer_id, binding.pk, on),
        selectors.get_for(binding.relative_id, binding.pk, on),
    )


def test_each_side_reads_the_other_and_the_relation_from_where_they_stand(binding):
    to_payer, to_relative = both(binding)
    assert (to_payer.other_name, to_payer.relation) == ("赵秀英", "母亲")
    assert (to_relative.other_name, to_relative.relation) == ("周兰", "女儿")
    assert to_payer.may == ("freeze", "change_limits", "release")
    assert to_relative.may == ("decline", "set_rank", "release")
    assert (to_payer.state, to_payer.causes) == ("使用中", ())


def test_why_it_is_stopped_and_who_can_change_that(binding, payer, grandmother):
    services.freeze(binding_id=binding.pk, by=build.member_actor(payer), at=AT)
    services.decline(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)
    to_payer, to_relative = both(binding)
    assert to_payer.state == to_relative.state == "已暂停"
    assert to_payer.causes == (
        "您于2026年11月22日暂停使用，随时可以恢复。",
        "家人于2026年11月22日停用；恢复须由家人办理。",
    )
    assert to_relative.causes == (
        "共济人于2026年11月22日暂停使用；恢复须由共济人办理。",
        "您于2026年11月22日停用，随时可以恢复。",
    )
    assert "thaw" in to_payer.may
    assert "resume" in to_relative.may


def test_a_release_to_come_shows_its_day(payer, grandmother):
    build.area(build.SHANGRAO, release_counts="next_month")
    binding = build.active_binding(payer, grandmother, "52")
    services.release(binding_id=binding.pk, by=build.member_actor(payer), at=AT)
    row, _to_relative = both(binding)
    assert (row.state_code, row.release_on) == ("ending", date(2026, 12, 1))
    assert "2026年12月1日" in row.causes[0]
    assert "release" not in row.may
    row, _to_relative = both(binding, on=date(2026, 12, 1))
    assert row.state_code == "released", "the day counts even before the nightly job has run"


def test_a_period_to_come_and_one_that_is_over(payer, grandmother):
    binding = build.active_binding(
        payer, grandmother, "52", from_date=date(2026, 12, 1), to_date=date(2026, 12, 31)
    )
    assert both(binding)[0].state_code == "not_begun"
    assert both(binding, on=date(2026, 12, 31))[0].state_code == "expired"


def test_what_ended_says_by_whom(binding, grandmother):
    services.release(binding_id=binding.pk, by=build.member_actor(grandmother), at=AT)
    row, _to_relative = both(binding)
    assert (row.state, row.causes) == ("已解除", ("被共济的家人于2026年11月22日解除。",))
    assert row.may == ()
    assert selectors.family(grandmother.pk, TODAY) == []
    assert [each.id for each in selectors.of_payer(binding.payer_id, TODAY)] == [binding.pk]


def test_absent_and_not_yours_are_the_same_refusal(binding):
    stranger = build.resident("孙石")
    said = set()
    for asker, binding_id in ((stranger.pk, binding.pk), (binding.payer_id, binding.pk + 1)):
        for ask in (
            lambda a, b: selectors.get_for(a, b, TODAY),
            lambda a, b: selectors.history(a, b),
        ):
            with pytest.raises(NotFound) as refused:
                ask(asker, binding_id)
            said.add((str(refused.value), refused.value.status))
    assert len(said) == 1


def test_the_family_shows_both_directions_in_one_place(payer, grandmother):
    husband = build.employee("王伟", born="1979-01-01")
    build.active_binding(payer, grandmother, "52")
    build.active_binding(payer, husband, "11")
    build.active_binding(husband, payer, "12")
    rows = {row.name: row for row in selectors.family(payer.pk, TODAY)}
    assert set(rows) == {"赵秀英", "王伟"}
    assert rows["王伟"].given
    assert rows["王伟"].received
    assert rows["赵秀英"].received is None


@pytest.mark.parametrize("count", [1, 4])
def test_a_list_takes_two_statements_however_long(payer, count, django_assert_num_queries):
    build.built_in_areas(build.SHANGRAO)
    for _each in range(count):
        build.active_binding(payer, build.resident())
    selectors.family(payer.pk, TODAY)
    for ask in (selectors.of_payer, selectors.family):
        with django_assert_num_queries(2):
            assert len(ask(payer.pk, TODAY)) == count


def test_the_history_is_told_in_words(binding, payer):
    by = build.member_actor(payer)
    services.freeze(binding_id=binding.pk, by=by, at=AT)
    services.thaw(binding_id=binding.pk, by=by, at=AT + timedelta(hours=1))
    services.change_limits(
        binding_id=binding.pk, limits=Limits(cap_per_day_fen=0), by=by, at=AT + timedelta(hours=2)
    )
    lines = selectors.history(payer.pk, binding.pk)
    assert [line.what for line in lines] == ["开通", "共济人暂停使用", "共济人恢复使用", "调整限额"]


def test_shared_with_knows_who_was_ever_bound_and_which_way_the_money_goes(
    django_assert_num_queries,
):
    father, daughter = build.employee("王伟", born="1980-03-05"), build.resident("王小雨")
    aunt = build.employee("王敏", gender="2")
    build.active_binding(father, daughter, "70")
    ended = build.active_binding(aunt, father, "70")
    services.release(binding_id=ended.pk, by=build.member_actor(aunt), at=build.NOON)
    with django_assert_num_queries(1):
        met = selectors.shared_with(father.pk)
    assert (met[daughter.pk].paid_by_me, met[daughter.pk].pays_me) == (True, False)
    assert (met[aunt.pk].paid_by_me, met[aunt.pk].pays_me) == (False, True)
    assert str(met[daughter.pk]) == "王小雨（兄弟姐妹）"
    assert set(selectors.shared_with(daughter.pk)) == {father.pk}

"""A draft tried on stored decisions: counted by area, listed, resumable, and nothing moves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pooling.bindings import services as bindings
from pooling.ledger.models import Entry
from pooling.policy import services as policy
from pooling.reports import jobs, selectors, services
from pooling.reports.models import Replay, ReplayArea, ReplayChange
from pooling.shared.errors import NotFound
from tests import build
from tests.at_once import at_once
from tests.settlements.household import AREA, household

pytestmark = pytest.mark.django_db

OFFICER = {"by": build.clerk(), "at": build.NOON}
NOVEMBER = {"since": build.day("2026-11-01"), "until": build.day("2026-12-01")}


@pytest.fixture
def family():
    """Mei's three bills: two in November, one in October."""
    family = household()
    for when, fen in (
        ("2026-10-30 09:00", 1000),
        ("2026-11-02 09:00", 3000),
        ("2026-11-20 09:00", 2500),
    ):
        build.settle(family.mei, fen, place=family.clinic, at=build.moment(when))
    return family


def draft(area=AREA, label="2027-1", **clauses):
    """Draft rules that say these clauses and nothing else."""
    version = policy.draft(
        area_code=area, label=label, from_date=build.day("2027-01-01"), **OFFICER
    )
    for name, value in clauses.items():
        policy.set_clause(
            version_id=version.pk,
            name=name,
            value=value,
            source="征求意见稿",
            text=name,
            evidence="OFFICIAL",
            seen_on=build.TODAY,
            **OFFICER,
        )
    return version


def start(version, **period):
    return services.start(version_id=version.pk, **(NOVEMBER | period), **OFFICER)


def run_to_the_end():
    while services.replay_more(by=build.JOB, at=build.NOON):
        pass


def replay(version, **period) -> Replay:
    asked = start(version, **period)
    run_to_the_end()
    return Replay.objects.get(pk=asked.pk)


def test_a_floor_lowers_what_relatives_pay_and_says_for_which_bill(family):
    done = replay(draft(floor_fen=4000))
    assert (done.status, done.total, done.seen, done.concerned) == ("done", 2, 2, 2)
    assert (done.changed, done.unlike) == (2, 0)
    # Wei had 50.00 before the bill of 30.00 and 20.00 before that of 25.00; Lan fills in.
    (figures,) = done.areas.all()
    assert (figures.area, figures.looked_at, figures.changed) == (AREA, 2, 2)
    first = done.changes.order_by("settlement").first()
    assert first.before["payer"] == first.after["payer"] == family.wei.pk
    assert (first.before["taken_fen"], first.after["taken_fen"]) == (3000, 1000)
    assert (first.before["reason"], first.after["reason"]) == ("covered", "floor_kept")


def test_what_relatives_no_longer_pay_is_cash(family):
    done = replay(draft(cap_payer_year_fen=1500))
    (figures,) = done.areas.all()
    # 10.00 of each payer's 15.00 a year was Wei's in October already.
    assert figures.pooled_before_fen == 5500
    assert figures.pooled_after_fen == (500 + 1500) + 1500
    assert figures.cash_after_fen - figures.cash_before_fen == 5500 - 3500


def test_the_same_rules_change_nothing(family):
    done = replay(draft(), since=build.day("2026-10-01"))
    assert (done.seen, done.concerned, done.changed, done.unlike) == (3, 3, 0, 0)
    assert not done.changes.exists()


def test_an_order_of_parts_is_a_difference_even_where_amounts_are_the_same():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, current=500, prior=1000, area=AREA)
    build.settle(family.mei, 700, place=family.clinic, at=build.moment("2026-11-02 09:00"))
    done = replay(draft(own_part_order=["prior", "current"]))
    change = done.changes.get()
    assert (change.own_before_fen, change.own_after_fen) == (700, 700)
    assert (change.before, change.after) == (None, None)


def test_rules_of_another_area_have_no_say(family):
    build.area("999800", "另一市")
    done = replay(draft("999800", floor_fen=10_000_000))
    assert (done.seen, done.concerned, done.changed) == (2, 0, 0)
    assert not done.areas.exists()


def test_rules_of_a_payers_area_count_in_the_figures_of_the_bills_area(family):
    build.area("999800", "邻市")
    aunt = build.employee("敏", area="999800")
    build.personal_account(aunt, prior=9000, area="999800")
    bind = {"by": build.member_actor(family.wei), "at": build.NOON}
    bindings.freeze(binding_id=family.from_wei.pk, **bind)
    build.active_binding(aunt, family.mei, rank=1)
    build.settle(family.mei, 2000, place=family.clinic)
    done = replay(draft("999800", payer_order="bound_at", floor_fen=8000))
    assert (done.seen, done.concerned, done.changed) == (3, 1, 1)
    assert [(row.area, row.looked_at) for row in done.areas.all()] == [(AREA, 1)]
    change = done.changes.get()
    assert (change.before["payer"], change.before["taken_fen"]) == (aunt.pk, 2000)
    assert change.after["taken_fen"] == 1000


def test_a_bill_of_somebody_insured_nowhere_is_not_called_the_nations(family):
    build.settle(build.member("沈一"), 1000, place=family.clinic)
    build.area("000000", "国家")
    done = replay(draft("000000", floor_fen=1))
    named = {row.code: row.name for row in selectors.by_area(done.pk)}
    assert named["000000"] == "没有参保"


def test_a_province_counts_only_where_its_city_is_silent():
    family = household(floor_fen=1000)
    build.settle(family.mei, 5500, place=family.clinic, at=build.moment("2026-11-02 09:00"))
    assert replay(draft("990000", floor_fen=6000)).changed == 0
    loud = draft("990000", label="2027-2", payers_per_settlement="one")
    assert replay(loud).changed == 1


def test_a_clause_the_draft_leaves_out_falls_back():
    family = household(floor_fen=5000)
    build.settle(family.mei, 3000, place=family.clinic, at=build.moment("2026-11-02 09:00"))
    done = replay(draft())
    change = done.changes.get()
    assert change.before["reason"] == "floor_kept"
    assert change.after["taken_fen"] == 3000


def test_rules_are_tried_as_they_were_when_it_was_asked(family):
    version = draft(floor_fen=4000)
    asked = start(version)
    policy.unset_clause(version_id=version.pk, name="floor_fen", **OFFICER)
    run_to_the_end()
    asked.refresh_from_db()
    assert asked.changed == 2


def test_bills_settled_after_it_was_asked_are_not_looked_at(family):
    asked = start(draft(floor_fen=4000))
    build.settle(family.mei, 900, place=family.clinic)
    run_to_the_end()
    asked.refresh_from_db()
    assert (asked.total, asked.seen) == (2, 2)


def test_no_money_moves_and_no_settlement_changes(family):
    def all_of_it():
        return Entry.objects.count(), list(family.mei.settlements.order_by("pk").values())

    before = all_of_it()
    assert replay(draft(floor_fen=4000)).changed == 2
    assert all_of_it() == before


def test_a_killed_worker_loses_a_chunk_and_the_next_goes_on_where_it_stopped(family, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 1)
    asked = start(draft(floor_fen=4000))
    looked_at, look_at = [], services._look_at

    def dies_once(replay, rows):
        looked_at.extend(row.id for row in rows)
        look_at(replay, rows)
        if len(looked_at) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(services, "_look_at", dies_once)
    with pytest.raises(KeyboardInterrupt):
        run_to_the_end()
    asked.refresh_from_db()
    assert (asked.status, asked.seen, asked.changed) == ("running", 1, 1)
    run_to_the_end()
    asked.refresh_from_db()
    assert (asked.status, asked.seen, asked.changed) == ("done", 2, 2)
    assert [row.looked_at for row in asked.areas.all()] == [2]
    assert asked.changes.count() == 2
    first, second = sorted(set(looked_at))
    assert looked_at == [first, second, second]


def test_a_chunk_costs_the_same_statements_however_many_bills_it_holds(family, monkeypatch):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            services.replay_more(by=build.JOB, at=build.NOON)
        return [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]

    for _ in range(6):
        build.settle(family.mei, 100, place=family.clinic)
    start(draft(floor_fen=90000), since=build.TODAY, until=build.TODAY + timedelta(days=1))
    monkeypatch.setattr(services, "CHUNK", 1)
    statements()  # counts first
    one = statements()
    monkeypatch.setattr(services, "CHUNK", 4)
    four = statements()
    # Lock, decisions, figures there, figures, changes, place.
    assert len(one) == len(four) == 6


def test_a_stopped_replay_keeps_its_figures_and_goes_no_further(family, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 1)
    asked = start(draft(floor_fen=4000))
    for _ in range(3):
        services.replay_more(by=build.JOB, at=build.NOON)
    stopped = services.stop(replay_id=asked.pk, **OFFICER)
    assert (stopped.status, stopped.seen) == ("stopped", 1)
    assert not services.replay_more(by=build.JOB, at=build.NOON)
    with pytest.raises(services.CannotReplay):
        services.stop(replay_id=asked.pk, **OFFICER)
    with pytest.raises(NotFound):
        services.stop(replay_id=0, **OFFICER)


def test_the_list_of_changes_is_cut_and_the_count_is_not(family, monkeypatch):
    monkeypatch.setattr(services, "LISTED", 1)
    done = replay(draft(floor_fen=4000))
    assert (done.changed, done.changes.count()) == (2, 1)


def test_a_decision_that_does_not_come_out_as_stored_is_counted_and_not_compared(family):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE settlements_settlement DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE settlements_settlement SET decision = jsonb_set(decision,"
            " '{considered,0,reason}', '\"covered\"') WHERE business_date = '2026-11-02'"
        )
        cursor.execute(
            "UPDATE settlements_settlement SET decision = decision #- '{input,charge}'"
            " WHERE business_date = '2026-11-20'"
        )
    done = replay(draft(floor_fen=4000))
    assert (done.seen, done.unlike, done.changed) == (2, 2, 0)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-11-02", "2026-11-02"), ("2026-11-23", "2026-12-01")],
)
def test_a_period_without_anything_to_try_is_refused(family, since, until):
    with pytest.raises(services.CannotReplay):
        start(draft(), since=build.day(since), until=build.day(until))


def test_a_version_is_tried_once_at_a_time(family):
    version = draft()
    start(version)
    with pytest.raises(services.CannotReplay):
        start(version)
    run_to_the_end()
    start(version)


def test_nothing_is_left_to_do_without_a_replay(family):
    assert not services.replay_more(by=build.JOB, at=build.NOON)
    with pytest.raises(NotFound):
        services.start(version_id=0, **NOVEMBER, **OFFICER)


@pytest.mark.django_db(transaction=True)
def test_the_job_carries_on_in_turns(monkeypatch):
    family = household()
    build.settle(family.mei, 3000, place=family.clinic, at=build.moment("2026-11-02 09:00"))
    asked = start(draft(floor_fen=4000))
    monkeypatch.setattr(jobs, "TURN", 10)
    for turn in range(1, 4):
        jobs.replay_more()
        asked.refresh_from_db()
        assert (asked.day - asked.since).days == turn * 10
    assert asked.status == "done"
    jobs.replay_more()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("reports_replay_period_not_empty", {"until": "2026-11-01"}),
        ("reports_replay_finished_has_moment", {"status": "done"}),
        ("reports_replay_finished_has_moment", {"finished_at": build.NOON}),
        ("reports_replay_finished_has_moment", {"status": "perhaps"}),
        ("reports_replay_counts_nest", {"changed": 1}),
        ("reports_replay_counts_nest", {"concerned": 1}),
        ("reports_replay_counts_nest", {"unlike": 1}),
    ],
)
def test_a_replay_that_contradicts_itself_is_refused(family, constraint, values):
    asked = start(draft())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Replay.objects.filter(pk=asked.pk).update(**values)


def test_what_belongs_together_stands_once(family):
    done = replay(draft(floor_fen=4000))
    change = done.changes.first()
    change.pk = None
    with (
        pytest.raises(IntegrityError, match="reports_replaychange_once_per_settlement"),
        transaction.atomic(),
    ):
        ReplayChange.objects.bulk_create([change])
    with pytest.raises(IntegrityError, match="reports_replayarea_once"), transaction.atomic():
        ReplayArea.objects.create(replay=done, area=AREA)
    with (
        pytest.raises(IntegrityError, match="reports_replayarea_bills_stay_whole"),
        transaction.atomic(),
    ):
        ReplayArea.objects.create(replay=done, area="000000", cash_after_fen=1)
    Replay.objects.filter(pk=done.pk).update(status="running", finished_at=None)
    with pytest.raises(IntegrityError, match="reports_replay_one_at_a_time"), transaction.atomic():
        Replay.objects.create(
            version=done.version, rules={}, asked_at=build.NOON, asked_by="staff:1", up_to_id=0,
            since=done.since, until=done.until, day=done.since,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_look_at_every_bill_once(monkeypatch):
    family = household()
    for _ in range(12):
        build.settle(family.mei, 300, place=family.clinic)
    asked = start(draft(floor_fen=90_000), since=build.TODAY, until=build.day("2026-11-23"))
    monkeypatch.setattr(services, "CHUNK", 2)

    def carry_on():
        # One that finds it held leaves it; one that waited takes the next chunk.
        return services.replay_more(by=build.JOB, at=build.NOON)

    for _round in range(7):
        at_once(carry_on, carry_on)
    run_to_the_end()
    asked.refresh_from_db()
    assert (asked.status, asked.seen, asked.changed) == ("done", 12, 12)
    assert asked.changes.values("settlement").distinct().count() == 12
    assert [row.looked_at for row in asked.areas.all()] == [12]

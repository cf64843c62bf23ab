"""The nightly walk: once, again, after a kill, two at a time; and whatever life does."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.services import members
from pooling.audit.models import Event
from pooling.bindings.events import CAUSES
from pooling.bindings.models import Binding
from pooling.bindings.usability import Unusable, Visit
from pooling.notices.models import Notice
from pooling.registry import due, jobs
from pooling.registry.models import DueRun
from pooling.settlements.selectors import families
from pooling.settlements.sources import Charge
from pooling.settlements.waterfall import split
from tests import build
from tests.settlements.test_life_events import dies

ROOT = Path(__file__).resolve().parents[2]
DAY = build.TODAY
walked = pytest.mark.django_db(transaction=True)


def clock():
    return build.NOON


def run(on=DAY, **settings):
    return due.run(on, today=DAY, clock=clock, **settings)


def widows(count: int) -> list[Binding]:
    """Return so many authorisations whose relatives have died."""
    build.area()
    payer = build.employee("周兰", born="1970-04-01", gender="2", area="999900")
    bindings = []
    for _number in range(count):
        child = build.resident("周小雨", born="2004-02-29", gender="2", area="999900")
        bindings.append(build.active_binding(payer, child, "30"))
        dies(child)
    return bindings


def ended() -> int:
    return Binding.objects.exclude(ended_at=None).count()


def left() -> tuple:
    """Return everything a walk may leave behind, its own row aside."""
    rows = tuple(Binding.objects.order_by("pk").values_list())
    return rows, Notice.objects.count(), Event.objects.exclude(verb="registry.run_due").count()


@walked
def test_running_twice_changes_nothing():
    widows(5)
    assert run(chunk=2) == {"seen": 5, "end_by_event": 5}
    before = left()
    assert run(chunk=2) == {}
    assert left() == before
    first, second = DueRun.objects.order_by("pk")
    assert first.finished_at == second.finished_at == build.NOON
    assert Event.objects.filter(verb="registry.run_due").count() == 2


@walked
def test_a_walk_that_broke_off_goes_on_where_it_stood(monkeypatch):
    widows(5)
    follow, calls = due.follow, []

    def dying(**given):
        calls.append(given["after_id"])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return follow(**given)

    monkeypatch.setattr(due, "follow", dying)
    with pytest.raises(KeyboardInterrupt):
        run(chunk=2)
    assert ended() == 4
    place = DueRun.objects.get(finished_at=None).after_id
    assert run(chunk=2) == {"seen": 5, "end_by_event": 5}
    assert calls[3] == place > 0
    assert (ended(), DueRun.objects.count()) == (5, 1)
    assert Notice.objects.filter(kind="binding_ended_by_event").count() == 10


@walked
def test_a_process_killed_between_chunks_leaves_whole_chunks_and_the_door_open(settings):
    widows(30)
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    url = f"{there}/{connection.settings_dict['NAME']}"
    walk = subprocess.Popen(
        [sys.executable, "manage.py", "run_due", "--chunk", "1", "--on", str(DAY)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not ended() and time.monotonic() < deadline and walk.poll() is None:
        time.sleep(0.005)
    walk.send_signal(signal.SIGKILL)
    walk.wait()
    with psycopg.connect(**connection.get_connection_params()) as other:
        # The server notices the dead client in its own time, after a commit on its way.
        other.execute("SET lock_timeout = '60s'")
        other.execute("SELECT pg_advisory_lock(%s)", [due._LOCK])
        killed_at = ended()
        assert killed_at > 0
        assert Notice.objects.filter(kind="binding_ended_by_event").count() == 2 * killed_at
        other.execute("SELECT pg_advisory_unlock(%s)", [due._LOCK])
    due.run(DAY, today=DAY)
    assert ended() == 30
    assert Notice.objects.filter(kind="binding_ended_by_event").count() == 60


@walked
def test_the_second_of_two_says_so_and_does_nothing():
    widows(1)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [due._LOCK])
        with pytest.raises(due.AlreadyRunning, match="正在进行"):
            run()
        with pytest.raises(CommandError, match="正在进行"):
            call_command("run_due")
        assert (ended(), DueRun.objects.count()) == (0, 0)
        # Given back, not left to the end of the session, which the server sees in its own time.
        other.execute("SELECT pg_advisory_unlock(%s)", [due._LOCK])
    assert run()["end_by_event"] == 1


@walked
def test_a_day_that_has_not_come_is_refused_and_one_that_was_missed_is_made_up_for(capsys):
    widows(1)
    with pytest.raises(due.NotYet):
        run(DAY + timedelta(days=1))
    call_command("run_due", on=date(2026, 11, 1))
    assert ended() == 0
    call_command("run_due", on=DAY)
    assert "end_by_event: 1" in capsys.readouterr().out
    with pytest.raises(due.Passed):
        run(date(2026, 11, 21))


@walked
def test_the_night_job_walks_today():
    jobs.run_due()
    assert DueRun.objects.get().finished_at is not None


@pytest.mark.django_db
def test_the_database_keeps_runs_apart():
    DueRun.objects.create(on=DAY, started_at=build.NOON)
    with (
        pytest.raises(IntegrityError, match="registry_duerun_one_unfinished_per_day"),
        transaction.atomic(),
    ):
        DueRun.objects.create(on=DAY, started_at=build.NOON)
    with pytest.raises(IntegrityError, match="registry_duerun_finished_after_start"):
        DueRun.objects.update(finished_at=build.NOON - timedelta(seconds=1))


# --- whatever life does -----------------------------------------------------------------------

#: Obstacles at the till after which, under these rules, nothing brings it back.
FOR_GOOD = {
    Unusable.PATIENT_DEAD,
    Unusable.PAYER_DEAD,
    Unusable.RELATION_ENDED,
    Unusable.PAYER_INSURANCE_ENDED,
    Unusable.PAYER_MOVED,
    Unusable.PATIENT_NOT_INSURED,
    Unusable.PATIENT_MOVED,
    Unusable.RENEWAL_DUE,
}
BORN = ("2008-02-29", "2010-02-28", "2012-02-29", "2012-03-01")


def household(chance) -> list:
    build.area(
        on_payer_moved="ends",
        on_relative_moved="ends",
        on_insurance_ended="ends",
        renew_at_ages=[14, 16, 18],
        renew_within_days=5,
        renewal_unanswered="ends",
    )
    build.area("999901", "别处")
    father = build.employee("王伟", born="1980-03-05", gender="1", area="999900")
    mother = build.employee("李芳", born="1982-03-05", gender="2", area="999900")
    child = build.resident("王小雨", born=chance.choice(BORN), gender="1", area="999900")
    build.relation(father, mother, "12", since="2005-01-01")
    for payer, relative, code in (
        (father, mother, "12"),
        (father, child, "20"),
        (mother, child, "20"),
    ):
        build.active_binding(payer, relative, code)
    return [father, mother, child]


def something_happens(chance, family, day) -> None:
    """Let one thing happen to one of them, as a register would state it."""
    who = chance.choice(family)
    kind = "390" if who is family[2] else "310"
    event = chance.choice(("death", "ended", "paused", "moved", "divorce", "nothing", "renewed"))
    if event == "death" and who.enrolments.exists():
        members.load_members([_dead(who, day)], by=build.JOB, at=build.NOON)
    elif event in ("ended", "paused", "moved"):
        build.enrolment(who, kind, area="999900", until=day)
        if event == "paused":
            build.enrolment(who, kind, area="999900", status="2", since=day)
        if event == "moved":
            build.enrolment(who, kind, area="999901", since=day)
    elif event == "divorce":
        father, mother, _child = family
        build.relation(father, mother, "12", since="2005-01-01", until=day)
    elif event == "renewed":
        Binding.objects.filter(state="active").update(renew_before=None)


def _dead(who, day):
    return members.MemberRow(
        line=1,
        psn_no=who.psn_no,
        name=who.name,
        cert_type=who.cert_type,
        cert_no=who.cert_no,
        birth_date=who.birth_date,
        gender=who.gender,
        died_on=day,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_order_of_events_nothing_dead_is_left_open(seed):
    chance = random.Random(seed)
    family = household(chance)
    day = date(2026, 2, 26)
    for _event in range(4):
        something_happens(chance, family, day)
        followed = due.follow(after_id=0, limit=100, on=day, by=build.JOB, at=build.NOON)
        assert due.follow(
            after_id=0, limit=100, on=day, by=build.JOB, at=build.NOON
        ).counts.keys() <= {"seen"}, followed
        for binding in Binding.objects.filter(state="active"):
            charge = Charge(Visit(day, "outpatient", 1), 100, 0, 2)
            given = families.gather(binding.relative_id, charge).given
            said = {each.binding: each.reason for each in split(given).considered}
            assert said[binding.pk] not in FOR_GOOD
        day += timedelta(days=chance.choice((1, 3, 200)))
    for binding in Binding.objects.exclude(ended_at=None):
        assert binding.ended_cause in CAUSES
        assert Notice.objects.filter(link=f"/family/{binding.pk}/").count() >= 4

"""The next bill already knows what happened that day, before anything was carried through."""

from datetime import date, timedelta

import pytest

from accounts.services import members
from pooling.bindings.models import Binding
from pooling.settlements.privacy import month_only
from tests import build
from tests.settlements.couple import clinic, husband, wife
from tests.settlements.test_relation_ends import asked

__all__ = ["clinic", "husband", "wife"]
pytestmark = pytest.mark.django_db
DAY = build.TODAY
EVE = DAY - timedelta(days=1)


@pytest.fixture
def bound(husband, wife):
    build.relation(husband, wife, "12")
    return build.active_binding(husband, wife, "12")


def on_the_eve(patient, clinic):
    """Settle a bill of the day before, reported today."""
    noon = build.NOON - timedelta(days=1)
    return asked(build.settle(patient, 100, place=clinic, backdate=1, business_time=noon))


def on_the_day(patient, clinic):
    return asked(build.settle(patient, 100, place=clinic))


def dies(person, day=DAY):
    row = members.MemberRow(
        line=1,
        psn_no=person.psn_no,
        name=person.name,
        cert_type=person.cert_type,
        cert_no=person.cert_no,
        birth_date=person.birth_date,
        gender=person.gender,
        died_on=day,
    )
    assert members.load_members([row], by=build.JOB, at=build.NOON).changed == 1


def test_from_the_day_a_payer_died(husband, wife, bound, clinic):
    dies(husband)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic) == ("payer_dead", 0)


def test_from_the_day_a_payers_insurance_ends_which_is_not_part_of_it(husband, wife, bound, clinic):
    build.enrolment(husband, area="999900", until=DAY)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic) == ("payer_insurance_ended", 0)


def test_from_the_day_a_relatives_insurance_ends(husband, wife, bound, clinic):
    build.enrolment(wife, "390", area="999900", until=DAY)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic) == ("patient_not_insured", 0)


def test_a_pause_stops_where_the_area_says_so_and_goes_by_itself(husband, wife, bound, clinic):
    build.enrolment(husband, area="999900", until=EVE)
    build.enrolment(husband, area="999900", status="2", since=EVE, until=DAY)
    build.enrolment(husband, area="999900", since=DAY)
    build.next_rules("999900", since="2026-01-01", paused_payer="stops")
    assert on_the_eve(wife, clinic) == ("payer_paused", 0)
    assert on_the_day(wife, clinic) == ("covered", 100)


@pytest.mark.parametrize(("clause", "answer"), [("ends", "payer_moved"), ("goes_on", "covered")])
def test_a_payer_who_moved_is_judged_by_the_area_they_left(
    husband, wife, bound, clinic, clause, answer
):
    build.area("999901", "别处", on_payer_moved="goes_on" if clause == "ends" else "ends")
    build.next_rules("999900", since="2026-02-01", on_payer_moved=clause)
    build.enrolment(husband, area="999900", until=DAY)
    build.enrolment(husband, area="999901", since=DAY)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic)[0] == answer


@pytest.mark.parametrize(("clause", "answer"), [("ends", "patient_moved"), ("goes_on", "covered")])
def test_a_relative_who_moved(husband, wife, bound, clinic, clause, answer):
    build.next_rules("999900", since="2026-02-01", on_relative_moved=clause)
    build.enrolment(wife, "390", area="999900", until=DAY)
    build.enrolment(wife, "390", area="999901", since=DAY)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic)[0] == answer


def test_nobody_is_called_moved_whose_old_place_nobody_knows(husband, wife, bound, clinic):
    build.next_rules("999900", since="2026-02-01", on_payer_moved="ends", on_relative_moved="ends")
    Binding.objects.update(payer_area="", relative_area="")
    assert on_the_day(wife, clinic) == ("covered", 100)


@pytest.fixture
def in_laws(husband, wife, clinic):
    """Return the wife's mother, bound by her son-in-law."""
    build.next_rules("999900", since="2026-01-01", relations=["spouse", "parent", "parent_in_law"])
    mother = build.resident("赵秀英", born="1952-02-03", gender="2", area="999900")
    build.relation(husband, wife, "12")
    build.relation(wife, mother, "52")
    build.relation(husband, mother, "56")
    build.active_binding(husband, mother, "56", at=build.moment("2026-01-02 09:00"))
    return mother


def test_in_laws_part_with_the_divorce(husband, wife, in_laws, clinic):
    build.relation(husband, wife, "12", until=DAY)
    assert on_the_eve(in_laws, clinic) == ("covered", 100)
    assert on_the_day(in_laws, clinic) == ("relation_ended", 0)


def test_the_widowed_keep_their_in_laws(husband, wife, in_laws, clinic):
    dies(wife)
    build.relation(husband, wife, "12", until=DAY)
    assert on_the_day(in_laws, clinic) == ("covered", 100)


def test_who_married_into_the_family_again_is_in_it(husband, wife, in_laws, clinic):
    build.relation(husband, wife, "12", until=EVE)
    build.relation(husband, wife, "12", since=DAY)
    assert on_the_eve(in_laws, clinic) == ("relation_ended", 0)
    assert on_the_day(in_laws, clinic) == ("covered", 100)


def test_a_renewal_over_time_stops_from_its_day(husband, wife, bound, clinic):
    Binding.objects.update(renew_before=DAY)
    assert on_the_eve(wife, clinic) == ("covered", 100)
    assert on_the_day(wife, clinic) == ("renewal_due", 0)


@pytest.mark.parametrize(
    ("born", "day", "hidden"),
    [
        ("2012-02-29", "2026-02-28", False),
        ("2012-02-29", "2026-03-01", True),
        ("2012-02-29", "2030-02-28", True),
        ("2012-02-29", "2030-03-01", False),
        ("2012-11-22", "2026-11-21", False),
        ("2012-11-22", "2026-11-22", True),
    ],
)
def test_at_fourteen_the_payer_sees_less_and_at_eighteen_more(born, day, hidden):
    assert month_only(date.fromisoformat(born), date.fromisoformat(day)) is hidden

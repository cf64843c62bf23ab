"""What patient, payer and till may read of a settlement, and what they may not."""

from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pooling.bindings import services as bindings
from pooling.settlements import selectors
from pooling.settlements.bounds import Reason
from pooling.shared.errors import NotFound
from pooling.shared.periods import age
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

SINCE = build.day("2026-01-01")


def everything(rows) -> str:
    """Return all that a list of rows says, to look for what it must not say."""
    return repr(rows)


def test_a_payer_sees_day_amount_and_kind_of_place_but_not_which_place():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    (row,) = selectors.paid_for_relatives(family.wei.pk)
    assert (row.day, row.amount_fen, row.returned_fen) == (build.TODAY, 6000, 0)
    assert row.place == "医院（一级）"
    assert row.relative == "梅*"
    assert family.clinic.name not in everything(row)
    assert "门诊" not in everything(row)


def test_a_payer_of_somebody_aged_fifteen_sees_amount_and_month_only():
    family = household()
    teenager = build.resident("小梅", area="999900", born="2011-06-01")
    build.active_binding(family.wei, teenager, "70")
    settlement = build.settle(teenager, 1500, place=family.clinic)
    (row,) = selectors.paid_for_relatives(family.wei.pk)
    assert (row.month, row.amount_fen) == ("2026-11", 1500)
    assert (row.day, row.place) == (None, "")
    decision = selectors.decision_for(family.wei.pk, settlement.uid)
    assert decision.month_only
    assert (decision.paid_fen, decision.day, decision.place) == (1500, None, "")
    assert decision.sources == ()


def test_the_patient_sees_who_paid_what():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    (bill,) = selectors.received(family.mei.pk)
    assert [(share.payer, share.amount_fen) for share in bill.payers] == [
        ("王*", 6000),
        ("兰*", 7000),
    ]
    assert bill.institution == family.clinic.name


def test_the_log_keeps_to_its_period():
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    later = build.day("2026-11-23")
    assert selectors.usage_for(family.wei.pk, later).given == []
    assert selectors.usage_for(family.mei.pk, SINCE, build.TODAY).received == []


def test_the_patient_reads_every_source_but_no_balance_of_a_payer():
    family = household(payers_per_settlement="one")
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    decision = selectors.decision_for(family.mei.pk, settlement.uid)
    own, wei, lan = decision.sources
    assert own.reason == Reason.OWN_MISSING
    assert (wei.taken_fen, wei.could_give_fen) == (6000, 6000)
    assert (lan.taken_fen, lan.could_give_fen) == (0, 7000)  # what was needed, not what she has
    assert "一位家人" in lan.sentence
    assert lan.clause.name == "payers_per_settlement"


def test_a_payer_reads_the_own_line_with_its_figures_and_nobody_elses():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    decision = selectors.decision_for(family.wei.pk, settlement.uid)
    (wei,) = decision.sources
    assert "¥60.00" in wei.sentence
    assert decision.others_paid
    assert (decision.cash_fen, decision.personal_part_fen, decision.use) == (None, None, "")
    assert "7000" not in everything(decision)


def test_a_stranger_is_told_the_same_as_if_there_were_no_settlement():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    stranger = build.member("李四")
    with pytest.raises(NotFound) as not_yours:
        selectors.decision_for(stranger.pk, settlement.uid)
    with pytest.raises(NotFound) as absent:
        selectors.decision_for(stranger.pk, uuid4())
    assert str(not_yours.value) == str(absent.value)


def test_a_bill_that_a_frozen_account_did_not_pay_is_explained_to_both():
    family = household()
    for binding in (family.from_wei, family.from_lan):
        bindings.freeze(binding_id=binding.pk, by=build.member_actor(binding.payer), at=build.NOON)
    build.settle(family.mei, 5000, place=family.clinic)
    wei, lan = selectors.nothing_deducted(family.mei.pk, SINCE)
    assert {wei.other, lan.other} == {"王*", "兰*"}
    assert "暂停" in wei.sentence
    (told,) = selectors.nothing_deducted(family.wei.pk, SINCE)
    assert (told.role, told.other) == ("payer", "梅*")


def test_whose_account_the_relative_turned_off_does_not_hear_of_the_visit():
    family = household()
    bindings.decline(
        binding_id=family.from_wei.pk, by=build.member_actor(family.mei), at=build.NOON
    )
    settlement = build.settle(family.mei, 90000, place=family.clinic)
    assert selectors.nothing_deducted(family.wei.pk, SINCE) == []
    with pytest.raises(NotFound):
        selectors.decision_for(family.wei.pk, settlement.uid)
    (missed,) = selectors.nothing_deducted(family.mei.pk, SINCE)
    assert "停用" in missed.sentence


def test_a_rule_that_stopped_everything_is_quoted():
    family = household(uses=["inpatient"])
    build.settle(family.mei, 5000, place=family.clinic)
    missed = selectors.nothing_deducted(family.mei.pk, SINCE)
    assert {row.clause.name for row in missed} == {"uses"}
    assert all("门诊" in row.sentence for row in missed)


def test_available_is_what_each_could_give_alone_in_their_order():
    family = household()
    found = selectors.available_from_relatives(family.mei.pk, build.TODAY)
    assert found == [
        (family.from_wei.pk, family.wei.pk, 6000),
        (family.from_lan.pk, family.lan.pk, 10000),
    ]
    assert selectors.available_from_relatives(family.wei.pk, build.TODAY) == []


def test_a_settlement_is_found_by_its_own_institution_only():
    family = household()
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    found = selectors.get_for_institution(family.clinic.pk, settlement.pk)
    assert [line.amount_fen for line in found.lines.all()] == [4000, 2000, 7000]
    assert selectors.id_by_message(family.clinic.pk, settlement.message_id) == settlement.pk
    other = build.institution()
    assert selectors.id_by_message(other.pk, settlement.message_id) is None
    with pytest.raises(NotFound):
        selectors.get_for_institution(other.pk, settlement.pk)


@pytest.mark.parametrize(
    ("question", "statements"),
    [
        (lambda family, _bill: selectors.usage_for(family.mei.pk), 3),
        (lambda family, _bill: selectors.usage_for(family.wei.pk), 2),
        (lambda family, bill: selectors.decision_for(family.mei.pk, bill.uid), 3),
        (lambda family, bill: selectors.decision_for(family.wei.pk, bill.uid), 3),
        (lambda family, _bill: selectors.nothing_deducted(family.mei.pk, SINCE), 2),
        (lambda family, _bill: selectors.available_from_relatives(family.mei.pk, build.TODAY), 2),
    ],
)
def test_questions_cost_the_same_however_long_the_log_is(question, statements):
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    for _ in range(3):
        last = build.settle(family.mei, 60000, place=family.clinic)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        question(family, last)
    assert len(asked) == statements, [each["sql"][:90] for each in asked]


# --- parts of the log ---------------------------------------------------------------------


def test_the_log_is_narrowed_to_a_visit_an_account_or_a_kind_of_place():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, prior=3000, area="999900")
    pharmacy = build.institution(area="999900", type="pharmacy")
    own = build.settle(family.mei, 3000, place=family.clinic)
    shared = build.settle(family.mei, 7000, place=pharmacy, use="pharmacy_drugs")

    def found(asker, **only) -> list[UUID]:
        read = selectors.usage_for(asker.pk, only=selectors.Only(**only))
        return [row.uid for row in (*read.given, *read.received)]

    assert found(family.mei) == [shared.uid, own.uid]
    assert found(family.mei, payer_id=family.mei.pk) == [own.uid]
    assert found(family.mei, payer_id=family.lan.pk) == [shared.uid]
    assert found(family.mei, place="hospital") == [own.uid]
    assert found(family.mei, patient_id=family.wei.pk) == []
    assert found(family.wei, patient_id=family.mei.pk) == [shared.uid]
    assert found(family.wei, payer_id=family.lan.pk) == []
    assert found(family.wei, place="pharmacy") == [shared.uid]
    assert found(family.wei, place="hospital") == []


@pytest.fixture
def teenager():
    """Return somebody of fifteen for whom Wei pays, and the family."""
    family = household()
    teenager = build.resident("小梅", area="999900", born="2011-06-01")
    build.active_binding(family.wei, teenager, "70")
    return teenager, family


@pytest.mark.parametrize("place", ["hospital", "pharmacy"])
def test_no_filter_by_place_finds_a_hidden_row_not_even_the_right_one(teenager, place):
    teenager, family = teenager
    build.settle(teenager, 1500, place=family.clinic)
    assert selectors.paid_for_relatives(family.wei.pk, only=selectors.Only(place=place)) == []


def test_the_order_of_the_list_and_its_end_do_not_tell_a_hidden_day(teenager):
    teenager, family = teenager
    visits = [(family.mei, 20), (teenager, 15), (family.mei, 10), (teenager, 5)]
    for patient, number in reversed(visits):
        at = build.moment(f"2026-11-{number:02d} 09:00")
        build.settle(patient, 1000, place=family.clinic, at=at)
    days = [row.day and row.day.day for row in selectors.paid_for_relatives(family.wei.pk)]
    assert days == [20, 10, None, None]
    read = selectors.usage_for(family.wei.pk, limit=2)
    assert [row.day.day for row in read.given] == [20, 10]
    assert read.more
    assert not selectors.usage_for(family.wei.pk, limit=4).more


def test_a_bill_at_the_end_of_the_list_is_whole():
    """It took current and prior money: two lines, of which the last must not be cut off."""
    family = household()
    for _each in range(2):
        build.settle(family.mei, 3000, place=family.clinic)
    (row,) = selectors.paid_for_relatives(family.wei.pk, limit=1)
    assert row.amount_fen == 3000


@pytest.mark.parametrize(
    "born", ["2008-02-29", "2008-11-21", "2008-11-22", "2012-11-22", "2012-11-23"]
)
@pytest.mark.parametrize("on", ["2026-11-22", "2026-02-28", "2026-03-01"])
def test_the_database_counts_years_as_the_rule_does(born, on):
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(year FROM age(%s::date, %s::date))", [on, born])
        (years,) = cursor.fetchone()
    assert years == age(build.day(born), build.day(on))


def test_a_year_is_added_up_by_month_net_of_what_went_back():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, prior=3000, area="999900")
    build.settle(family.mei, 1000, place=family.clinic, at=build.moment("2026-09-05 09:00"))
    bill = build.settle(family.mei, 5000, place=family.clinic)
    build.refund(bill, 1000)
    months = [build.day("2026-11-01"), build.day("2026-10-01"), build.day("2026-09-01")]
    rows = selectors.by_month(family.mei.pk, months)
    assert [(row.month.month, row.own_fen, row.given_fen, row.received_fen) for row in rows] == [
        (9, 1000, 0, 0),
        (10, 0, 0, 0),
        (11, 2000, 0, 2000),
    ]
    assert selectors.by_month(family.wei.pk, months)[-1].given_fen == 2000

"""Every constraint of the settlements' tables refuses what it is there to refuse."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from pooling.settlements.models import Line, Refund, RefundLine, Settlement
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db


def refused(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()


@pytest.fixture
def settlement():
    family = household()
    return build.settle(family.mei, 13000, place=family.clinic)


def again(settlement, **facts):
    """Insert the settlement once more, with other facts."""
    columns = {
        field.attname: getattr(settlement, field.attname)
        for field in Settlement._meta.concrete_fields
        if field.name not in ("id", "uid", "entry")
    }
    return Settlement.objects.create(
        **columns | {"entry_id": None, "message_id": "again", "own_fen": 0, "pooled_fen": 0,
                     "cash_fen": settlement.personal_part_fen} | facts
    )  # fmt: skip


def test_a_message_is_settled_once(settlement):
    refused(
        "settlements_settlement_once_per_message",
        lambda: again(settlement, message_id=settlement.message_id),
    )


def test_a_premium_is_settled_once_a_year(settlement):
    facts = {"use": "ltc_premium", "premium_year": 2027}
    again(settlement, **facts)
    refused(
        "settlements_settlement_premium_once_a_year",
        lambda: again(settlement, message_id="third", **facts),
    )


def test_each_listed_product_is_settled_once_a_year_and_one_of_all_others(settlement):
    facts = {"use": "commercial_insurance", "premium_year": 2027}
    rows = [{"premium_product": name, "premium_listed": True} for name in ("惠民保", "医惠保")]
    for number, row in enumerate([*rows, {"premium_product": "别的"}]):
        again(settlement, message_id=f"first {number}", **facts, **row)
        row = row if row.get("premium_listed") else {"premium_product": "又一种"}
        refused(
            "settlements_settlement_premium_once_a_year",
            lambda row=row: again(settlement, message_id="once more", **facts, **row),
        )


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("settlements_settlement_year_only_of_premium", {"premium_year": 2027}),
        ("settlements_settlement_year_only_of_premium", {"premium_listed": True}),
        (
            "settlements_settlement_year_only_of_premium",
            {"use": "ltc_premium", "premium_product": "二档"},
        ),
        ("settlements_settlement_bill_adds_up", {"total_fen": 13001}),
        ("settlements_settlement_personal_part_adds_up", {"own_paid_fen": 1}),
        ("settlements_settlement_sources_cover_personal_part", {"cash_fen": 12999}),
        (
            "settlements_settlement_amounts_not_negative",
            {"fund_fen": -1, "hospital_borne_fen": 1},
        ),
        ("settlements_settlement_amounts_not_negative", {"balance_after_fen": -1}),
        (
            "settlements_settlement_refunded_within_personal_part",
            {"refunded_fen": 13001, "status": "reversed", "reversed_at": build.NOON},
        ),
        (
            "settlements_settlement_entry_iff_account_money",
            {"own_fen": 13000, "cash_fen": 0},
        ),
        ("settlements_settlement_status_matches_refunds", {"refunded_fen": 1}),
        ("settlements_settlement_status_matches_refunds", {"status": "partly_refunded"}),
        (
            "settlements_settlement_status_matches_refunds",
            {"status": "refunded", "refunded_fen": 12999},
        ),
        ("settlements_settlement_reversed_has_moment", {"status": "reversed"}),
        ("settlements_settlement_reversed_has_moment", {"reversed_at": build.NOON}),
        ("settlements_settlement_flag_known", {"acct_used_flag": 3}),
    ],
)
def test_a_settlement_adds_up_and_its_status_is_true(settlement, constraint, facts):
    refused(constraint, lambda: again(settlement, **facts))


def line_of(settlement, **facts):
    last = settlement.lines.all()[2]
    columns = {
        field.attname: getattr(last, field.attname)
        for field in Line._meta.concrete_fields
        if field.name != "id"
    }
    return lambda: Line.objects.create(**columns | {"order": 9} | facts)


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("settlements_line_order_once", {"order": 1}),
        ("settlements_line_amount_positive", {"amount_fen": 0}),
        ("settlements_line_returned_within_amount", {"returned_fen": -1}),
        ("settlements_line_returned_within_amount", {"returned_fen": 7001}),
        ("settlements_line_account_unless_cash", {"ledger_account_id": None}),
        (
            "settlements_line_account_unless_cash",
            {"source": "cash", "payer_id": None, "binding_id": None},
        ),
        ("settlements_line_payer_iff_binding", {"binding_id": None}),
        ("settlements_line_payer_iff_binding", {"source": "own"}),
        (
            "settlements_line_owner_iff_family_fund",
            {"source": "family_fund", "payer_id": None, "binding_id": None},
        ),
    ],
)
def test_a_line_says_whose_money_it_was(settlement, constraint, facts):
    refused(constraint, line_of(settlement, **facts))


def test_a_refund_moves_something(settlement):
    refused(
        "settlements_refund_amount_positive",
        lambda: Refund.objects.create(
            settlement=settlement,
            amount_fen=0,
            reason="",
            refunded_at=build.NOON,
            balance_after_fen=0,
        ),
    )


def test_the_lines_of_a_refund_are_numbered_and_positive(settlement):
    refund = build.refund(settlement, 10000)
    (first, *_) = refund.lines.all()
    refused(
        "settlements_refundline_order_once",
        lambda: RefundLine.objects.create(
            refund=refund, line=first.line, order=first.order, amount_fen=1
        ),
    )
    refused(
        "settlements_refundline_amount_positive",
        lambda: RefundLine.objects.create(refund=refund, line=first.line, order=9, amount_fen=0),
    )


# --- what SQL cannot do either ---------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"cash_fen": F("cash_fen") + 1, "pooled_fen": F("pooled_fen") - 1},
        {"decision": {}},
        {"patient_area": "310000"},
        {"message_id": "another"},
    ],
)
def test_what_was_settled_never_changes(settlement, change):
    refused("settlements_final", lambda: Settlement.objects.update(**change))


def test_a_settlement_is_not_reversed_back_nor_its_refunds_forgotten(settlement):
    build.refund(settlement, 10000)
    refused(
        "settlements_final",
        lambda: Settlement.objects.update(refunded_fen=1000, status="partly_refunded"),
    )
    build.reversal(settlement)
    refused(
        "settlements_final",
        lambda: Settlement.objects.update(status="partly_refunded", reversed_at=None),
    )


def test_of_a_line_only_what_went_back_grows(settlement):
    refused("settlements_final", lambda: Line.objects.update(amount_fen=F("amount_fen") + 1))
    refused("settlements_final", lambda: Line.objects.update(business_date=build.day("2020-01-01")))
    build.refund(settlement, 10000)
    refused("settlements_final", lambda: Line.objects.filter(order=3).update(returned_fen=0))


@pytest.mark.parametrize("model", [RefundLine, Refund, Line, Settlement])
def test_nothing_settled_or_refunded_is_deleted(settlement, model):
    build.refund(settlement, 10000)
    refused("settlements_final", lambda: model.objects.all()._raw_delete("default"))


@pytest.mark.parametrize(("model", "field"), [(Refund, "amount_fen"), (RefundLine, "amount_fen")])
def test_a_refund_never_changes(settlement, model, field):
    build.refund(settlement, 10000)
    refused("settlements_final", lambda: model.objects.update(**{field: 1}))

"""What a till was answered, and what its institution is owed for, nobody rewrites afterwards."""

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.hospital.models import ClearingLine, Message

pytestmark = pytest.mark.django_db


def refused(law: str, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match=law) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert refusal.value.__cause__.diag.constraint_name == law


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE hospital_message SET answer = replace(answer, '130.00', '1.00')",
        "UPDATE hospital_message SET status = 409",
        "UPDATE hospital_message SET fingerprint = 'another'",
        "UPDATE hospital_message SET message_id = 'another', key = 'another'",
        "UPDATE hospital_message SET received_at = received_at - interval '1 day'",
    ],
)
def test_an_answer_is_what_it_was(till, family, change):
    bill = till.bill(family.mei)
    first = till.settle(bill)
    refused("hospital_message_append_only", change)
    assert till.settle(bill).raw == first.raw


def test_a_sealed_answer_is_not_emptied(national, family):
    national.settle(national.visit(family.mei, "30.00"), "30.00")
    refused("hospital_message_append_only", "UPDATE hospital_message SET answer_sealed = NULL")


def test_how_often_it_was_repeated_only_grows(till, family):
    bill = till.bill(family.mei)
    till.settle(bill)
    till.settle(bill)
    refused("hospital_message_append_only", "UPDATE hospital_message SET replays = 0")
    assert Message.objects.get().replays == 1


def test_a_message_is_never_forgotten(till, family):
    till.settle(till.bill(family.mei))
    refused("hospital_message_never_deleted", "DELETE FROM hospital_message")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE hospital_clearingline SET fund_fen = fund_fen - 1, cash_fen = cash_fen + 1",
        "UPDATE hospital_clearingline SET settled_on = settled_on - 1",
        "DELETE FROM hospital_clearingline",
    ],
)
def test_what_is_reckoned_with_an_institution_stays(national, family, change):
    national.settle(national.visit(family.mei, "30.00"), "30.00")
    refused("hospital_clearingline_append_only", change)
    assert ClearingLine.objects.exists()

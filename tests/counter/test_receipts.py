"""Receipts: each printing counted and named on the paper, void only with a reason, kept."""

import re

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import roles
from pooling.audit.models import Event
from pooling.bindings.services import applications
from pooling.cases import receipts
from pooling.cases.models import Receipt
from pooling.counter import printing
from tests import build

pytestmark = pytest.mark.django_db
HERE = "http://testserver/r/"
CLERK = {"by": build.clerk(902), "at": build.NOON}


@pytest.fixture
def payer():
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    return build.employee("王伟强")


@pytest.fixture
def waiting(payer):
    return build.waiting_case(payer)


@pytest.fixture
def desk(client):
    build.signed_in_staff(client, role=roles.CLERK)
    return client


@pytest.fixture
def said(monkeypatch):
    """Return what the last sheet says, and on which."""
    told = {}
    compiled = lambda values, sheet: told.update(values, sheet=sheet) or b"%PDF-"  # noqa: E731
    monkeypatch.setattr(printing, "_compiled", compiled)
    return told


def page(case):
    return f"/admin/counter/deskcase/{case.pk}/"


def prints(client, case, paper="a4"):
    return client.post(f"{page(case)}receipt/", {"paper": paper})


def test_each_printing_is_counted_and_says_so(desk, waiting, said):
    prints(desk, waiting)
    assert (said["sheet"], said["edition"]) == ("paper", "第 1 次打印")
    again = prints(desk, waiting, "roll")
    assert (said["sheet"], said["edition"]) == ("roll", "第 2 次打印")
    assert "receipt-2.pdf" in again["Content-Disposition"]
    assert [row.paper for row in receipts.of(waiting.pk)] == ["a4", "roll"]
    verbs = Event.objects.filter(verb="cases.print_receipt").order_by("pk")
    assert [event.detail["number"] for event in verbs] == [1, 2]


def test_looking_at_the_address_prints_nothing(desk, waiting):
    assert desk.get(f"{page(waiting)}receipt/").status_code == 405
    assert prints(desk, waiting, "parchment").status_code == 404
    assert receipts.of(waiting.pk) == []


def test_a_roll_is_80_millimetres_wide_and_as_long_as_it_must(waiting):
    printed = receipts.issue(case_id=waiting.pk, paper="roll", **CLERK)
    sheet = printing.receipt(waiting, address=HERE, at=build.NOON, printed=printed)
    assert b"pdfuaid" in sheet
    [(width, height)] = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", sheet)
    assert round(float(width) / 72 * 25.4) == 80
    assert float(height) > float(width)


def test_a_draft_has_no_receipt(desk, payer):
    draft = applications.start(by=build.member_actor(payer), at=build.NOON)
    assert prints(desk, draft).status_code == 404
    with pytest.raises(receipts.NoReceipt):
        receipts.issue(case_id=draft.pk, paper="a4", **CLERK)


def test_a_printing_is_voided_once_and_the_code_says_so_to_anybody(desk, client, waiting, said):
    prints(desk, waiting)
    prints(desk, waiting)
    shown = desk.get(f"{page(waiting)}change/").content.decode()
    assert "作废第 1 次打印的回执" in shown
    assert "请选择作废的原因" in _void(desk, waiting, 1, "").content.decode()
    assert "第 1 次打印的回执已作废" in _void(desk, waiting, 1, "handed_wrong").content.decode()
    assert "已经作废" in _void(desk, waiting, 1, "lost").content.decode()
    assert "没有这张回执" in _void(desk, waiting, 9, "lost").content.decode()
    client.logout()
    checked = client.get(f"/r/{waiting.check_code}/").content.decode()
    assert "第 1 次打印的回执" in checked
    assert "作废：交错了人" in checked
    assert "第 2 次打印" not in checked
    event = Event.objects.get(verb="cases.void_receipt")
    assert event.detail == {"number": 1, "reason": "handed_wrong"}


def _void(client, case, nth, reason):
    return client.post(f"{page(case)}receipt/{nth}/void/", {"reason": reason}, follow=True)


def test_who_only_reads_prints_and_voids_nothing(client, waiting):
    receipts.issue(case_id=waiting.pk, paper="a4", **CLERK)
    build.signed_in_staff(client, role=roles.AUDITOR)
    assert prints(client, waiting).status_code == 403
    assert _void(client, waiting, 1, "lost").status_code == 403
    assert "打印小票" not in client.get(f"{page(waiting)}change/").content.decode()
    assert Receipt.objects.get().voided_at is None


def test_a_members_own_copy_is_not_counted_and_says_so(client, waiting, payer, said):
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(build.phone_user("13800138001", payer), backend)
    client.get(f"/cases/{waiting.number}/receipt/")
    assert said["edition"] == "本人自行打印"
    assert receipts.of(waiting.pk) == []


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("cases_receipt_is_kept", "number = 7"),
        ("cases_receipt_is_kept", "printed_by = 'staff:1'"),
        ("cases_receipt_void_with_reason", "voided_at = now(), voided_by = 'staff:1'"),
        (
            "cases_receipt_void_with_reason",
            "voided_at = now(), voided_by = 'staff:1', void_reason = 'mood'",
        ),
        ("cases_receipt_void_with_reason", "void_reason = 'lost'"),
    ],
)
def test_a_printing_that_breaks_a_law_is_refused(waiting, law, change):
    printed = receipts.issue(case_id=waiting.pk, paper="a4", **CLERK)
    with pytest.raises(IntegrityError, match=law):
        _sql(f"UPDATE cases_receipt SET {change} WHERE id = %s", printed.pk)


def test_cases_receipt_is_kept_also_when_void_and_from_deletion(waiting):
    printed = receipts.issue(case_id=waiting.pk, paper="a4", **CLERK)
    receipts.void(case_id=waiting.pk, number=1, reason="lost", **CLERK)
    for statement in (
        "UPDATE cases_receipt SET voided_at = NULL, voided_by = '', void_reason = '' WHERE id = %s",
        "DELETE FROM cases_receipt WHERE id = %s",
    ):
        with pytest.raises(IntegrityError, match="cases_receipt_is_kept"):
            _sql(statement, printed.pk)


@pytest.mark.parametrize(
    ("law", "facts"),
    [
        ("cases_receipt_number_once", {"number": 1}),
        ("cases_receipt_counts_from_one", {"number": 0}),
        ("cases_receipt_paper_known", {"paper": "a5"}),
    ],
)
def test_what_cannot_be_a_printing_is_refused(waiting, law, facts):
    receipts.issue(case_id=waiting.pk, paper="a4", **CLERK)
    values = {"number": 2, "paper": "a4", "printed_at": build.NOON, "printed_by": "staff:1"}
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        Receipt.objects.create(case=waiting, **values | facts)


def _sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)

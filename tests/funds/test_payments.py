"""The bank: a file once, answers line by line and again, another try, and what came back."""

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pooling.cases.models import Case
from pooling.funds import jobs, outgoing, selectors, services
from pooling.funds.models import BankFile, Payment
from pooling.funds.services import Refused
from pooling.ledger import selectors as books
from pooling.notices.models import Notice
from pooling.settlements.services import clearing
from tests import build
from tests.funds.test_payouts import AREA, EVERY, LAST_WEEK, lies_in, saver

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
AT = build.NOON


@pytest.fixture
def payment(db):
    """A try that is ready to go to the bank: 100.00 to the owner."""
    build.area(AREA, payout_cases=EVERY)
    build.paid_out(saver())
    return Payment.objects.get()


def file(area=AREA):
    return services.make_bank_file(area=area, by=build.JOB, at=AT)


def answer(payment, result, *, line=2, amount=None, cause="", reference=None):
    """Let the bank say something of a try; return what came of it."""
    fen = payment.payee.amount_fen if amount is None else amount
    said = services.Answer(line, reference or payment.reference, result, fen, cause)
    loaded = services.load_answers([said], by=build.JOB, at=AT)
    payment.refresh_from_db()
    return loaded


# --- the file ---------------------------------------------------------------------------------


def test_the_file_says_whom_to_pay_what_and_once(payment):
    made = file()
    text = services.bank_file_bytes(file_id=made.pk).decode()
    assert text == (
        "file,line,reference,name,bank,bank_account,amount\r\n"
        f"{made.name},1,{payment.reference},王德福,中国工商银行信州支行,6222021308001234567,100.00\r\n"
    )
    payment.refresh_from_db()
    assert (payment.state, payment.bank_file, payment.line) == ("sent", made, 1)
    assert (made.lines, made.total_fen) == (1, 100_00)
    assert file() is None
    assert services.bank_file_bytes(file_id=made.pk).decode() == text


def test_each_area_has_a_file_of_its_own(payment):
    assert file("360100") is None
    assert outgoing.areas_with_payments() == [AREA]


def test_a_file_that_would_differ_is_not_written_again(payment):
    made = file()
    Payment.objects.update(bank="别的银行")
    with pytest.raises(Refused) as refusal:
        services.bank_file_bytes(file_id=made.pk)
    assert refusal.value.code == "bank_file_differs"


# --- the bank's answers -----------------------------------------------------------------------


def test_paid_is_told_and_said_again_changes_nothing(payment):
    file()
    assert answer(payment, "paid").changed == 1
    assert (payment.state, payment.paid_at) == ("paid", AT)
    assert answer(payment, "paid").unchanged == 1
    assert Notice.objects.filter(kind="payout_paid").count() == 1
    assert lies_in("scheme:payouts") == 100_00


def test_what_came_back_goes_to_suspense_once_and_is_cleared_by_two(payment):
    file()
    answer(payment, "paid")
    assert answer(payment, "returned", cause="账户已销户").changed == 1
    assert (payment.state, payment.cause) == ("returned", "账户已销户")
    for result in ("returned", "paid"):  # the older file may be loaded again, too
        assert answer(payment, result).unchanged == 1
    assert (lies_in("scheme:payouts"), lies_in("scheme:suspense")) == (0, 100_00)
    case = Case.objects.get(kind="suspense")
    assert (case.reason_code, case.subject_id) == ("payout_returned", payment.pk)

    owner = payment.payee.payout.personal_account.member
    given = {"case_id": case.pk, "at": AT}
    clearing.propose(**given, way="account", reason="退回账户再提取", by=build.clerk())
    clearing.clear(**given, by=build.clerk(902))
    assert build.holdings(owner) == (0, 100_00)
    assert lies_in("scheme:suspense") == 0
    assert books.check() == []
    # The account is open again, so it can be paid out anew, to another bank account.
    build.paid_out(selectors.of_member(owner.pk)[0])
    assert lies_in("scheme:payouts") == 100_00


def test_what_came_back_can_be_paid_out_anew_straight_from_suspense(payment):
    file()
    answer(payment, "returned")
    payout = build.paid_out(payment.payee.payout.personal_account)
    assert (payout.suspense_fen, payout.amount_fen) == (100_00, 100_00)
    assert (lies_in("scheme:payouts"), lies_in("scheme:suspense")) == (100_00, 0)


@pytest.mark.parametrize(
    ("first", "then"), [("paid", "failed"), ("failed", "paid"), ("returned", "failed")]
)
def test_what_contradicts_an_earlier_answer_is_kept_out(payment, first, then):
    file()
    answer(payment, first)
    (problem,) = answer(payment, then).problems
    assert (problem.line, problem.column) == (2, "result")
    assert "不符" in problem.reason
    assert payment.state == first


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"amount": 99_99}, "amount"),
        ({"reference": "TQ9999999999"}, "reference"),
        ({"reference": "../etc"}, "reference"),
    ],
)
def test_a_line_about_nothing_of_ours_is_kept_out_alone(payment, said, column):
    file()
    (problem,) = answer(payment, "paid", **said).problems
    assert problem.column == column
    assert payment.state == "sent"


def test_an_answer_before_the_file_is_kept_out(payment):
    (problem,) = answer(payment, "paid").problems
    assert "还没有送银行" in problem.reason


# --- another try ------------------------------------------------------------------------------

OTHER = {"bank": "中国农业银行", "bank_account": "6228480402564890018"}


def correct(payment, by=901):
    return services.propose_payment(payee_id=payment.payee_id, **OTHER, by=build.clerk(by), at=AT)


def test_a_failed_try_is_followed_by_another_to_an_account_two_people_looked_at(payment):
    file()
    answer(payment, "failed", cause="户名不符")
    assert Notice.objects.filter(kind="payout_failed").exists()
    again = correct(payment)
    assert file() is None
    with pytest.raises(Refused) as alone:
        services.confirm_payment(payment_id=again.pk, by=build.clerk(), at=AT)
    assert alone.value.code == "payout_four_eyes"
    services.confirm_payment(payment_id=again.pk, by=build.clerk(902), at=AT)
    made = file()
    text = services.bank_file_bytes(file_id=made.pk).decode()
    assert f"{again.reference},王德福,中国农业银行,6228480402564890018,100.00" in text
    answer(again, "paid")
    assert answer(payment, "failed").unchanged == 1
    assert lies_in("scheme:payouts") == 100_00


def test_a_proposed_try_can_be_dropped_and_made_anew(payment):
    file()
    answer(payment, "failed")
    wrong = correct(payment)
    services.drop_payment(payment_id=wrong.pk, by=build.clerk(902), at=AT)
    assert correct(payment).number == 3


@pytest.mark.parametrize("result", [None, "paid", "returned"])
def test_only_a_failed_try_is_followed_by_another(payment, result):
    file()
    if result:
        answer(payment, result)
    with pytest.raises(Refused) as refusal:
        correct(payment)
    assert refusal.value.code == "payment_under_way"


def test_the_first_try_is_judged_with_its_payout_alone(payment):
    proposed = build.payout(saver(born="1957-03-05"))
    first = Payment.objects.get(payee__payout=proposed)
    with pytest.raises(Refused) as refusal:
        services.confirm_payment(payment_id=first.pk, by=build.clerk(902), at=AT)
    assert refusal.value.code == "payment_state"


# --- the commands -----------------------------------------------------------------------------


def run(command, *given):
    said = io.StringIO()
    call_command(command, *given, stdout=said)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_file_is_written_and_the_answer_loaded_by_command(payment, tmp_path):
    said = run("make_payout_file", str(tmp_path))
    (there,) = tmp_path.iterdir()
    assert said == f"{there.name}：1 笔，共 ¥100.00。\n"
    assert there.stat().st_mode & 0o777 == 0o600
    assert run("make_payout_file", str(tmp_path)) == ""
    back = tmp_path / "answer.csv"
    back.write_text(
        "reference,result,amount,cause\n"
        f"{payment.reference},paid,100.00,\n"
        f"{payment.reference},lost,100.00,\n"
        "TQ0000000000,paid,1.00,\n"
        f"{payment.reference},paid,1e2,\n",
        "utf-8",
    )
    told = run("load_payout_results", str(back)).splitlines()
    assert [line.split(": ")[:2] for line in told[:-1]] == [
        ["answer.csv:3", "result"],
        ["answer.csv:5", "amount"],
        ["answer.csv:4", "reference"],
    ]
    assert told[-1] == "answer.csv：记入 1，未变 0，拒绝 3"
    assert run("load_payout_results", str(back)).endswith("记入 0，未变 1，拒绝 3\n")
    payment.refresh_from_db()
    assert payment.state == "paid"


def test_a_file_of_another_kind_is_refused_whole(tmp_path):
    wrong = tmp_path / "answer.csv"
    wrong.write_text("reference,result\n", "utf-8")
    with pytest.raises(CommandError, match=r"answer\.csv:1: header: 表头缺少的列"):
        run("load_payout_results", str(wrong))
    with pytest.raises(CommandError, match="没有这个文件夹"):
        run("make_payout_file", str(tmp_path / "nowhere"))


#: The file is on the disk; the process dies before that is noted.
DIES = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from pooling.funds import jobs, services
from pooling.shared.actor import Actor

def dies(**given):
    os.kill(os.getpid(), signal.SIGKILL)

services.mark_written = dies
jobs.write_bank_files(Path(sys.argv[1]), Actor.job("test"))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_between_file_and_mark_the_same_file_comes_again_and_no_other(payment, tmp_path):
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {
        "DATABASE_URL": f"{there}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    killed = subprocess.run(
        [sys.executable, "-c", DIES, str(tmp_path)], cwd=ROOT, env=env, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    made = BankFile.objects.get()
    assert made.written_at is None
    before = (tmp_path / made.name).read_bytes()
    jobs.write_bank_files(tmp_path, build.JOB)
    made.refresh_from_db()
    assert made.written_at is not None
    assert [path.name for path in tmp_path.iterdir()] == [made.name]
    assert (tmp_path / made.name).read_bytes() == before
    assert BankFile.objects.count() == 1


def test_of_three_heirs_one_comes_back_and_only_their_share_waits(db):
    build.area(AREA, payout_cases=["death"])
    there = saver(died_on=LAST_WEEK)
    build.paid_out(there, "death", *(build.heir(name, "1/3") for name in ("王伟", "王敏", "王强")))
    file()
    wei, min_, _qiang = Payment.objects.order_by("pk")
    answer(wei, "paid")
    answer(min_, "returned")
    assert lies_in("scheme:suspense") == 33_33
    payout = build.paid_out(there, "death", build.heir("王敏"), at=AT + timedelta(days=1))
    assert payout.amount_fen == 33_33


def test_at_the_desk_payouts_are_looked_up_masked(client, payment):
    file()
    answer(payment, "failed", cause="户名不符")
    build.signed_in_staff(client, role="auditor")
    for model in ("payout", "payee", "payment", "bankfile"):
        listed = client.get(f"/admin/funds/{model}/").content.decode()
        (row,) = type(payment)._meta.apps.get_model("funds", model).objects.all()
        shown = client.get(f"/admin/funds/{model}/{row.pk}/change/").content.decode()
        for page in (listed, shown):
            assert "6222021308001234567" not in page
            assert "王德福" not in page
        assert "¥100.00" in listed or payment.reference in listed

"""Tries to pay through a bank: put into a file, answered by the bank, tried again.

A try changes only under its own lock. What the bank says is taken in line by line; said
again it changes nothing, and what contradicts an earlier answer is for people.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from pooling.audit import services as audit
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.funds import outgoing, wording
from pooling.funds.models import BankFile, Payee, Payment, Payout
from pooling.funds.services import rows, scheme
from pooling.funds.services.rows import NotYours, Refused
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.crypto import sm3
from pooling.shared.errors import NotFound
from pooling.shared.money import show_yuan, yuan_from_fen
from pooling.shared.periods import business_date
from pooling.shared.rows import CHUNK, Loaded, RowProblem

State = Payment.State
#: The header of the file a bank is handed.
COLUMNS = ("file", "line", "reference", "name", "bank", "bank_account", "amount")
RESULTS = ("paid", "failed", "returned")
_TOLD = {"paid": "payout_paid", "failed": "payout_failed", "returned": "payout_returned"}
_NUMBER = re.compile(r"[0-9]{8,30}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a bank's answer; `result` is one of RESULTS, `cause` in the bank's words."""

    line: int
    reference: str
    result: str
    amount_fen: int
    cause: str


def staff_only(by: Actor) -> None:
    """Refuse everybody but the staff: payouts are made at the desk, by two of them."""
    if by.kind != ActorKind.STAFF:
        raise NotYours(wording.REFUSALS["payout_by_staff"])


# --- with the payout --------------------------------------------------------------------------


def add_payee(payout: Payout, rank: int, to, name: str, by: Actor, at) -> Payee:
    """Insert a payee with a first try; `to` is a `payouts.To`."""
    payee = Payee(
        payout=payout,
        rank=rank,
        member_id=to.member_id,
        numerator=to.share.numerator,
        denominator=to.share.denominator,
    )
    payee.name = name
    payee.save(force_insert=True)
    _add(payee, 1, to.bank, to.bank_account, by, at)
    return payee


def begin(payout: Payout, by: Actor, at) -> None:
    """Let the first tries of an approved payout go to the bank; a share of nothing is dropped."""
    for payment in _of(payout):
        _decide(payment, State.READY if payment.payee.amount_fen else State.DROPPED, by, at)


def drop_all(payout: Payout, by: Actor, at) -> None:
    """Drop the tries of a payout that was refused."""
    for payment in _of(payout):
        _decide(payment, State.DROPPED, by, at)


def told(payout: Payout, payees: Iterable[Payee], on: date) -> list[int]:
    """Return who is told of a payout: its living owner, and payees who are members."""
    owner = payout.personal_account.member
    heirs = [payee.member_id for payee in payees if payee.member_id is not None]
    return heirs if owner.dead(on) else list(dict.fromkeys([owner.pk, *heirs]))


# --- another try ------------------------------------------------------------------------------


@transaction.atomic
def propose_payment(*, payee_id: int, bank: str, bank_account: str, by: Actor, at) -> Payment:
    """Propose another bank account for a payee whose last try failed. Raises Refused."""
    staff_only(by)
    payee = Payee.objects.select_for_update(of=("self",), no_key=True).filter(pk=payee_id).first()
    if payee is None:
        raise NotFound(_("没有这位收款人。"))
    tries = list(payee.payments.order_by("number"))
    if tries[-1].state not in (State.FAILED, State.DROPPED) or not payee.amount_fen:
        raise Refused.because("payment_under_way", status=409)
    payment = _add(payee, tries[-1].number + 1, bank, bank_account, by, at)
    _trace(payment, "propose", by, at)
    return payment


@transaction.atomic
def confirm_payment(*, payment_id: int, by: Actor, at) -> Payment:
    """Let another try go to the bank; by somebody else than who proposed it."""
    return _judge(payment_id, State.READY, "confirm", by, at)


@transaction.atomic
def drop_payment(*, payment_id: int, by: Actor, at) -> Payment:
    """Drop a proposed try; by somebody else, and another can be proposed."""
    return _judge(payment_id, State.DROPPED, "drop", by, at)


def _judge(payment_id: int, state, verb: str, by: Actor, at) -> Payment:
    staff_only(by)
    payment = _held(payment_id)
    if payment.payee.payout.state != Payout.State.APPROVED:
        raise _not_now(payment)  # the first try is judged with its payout
    if by.name == payment.proposed_by:
        raise Refused.because("payout_four_eyes", status=403)
    _decide(payment, state, by, at)
    _trace(payment, verb, by, at)
    return payment


# --- the file to the bank ---------------------------------------------------------------------


@transaction.atomic
def make_bank_file(*, area: str, by: Actor, at, limit: int = CHUNK) -> BankFile | None:
    """Put what waits in an area into one list for the bank; None where nothing waits.

    From here on it counts as sent, whatever becomes of the disk: a file that was lost is
    written again (`bank_file_bytes`), a payment never goes into a second one.
    """
    ready = Payment.objects.select_for_update(of=("self",), no_key=True).filter(
        state=State.READY, payee__payout__personal_account__area=area
    )
    payments = list(ready.select_related("payee").order_by("pk")[:limit])
    if not payments:
        return None
    total_fen = sum(payment.payee.amount_fen for payment in payments)
    file = BankFile.objects.create(
        area=area, made_at=at, made_by=by.name, lines=len(payments), total_fen=total_fen
    )
    for line, payment in enumerate(payments, 1):
        _move(payment, State.SENT)
        payment.bank_file, payment.line = file, line
        payment.save(update_fields=["state", "bank_file", "line"])
    file.sm3 = sm3(_bytes(file))
    file.save(update_fields=["sm3"])
    detail = {"area": area, "lines": len(payments), "fen": total_fen}
    audit.record(verb="funds.make_bank_file", subject=file, by=by, at=at, detail=detail)
    return file


def bank_file_bytes(*, file_id: int) -> bytes:
    """Return a file's bytes, the same every time. Raises NotFound and Refused."""
    file = outgoing.bank_file(file_id)
    if file is None:
        raise NotFound(_("没有这个文件。"))
    made = _bytes(file)
    if sm3(made) != file.sm3:
        raise Refused.because("bank_file_differs", name=file.name)
    return made


@transaction.atomic
def mark_written(*, file_id: int, by: Actor, at) -> None:
    """Note that a file is on the disk for good, once."""
    file = BankFile.objects.select_for_update(no_key=True).get(pk=file_id)
    if file.written_at is None:
        file.written_at = at
        file.save(update_fields=["written_at"])
        audit.record(verb="funds.write_bank_file", subject=file, by=by, at=at)


def _bytes(file: BankFile) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for payment in outgoing.payments(bank_file=file):
        payee, fen = payment.payee, payment.payee.amount_fen
        paid_to = (payee.name, payment.bank, payment.bank_account)
        writer.writerow((file.name, payment.line, payment.reference, *paid_to, yuan_from_fen(fen)))
    return out.getvalue().encode()


# --- the bank's answer ------------------------------------------------------------------------


@transaction.atomic
def load_answers(given: Sequence[Answer], *, by: Actor, at) -> Loaded:
    """Take in what the bank answered, line by line; said again it changes nothing.

    `paid` ends a try well, `failed` lets another be proposed, and `returned` brings the money
    to suspense, where a case waits for two people. A line that is unknown, names another
    amount or contradicts an earlier answer is a problem of its own.
    """
    suspense, out = scheme.suspense(), scheme.payouts()
    known = _by_reference({each.reference for each in given})
    changed, unchanged, problems = 0, 0, []
    for each in given:
        payment = known.get(each.reference)
        problem = _problem(each, payment)
        if problem is not None:
            problems.append(problem)
        elif _said_before(each, payment):
            unchanged += 1
        else:
            _take_in(each, payment, suspense, out, by, at)
            changed += 1
    return Loaded(0, changed, unchanged, problems)


def _by_reference(references: set[str]) -> dict[str, Payment]:
    ids = [int(each[2:]) for each in references if re.fullmatch(r"TQ[0-9]{10}", each)]
    path = "payee__payout__personal_account__member"
    found = Payment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    return {row.reference: row for row in found.select_related(path).order_by("pk")}


def _problem(said: Answer, payment: Payment | None) -> RowProblem | None:
    """Return what stands against a line, in the column it is about."""

    def because(column: str, code: str, **values) -> RowProblem:
        return RowProblem(said.line, column, str(wording.ANSWERS[code] % values))

    if payment is None:
        return because("reference", "unknown", reference=said.reference)
    if payment.payee.amount_fen != said.amount_fen:
        return because("amount", "amount", sent=show_yuan(payment.payee.amount_fen))
    if payment.bank_file_id is None:
        return because("reference", "not_sent")
    if _said_before(said, payment) or State(said.result) in Payment.ALLOWED[State(payment.state)]:
        return None
    return because("result", "contradicts", state=payment.get_state_display())


def _said_before(said: Answer, payment: Payment) -> bool:
    """Return whether the bank said so before; that it was paid stays true of what came back."""
    return payment.state == said.result or (said.result == State.PAID and bool(payment.paid_at))


def _take_in(said: Answer, payment: Payment, suspense: int, out: int, by: Actor, at) -> None:
    _move(payment, State(said.result))
    if said.result == State.PAID:
        payment.paid_at = at
    else:
        payment.undone_at, payment.cause = at, said.cause or None
    payment.save(update_fields=["state", "paid_at", "undone_at", "cause_sealed"])
    if said.result == State.RETURNED:
        _bring_back(payment, suspense, out, by, at)
    _trace(payment, said.result, by, at)
    payee = payment.payee
    owner_id = payee.payout.personal_account.member_id
    to = told(payee.payout, [payee], business_date(at))
    values = {"payer": owner_id, "amount_fen": payee.amount_fen}
    rows.tell(_TOLD[said.result], to, at=at, **values)


def _bring_back(payment: Payment, suspense: int, out: int, by: Actor, at) -> None:
    """Move a payment that came back to suspense, and open the case that clears it."""
    account, fen = payment.payee.payout.personal_account, payment.payee.amount_fen
    cases.open_waiting(
        kind=Case.Kind.SUSPENSE,
        member_id=account.member_id,
        reason_code="payout_returned",
        reason_values={"amount_fen": fen, "account": account.pk},
        subject=payment,
        by=by,
        at=at,
    )
    ledger.post(
        key=f"payment:{payment.pk}:returned",
        kind="payout",
        movements=[Movement(out, -fen), Movement(suspense, fen)],
        business_date=business_date(at),
        at=at,
    )


# --- a try ------------------------------------------------------------------------------------


def _add(payee: Payee, number: int, bank: str, bank_account: str, by: Actor, at) -> Payment:
    """Insert a proposed try; a number may be written in groups. Raises Refused."""
    bank, account_no = bank.strip(), re.sub(r"[\s-]", "", bank_account)
    if not (2 <= len(bank) <= 60 and bank[0].isalpha() and bank.isprintable()):
        raise Refused.because("payout_bank")
    if not _NUMBER.fullmatch(account_no):
        raise Refused.because("payout_bank_account")
    payment = Payment(payee=payee, number=number, bank=bank, proposed_at=at, proposed_by=by.name)
    payment.bank_account = account_no
    payment.save(force_insert=True)
    return payment


def _of(payout: Payout) -> list[Payment]:
    found = Payment.objects.select_for_update(of=("self",), no_key=True)
    return list(found.filter(payee__payout=payout).select_related("payee").order_by("pk"))


def _held(payment_id: int) -> Payment:
    found = Payment.objects.select_for_update(of=("self",), no_key=True).filter(pk=payment_id)
    payment = found.select_related("payee__payout").first()
    if payment is None:
        raise NotFound(_("没有这笔代付。"))
    return payment


def _decide(payment: Payment, state, by: Actor, at) -> None:
    _move(payment, state)
    payment.decided_at, payment.decided_by = at, by.name
    payment.save(update_fields=["state", "decided_at", "decided_by"])


def _move(payment: Payment, state) -> None:
    """The one place where a try changes its state."""
    if state not in Payment.ALLOWED[State(payment.state)]:
        raise _not_now(payment)
    payment.state = state


def _not_now(payment: Payment) -> Refused:
    shown = str(State(payment.state).label)
    return Refused.because("payment_state", status=409, state=shown)


def _trace(payment: Payment, verb: str, by: Actor, at) -> None:
    detail = {"payee": payment.payee_id, "number": payment.number}
    audit.record(verb=f"funds.{verb}_payment", subject=payment, by=by, at=at, detail=detail)

"""Payouts: what was decided, who gets it, and what the bank was told."""

from pooling.funds.models import BankFile, Payee, Payment, Payout, PersonalAccount


def payout(payout_id: int) -> Payout | None:
    """Return a payout as it stands, with its account."""
    return Payout.objects.select_related("personal_account").filter(pk=payout_id).first()


def payout_waits(account: PersonalAccount) -> bool:
    """Return whether a payout of an account waits for its decision."""
    return account.payouts.filter(state=Payout.State.PROPOSED).exists()


def payees(payout: Payout) -> list[Payee]:
    """Return to whom a payout goes, in their order."""
    return list(payout.payees.order_by("rank"))


def payment(payment_id: int) -> Payment | None:
    """Return one try to pay, with whose money it is."""
    return _payments().filter(pk=payment_id).first()


def payments(*, bank_file: BankFile) -> list[Payment]:
    """Return what a bank was told, line by line."""
    return list(_payments().filter(bank_file=bank_file).order_by("line"))


def areas_with_payments() -> list[str]:
    """Return the areas in which something waits to be paid."""
    rows = _payments().filter(state=Payment.State.READY).order_by()
    return sorted(set(rows.values_list("payee__payout__personal_account__area", flat=True)))


def bank_file(file_id: int) -> BankFile | None:
    """Return what a bank was handed at once."""
    return BankFile.objects.filter(pk=file_id).first()


def unwritten_files() -> list[BankFile]:
    """Return what was put together for the bank and is not known to be on the disk."""
    return list(BankFile.objects.filter(written_at__isnull=True).order_by("pk"))


def _payments():
    path = "payee__payout__personal_account__member"
    return Payment.objects.select_related(path, "bank_file").order_by("pk")
